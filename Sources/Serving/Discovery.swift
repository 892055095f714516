import API
import APIMachinery
import Formats

// What a cluster serves, as discovery tells it.

/// Discovery documents of a list of kinds.
struct Discovery {
  let kinds: [Kind]
  /// Where the server is reached, for clients that ask.
  let address: String

  /// Group versions of the kinds, in their order.
  private var groups: [(group: String, versions: [String])] {
    var out: [(group: String, versions: [String])] = []
    for kind in kinds {
      if let i = out.firstIndex(where: { $0.group == kind.group }) {
        if !out[i].versions.contains(kind.version) { out[i].versions.append(kind.version) }
      } else {
        out.append((kind.group, [kind.version]))
      }
    }
    return out
  }

  /// The document at `/api`, `/apis`, `/apis/GROUP`, `/apis/GROUP/VERSION` (the path's parts); nil where nothing is.
  func document(_ parts: [String]) -> Value? {
    switch (parts.first, parts.count) {
    case (nil, _): return ["paths": .array(paths.map(Value.string))]
    case ("api", 1):
      return [
        "kind": "APIVersions", "versions": ["v1"],
        "serverAddressByClientCIDRs": [["clientCIDR": "0.0.0.0/0", "serverAddress": .string(address)]],
      ]
    case ("api", 2): return resources("", parts[1])
    case ("apis", 1): return ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(named.map { group($0.group, $0.versions) })]
    case ("apis", 2):
      guard let found = named.first(where: { $0.group == parts[1] }) else { return nil }
      var document = group(found.group, found.versions)
      document["kind"] = "APIGroup"
      document["apiVersion"] = "v1"
      return document
    case ("apis", 3): return resources(parts[1], parts[2])
    default: return nil
    }
  }

  private var named: [(group: String, versions: [String])] { groups.filter { !$0.group.isEmpty } }

  private var paths: [String] {
    var paths = ["/api", "/api/v1", "/apis"]
    for (group, versions) in named { paths += ["/apis/\(group)"] + versions.map { "/apis/\(group)/\($0)" } }
    return paths + ["/healthz", "/livez", "/metrics", "/openapi/v2", "/openapi/v3", "/readyz", "/version"]
  }

  private func group(_ name: String, _ versions: [String]) -> Value {
    let list = versions.map { version -> Value in ["groupVersion": .string("\(name)/\(version)"), "version": .string(version)] }
    return ["name": .string(name), "versions": .array(list), "preferredVersion": list[0]]
  }

  private func resources(_ group: String, _ version: String) -> Value? {
    let here = kinds.filter { $0.group == group && $0.version == version }
    guard !here.isEmpty else { return nil }
    var list: [Value] = []
    for kind in here {
      var row: Value = [
        "name": .string(kind.plural), "singularName": .string(kind.singular), "namespaced": .bool(kind.namespaced),
        "kind": .string(kind.name), "verbs": .array(kind.verbs.map(Value.string)),
      ]
      if !kind.shortNames.isEmpty { row["shortNames"] = .array(kind.shortNames.map(Value.string)) }
      if !kind.categories.isEmpty { row["categories"] = .array(kind.categories.map(Value.string)) }
      list.append(row)
      for sub in Discovery.subresources(of: kind) {
        var row: Value = [
          "name": .string("\(kind.plural)/\(sub.name)"), "singularName": "", "namespaced": .bool(kind.namespaced),
          "kind": .string(sub.kind), "verbs": .array(sub.verbs.map(Value.string)),
        ]
        if sub.group != kind.group || sub.version != kind.version {
          row["group"] = .string(sub.group)
          row["version"] = .string(sub.version)
        }
        list.append(row)
      }
    }
    return [
      "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(group.isEmpty ? version : "\(group)/\(version)"),
      "resources": .array(list),
    ]
  }

  /// All of `/api` or of `/apis` in one document, of `apidiscovery.k8s.io` in a version.
  func aggregated(_ root: String, version: String) -> Value {
    let items = groups.filter { $0.group.isEmpty == (root == "api") }.map { group, versions -> Value in
      let list = versions.map { version -> Value in
        [
          "version": .string(version), "freshness": "Current",
          "resources": .array(kinds.filter { $0.group == group && $0.version == version }.map(Discovery.row)),
        ]
      }
      var metadata: Value = ["creationTimestamp": nil]
      if !group.isEmpty { metadata["name"] = .string(group) }
      return ["metadata": metadata, "versions": .array(list)]
    }
    return [
      "kind": "APIGroupDiscoveryList", "apiVersion": .string("apidiscovery.k8s.io/\(version)"), "metadata": [:], "items": .array(items),
    ]
  }

  private static func row(_ kind: Kind) -> Value {
    var row: Value = [
      "resource": .string(kind.plural), "singularResource": .string(kind.singular), "scope": kind.namespaced ? "Namespaced" : "Cluster",
      "responseKind": ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.name)],
      "verbs": .array(kind.verbs.map(Value.string)),
    ]
    if !kind.shortNames.isEmpty { row["shortNames"] = .array(kind.shortNames.map(Value.string)) }
    if !kind.categories.isEmpty { row["categories"] = .array(kind.categories.map(Value.string)) }
    let subresources = subresources(of: kind)
    if !subresources.isEmpty {
      row["subresources"] = .array(
        subresources.map { sub in
          [
            "subresource": .string(sub.name), "verbs": .array(sub.verbs.map(Value.string)),
            "responseKind": ["group": .string(sub.group), "version": .string(sub.version), "kind": .string(sub.kind)],
          ]
        })
    }
    return row
  }

  private struct Subresource {
    let name: String
    let kind: String
    let group: String
    let version: String
    let verbs: [String]
  }

  /// A kind's subresources, with the kind that each speaks in.
  private static func subresources(of kind: Kind) -> [Subresource] {
    kind.subresources.sorted().map { name in
      let changes = ["get", "patch", "update"]
      return switch name {
      case "scale": Subresource(name: name, kind: "Scale", group: "autoscaling", version: "v1", verbs: changes)
      case "eviction": Subresource(name: name, kind: "Eviction", group: "policy", version: "v1", verbs: ["create"])
      case "binding": Subresource(name: name, kind: "Binding", group: "", version: "v1", verbs: ["create"])
      case "attach": Subresource(name: name, kind: "PodAttachOptions", group: "", version: "v1", verbs: ["create", "get"])
      case "exec": Subresource(name: name, kind: "PodExecOptions", group: "", version: "v1", verbs: ["create", "get"])
      case "portforward": Subresource(name: name, kind: "PodPortForwardOptions", group: "", version: "v1", verbs: ["create", "get"])
      case "log": Subresource(name: name, kind: kind.name, group: kind.group, version: kind.version, verbs: ["get"])
      case "finalize": Subresource(name: name, kind: kind.name, group: kind.group, version: kind.version, verbs: ["update"])
      case "status": Subresource(name: name, kind: kind.name, group: kind.group, version: kind.version, verbs: changes)
      default: Subresource(name: name, kind: kind.name, group: kind.group, version: kind.version, verbs: ["create"])
      }
    }
  }
}
