import API
import APIMachinery
import Formats

// Which kinds a server serves: discovery's documents, the aggregated ones and those of old.

/// Reads what a server says of its kinds.
struct Discovery {
  /// Gets a path's document.
  let ask: (String) throws(Status) -> Value
  /// What the server publishes of a kind that our own tables don't have.
  let schema: (_ group: String, _ version: String, _ name: String) -> any PublishedSchema

  /// Asks for the aggregated document, and takes the plain one where there is none.
  static let accept =
    "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,"
    + "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"

  /// Every kind, group by group as the server orders them; of a group its preferred version comes first.
  func kinds() throws(Status) -> [Kind] {
    var found: [Kind] = []
    let core = try document("/api")
    if core["kind"] == "APIGroupDiscoveryList" {
      found += core["items"].items.flatMap(aggregated)
    } else {
      for version in core["versions"].items.compactMap(\.string) {
        found += legacy(try ask("/api/\(version)"), group: "", version: version)
      }
    }
    let groups = try document("/apis")
    if groups["kind"] == "APIGroupDiscoveryList" {
      found += groups["items"].items.flatMap(aggregated)
    } else {
      for group in groups["groups"].items { found += legacy(group) }
    }
    return found
  }

  /// A server without one of the two trees serves nothing there.
  private func document(_ path: String) throws(Status) -> Value {
    do throws(Status) { return try ask(path) } catch {
      guard error.code == 404 else { throw error }
      return .null
    }
  }

  /// A group's kinds in an aggregated document. A version that is stale, as its own server is away, says little or nothing.
  private func aggregated(_ group: Value) -> [Kind] {
    let name = group["metadata"]["name"].text
    return group["versions"].items.flatMap { version in
      version["resources"].items.compactMap { resource in
        kind(
          resource, group: name, version: version["version"].text, plural: resource["resource"].text,
          name: resource["responseKind"]["kind"].text, singular: resource["singularResource"].text,
          namespaced: resource["scope"] == "Namespaced", subresources: resource["subresources"].items.map { $0["subresource"].text })
      }
    }
  }

  /// A group's kinds by the documents of old: one a version. A version whose document can't be had doesn't fail the rest.
  private func legacy(_ group: Value) -> [Kind] {
    let preferred = group["preferredVersion"]["version"].text
    let versions = group["versions"].items.map { $0["version"].text }.filter { !$0.isEmpty }
    let name = group["name"].text
    return (versions.filter { $0 == preferred } + versions.filter { $0 != preferred }).flatMap { version -> [Kind] in
      do throws(Status) { return legacy(try ask("/apis/\(name)/\(version)"), group: name, version: version) } catch { return [] }
    }
  }

  private func legacy(_ document: Value, group: String, version: String) -> [Kind] {
    let resources = document["resources"].items
    return resources.compactMap { resource in
      let plural = resource["name"].text
      guard !plural.contains("/") else { return nil }
      return kind(
        resource, group: group, version: version, plural: plural, name: resource["kind"].text, singular: resource["singularName"].text,
        namespaced: resource["namespaced"] == true,
        subresources: resources.map { $0["name"].text }.filter { $0.hasPrefix(plural + "/") }.map {
          String($0.dropFirst(plural.utf8.count + 1))
        })
    }
  }

  /// A kind by its document; where our own tables have it, their row itself.
  private func kind(
    _ resource: Value, group: String, version: String, plural: String, name: String, singular: String, namespaced: Bool,
    subresources: [String]
  ) -> Kind? {
    guard !version.isEmpty, !plural.isEmpty, !name.isEmpty else { return nil }
    let row = Discovery.own.first { $0.group == group && $0.version == version && $0.plural == plural && $0.name == name }
    if let row { return row }
    func words(_ member: String) -> [String] { resource[member].items.compactMap(\.string) }
    return Kind(
      group: group, version: version, name: name, plural: plural, singular: singular.isEmpty ? name.lowercased() : singular,
      shortNames: words("shortNames"), categories: words("categories"), namespaced: namespaced, verbs: words("verbs"),
      subresources: subresources, published: schema(group, version, name))
  }

  private static let own = Kinds.all + Kinds.measured + [Kinds.simulation]
}
