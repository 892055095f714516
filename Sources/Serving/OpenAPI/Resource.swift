// A kind's paths and what can be done at each.

import APIMachinery
import Formats

extension OpenAPI {
  /// A path and its operations.
  struct Resource {
    let path: String
    let parameters: [Parameter]
    let operations: [Operation]

    /// All paths of a kind: its collections, its objects and their parts.
    static func all(_ kind: Kind, _ deletion: Model) -> [Resource] {
      let maker = Maker(kind: kind, deletion: deletion)
      let everywhere = "/\(groupPath(kind))/\(kind.plural)"
      let scope = kind.namespaced ? [Parameter.namespace] : []
      let collection = kind.namespaced ? "/\(groupPath(kind))/namespaces/{namespace}/\(kind.plural)" : everywhere
      var found = [
        Resource(path: collection, parameters: scope, operations: maker.operations([.list, .create, .deleteCollection])),
        Resource(
          path: collection + "/{name}", parameters: [.name] + scope, operations: maker.operations([.get, .update, .patch, .delete])),
      ]
      if kind.namespaced {
        found.append(Resource(path: everywhere, parameters: [], operations: maker.operations([.list], everywhere: true)))
      }
      for name in kind.subresources {
        found.append(Resource(path: "\(collection)/{name}/\(name)", parameters: [.name] + scope, operations: maker.operations(part: name)))
      }
      return found.filter { !$0.operations.isEmpty }
    }
  }

  /// Makes a kind's operations from the rows of their verbs.
  private struct Maker {
    let kind: Kind
    let deletion: Model

    /// Those of the verbs that the kind has.
    func operations(_ verbs: [Verb], everywhere: Bool = false) -> [Operation] {
      verbs.filter { kind.verbs.contains($0.name) }.map { verb in
        operation(
          verb, name: everywhere ? "\(kind.name)ForAllNamespaces" : scoped + kind.name, summary: "\(verb.words) \(kind.name)",
          about: groupVersionKind(kind.group, kind.version, kind.name), parameters: verb.parameters + watching(verb),
          body: body(verb, object), answer: answer(verb))
      }
    }

    /// Those of a subresource.
    func operations(part name: String) -> [Operation] {
      let part = Part.named(name)
      let content = part.content ?? object
      return part.verbs.map { verb in
        operation(
          verb, name: scoped + kind.name + capitalized(name),
          summary: "\(verb.partWords) \(name) of \(verb.name == "create" ? "a" : "the specified") \(kind.name)",
          about: part.kind ?? groupVersionKind(kind.group, kind.version, kind.name), parameters: verb.parameters + part.reading,
          body: body(verb, content), answer: Answer(content: part.answer ?? content, types: part.answerTypes, codes: verb.codes))
      }
    }

    private func operation(
      _ verb: Verb, name: String, summary: String, about: Value, parameters: [Parameter], body: Body?, answer: Answer
    ) -> Operation {
      Operation(
        method: verb.method, action: verb.action, id: verb.id + groupWords(capital: true) + capitalized(kind.version) + verb.infix + name,
        summary: summary, tag: "\(groupWords(capital: false))_\(kind.version)", kind: about,
        parameters: parameters.sorted { Members.precedes($0.name, $1.name) }, body: body, answer: answer)
    }

    private var object: Content { .model(.of(kind)) }
    private var scoped: String { kind.namespaced ? "Namespaced" : "" }

    private func watching(_ verb: Verb) -> [Parameter] { verb.name == "list" && kind.verbs.contains("watch") ? Parameter.watching : [] }

    private func body(_ verb: Verb, _ content: Content) -> Body? {
      switch verb.name {
      case "create", "update": Body(content: content)
      case "patch": Body(content: .model(.patch), types: kind.schema == nil ? ["application/merge-patch+json"] : patchTypes)
      case "delete", "deletecollection": Body(content: .model(deletion), required: false)
      default: nil
      }
    }

    private func answer(_ verb: Verb) -> Answer {
      switch verb.name {
      case "list":
        Answer(
          content: .model(.list(of: kind)),
          types: ["application/json"] + (kind.verbs.contains("watch") ? ["application/json;stream=watch"] : []), codes: verb.codes)
      case "deletecollection": Answer(content: .model(.status), codes: verb.codes)
      case "delete": Answer(content: returnedWhenDeleted.contains(kind.name) ? object : .model(.status), codes: verb.codes)
      default: Answer(content: object, codes: verb.codes)
      }
    }

    /// The group in the names of operations: `discovery.k8s.io` gives `Discovery`, the core group `Core`.
    private func groupWords(capital: Bool) -> String {
      let name = kind.group.isEmpty ? "core" : kind.group.hasSuffix(".k8s.io") ? String(kind.group.dropLast(7)) : kind.group
      return name.split(separator: ".").enumerated().map { $0 == 0 && !capital ? String($1) : capitalized(String($1)) }.joined()
    }

    private func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }
  }

  private static let patchTypes = [
    "application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json",
    "application/strategic-merge-patch+json",
  ]

  /// Kinds whose deletion answers with the object; the others' answers with a Status.
  private static let returnedWhenDeleted: Set<String> = ["Pod", "Service", "ServiceAccount"]
}
