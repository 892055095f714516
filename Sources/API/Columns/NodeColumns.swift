import APIMachinery
import Formats

// A node's line in a table.

let nodeColumns = [
  Column.name,
  Column("Status") { node, _ in
    var words: [String] = []
    if let ready = node["status"]["conditions"].items.last(where: { $0["type"].text == "Ready" }) {
      words.append(ready["status"].text == "True" ? "Ready" : "NotReady")
    } else {
      words.append("Unknown")
    }
    if node["spec"]["unschedulable"].bool == true { words.append("SchedulingDisabled") }
    return words.joined(separator: ",")
  },
  Column("Roles") { node, _ in orNone(nodeRoles(node).joined(separator: ",")) },
  Column.age,
  Column("Version") { node, _ in node["status"]["nodeInfo"]["kubeletVersion"].text },
  Column("Internal-IP", wide: true) { node, _ in orNone(nodeAddress(node, "InternalIP")) },
  Column("External-IP", wide: true) { node, _ in orNone(nodeAddress(node, "ExternalIP")) },
  Column("OS-Image", wide: true) { node, _ in orUnknown(node["status"]["nodeInfo"]["osImage"].text) },
  Column("Kernel-Version", wide: true) { node, _ in orUnknown(node["status"]["nodeInfo"]["kernelVersion"].text) },
  Column("Container-Runtime", wide: true) { node, _ in orUnknown(node["status"]["nodeInfo"]["containerRuntimeVersion"].text) },
]

/// The roles that a node's labels give it, sorted.
public func nodeRoles(_ node: Value) -> [String] {
  let prefix = "node-role.kubernetes.io/"
  var roles: [String] = []
  for label in node.labels {
    if label.key.hasPrefix(prefix) {
      roles.append(String(label.key.dropFirst(prefix.count)))
    } else if label.key == "kubernetes.io/role" {
      roles.append(label.value.text)
    }
  }
  var unique: [String] = []
  for role in roles.sorted(by: Members.precedes) where !role.isEmpty && unique.last != role { unique.append(role) }
  return unique
}

private func nodeAddress(_ node: Value, _ type: String) -> String {
  node["status"]["addresses"].items.first { $0["type"].text == type }?["address"].text ?? ""
}

private func orUnknown(_ text: String) -> String { text.isEmpty ? "<unknown>" : text }
