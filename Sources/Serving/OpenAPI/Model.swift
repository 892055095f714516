// What requests and answers consist of.

import API
import APIMachinery
import Formats

extension OpenAPI {
  /// A structure that is sent as a whole, and the kinds that its objects say they are.
  struct Model {
    let definition: Definition
    /// `x-kubernetes-group-version-kind`
    let kinds: [Value]
    /// Whether there may be fields that the definition doesn't name.
    var isOpen = false
    /// As published.
    var name: String { publishedName(definition) }

    static func of(_ kind: Kind) -> Model {
      let known = groupVersionKind(kind.group, kind.version, kind.name)
      if let schema = kind.schema { return Model(definition: schema, kinds: [known]) }
      // A kind without a schema of ours is named as custom resources are: by its group's words in reverse.
      let group = kind.group.split(separator: ".").reversed().joined(separator: ".")
      let definition = Definition(
        "\(group).\(kind.version).\(kind.name)", kind.summary,
        typeFields + [
          Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true)
        ])
      return Model(definition: definition, kinds: [known], isOpen: true)
    }

    static func list(of kind: Kind) -> Model {
      let item = of(kind).definition
      let definition = Definition(
        item.name + "List", "A list of objects of kind \(kind.name).",
        typeFields + [
          Field("metadata", .object { MetaV1.listMeta }, "What the list says about itself.", always: true),
          Field("items", .array(.object { item }), "The objects.", required: true),
        ])
      return Model(definition: definition, kinds: [groupVersionKind(kind.group, kind.version, kind.name + "List")])
    }

    /// How to delete: a kind of every group version.
    static func deleteOptions(of kinds: [Kind]) -> Model {
      var known: [Value] = []
      for kind in kinds {
        let name = groupVersionKind(kind.group, kind.version, "DeleteOptions")
        if !known.contains(name) { known.append(name) }
      }
      return Model(definition: MetaV1.deleteOptions, kinds: known)
    }

    static let status = Model(definition: MetaV1.status, kinds: [groupVersionKind("", "v1", "Status")])
    static let eviction = Model(definition: PolicyV1.eviction, kinds: [groupVersionKind("policy", "v1", "Eviction")])
    static let patch = Model(
      definition: Definition("meta.v1.Patch", "A change to an object, in the form that its content type says.", []), kinds: [])

    private static let typeFields = [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
    ]
  }
}
