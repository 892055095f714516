// Which objects a list or a watch is about.

import API
import APIMachinery
import Client
import Formats

/// A namespace, a label selector and a field selector together.
struct ObjectFilter {
  let namespace: String?
  private let kind: Kind
  private let labels: Selector
  private let fields: [Term]

  /// One field's test, with its path taken apart.
  private struct Term {
    let name: String
    let path: [String]
    let value: String
    let isEqual: Bool
  }

  init(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) {
    self.kind = kind
    self.namespace = kind.namespaced ? namespace : nil
    do {
      labels = options.labelSelector.isEmpty ? .everything : try Selector(options.labelSelector)
    } catch {
      throw Status(.badRequest, error.message)
    }
    guard !options.fieldSelector.isEmpty else {
      fields = []
      return
    }
    let parsed: FieldSelector
    do {
      parsed = try FieldSelector(options.fieldSelector)
    } catch {
      throw Status(.badRequest, error.message)
    }
    let known = ["metadata.name", "metadata.namespace"] + kind.rules.fieldSelectors + ObjectFilter.known(kind)
    for term in parsed.terms where !known.contains(term.field) { throw ObjectFilter.unsupported(term.field, kind) }
    fields = parsed.terms.map {
      Term(name: $0.field, path: $0.field.split(separator: ".").map(String.init), value: $0.value, isEqual: $0.isEqual)
    }
  }

  /// Whether every object of the namespace matches.
  var takesAll: Bool { labels.isEverything && fields.isEmpty }
  /// One equality of the label selector, for an index.
  var labelEquality: (key: String, value: String)? { labels.equalities.first }
  /// The one name that can match.
  var name: String? { required("metadata.name") }
  /// The one node whose pods can match.
  var node: String? { kind == Kinds.pod ? required("spec.nodeName").flatMap { $0.isEmpty ? nil : $0 } : nil }

  private func required(_ field: String) -> String? { fields.first { $0.name == field && $0.isEqual }?.value }

  func matches(_ object: Value) -> Bool {
    if !labels.isEverything, !labels.matches(object["metadata"]["labels"].members) { return false }
    for term in fields where (read(object, term) == term.value) != term.isEqual { return false }
    return true
  }

  private func read(_ object: Value, _ term: Term) -> String {
    if term.name == "source", kind == Kinds.event {
      let component = object["source"]["component"].text
      return component.isEmpty ? object["reportingComponent"].text : component
    }
    var value = object
    for part in term.path { value = value[part] }
    switch value {
    case .string(let text): return text
    case .bool(let flag): return flag ? "true" : "false"
    case .int(let number): return String(number)
    default: return ObjectFilter.booleans.contains(term.name) ? "false" : ""
    }
  }

  private static let booleans = ["spec.unschedulable", "spec.hostNetwork"]

  /// Kinds with a field label conversion of their own answer in other words than the generic one.
  private static func unsupported(_ path: String, _ kind: Kind) -> Status {
    if kind.group.isEmpty, known(kind).isEmpty == false { return Status(.badRequest, "field label not supported: \(path)") }
    return Status(.badRequest, "\"\(path)\" is not a known field selector: only \"metadata.name\", \"metadata.namespace\"")
  }

  private static func known(_ kind: Kind) -> [String] {
    switch kind.qualifiedPlural {
    case "pods":
      [
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase",
        "status.podIP", "status.podIPs", "status.nominatedNodeName",
      ]
    case "nodes": ["spec.unschedulable"]
    case "namespaces": ["status.phase"]
    case "secrets": ["type"]
    case "events":
      [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
      ]
    default: []
    }
  }
}
