import API
import APIMachinery
import Client
import Formats

// Which Services select a pod, without asking each of them.

/// A namespace's Services by their selectors, read when first asked for and forgotten when a Service changes.
final class ServiceIndex {
  private struct Pair: Hashable {
    let key: String
    let value: Value
  }
  private struct Entry {
    let name: String
    let selector: Members
  }

  private let lister: any Lister
  private var namespaces: [String: [Pair: [Entry]]] = [:]

  init(_ lister: any Lister) { self.lister = lister }

  func forget(_ namespace: String) { namespaces[namespace] = nil }

  func isEmpty(_ namespace: String) -> Bool { services(namespace).isEmpty }

  /// The names of the Services that select these labels, each once.
  func selecting(_ labels: Members, in namespace: String) -> [String] {
    let byPair = services(namespace)
    if byPair.isEmpty { return [] }
    var names: [String] = []
    for label in labels {
      guard let entries = byPair[Pair(key: label.key, value: label.value)] else { continue }
      for entry in entries where ServiceIndex.matches(entry.selector, labels) { names.append(entry.name) }
    }
    return names
  }

  static func matches(_ selector: Members, _ labels: Members) -> Bool { selector.allSatisfy { labels[$0.key] == $0.value } }

  private func services(_ namespace: String) -> [Pair: [Entry]] {
    if let known = namespaces[namespace] { return known }
    var byPair: [Pair: [Entry]] = [:]
    for service in lister.list(Kinds.service, namespace: namespace) where service["spec"]["type"].text != "ExternalName" {
      let selector = service["spec"]["selector"].members
      guard let first = selector.first else { continue }
      byPair[Pair(key: first.key, value: first.value), default: []].append(Entry(name: service.name, selector: selector))
    }
    namespaces[namespace] = byPair
    return byPair
  }
}
