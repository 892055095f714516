import APIMachinery
import Formats

// The lines of kinds with little to tell.

let namespaceColumns = [Column.name, Column("Status") { namespace, _ in namespace["status"]["phase"].text }, Column.age]

let configMapColumns = [
  Column.name,
  Column("Data", type: "integer") { map, _ in String(map["data"].members.count + map["binaryData"].members.count) },
  Column.age,
]

let secretColumns = [
  Column.name, Column("Type") { secret, _ in secret["type"].text },
  Column("Data", type: "integer") { secret, _ in String(secret["data"].members.count) },
  Column.age,
]

let serviceAccountColumns = [
  Column.name, Column("Secrets", type: "integer") { account, _ in String(account["secrets"].items.count) }, Column.age,
]

let leaseColumns = [Column.name, Column("Holder") { lease, _ in lease["spec", "holderIdentity"].text }, Column.age]

let deploymentColumns =
  [
    Column.name,
    Column("Ready") { object, _ in "\(object["status"]["readyReplicas"].int ?? 0)/\(object["spec"]["replicas"].int ?? 0)" },
    Column.number("Up-to-date", type: "string") { $0["status"]["updatedReplicas"] },
    Column.number("Available", type: "string") { $0["status"]["availableReplicas"] },
    Column.age,
  ] + templateColumns

let replicaSetColumns =
  [
    Column.name,
    Column.number("Desired") { $0["spec"]["replicas"] },
    Column.number("Current") { $0["status"]["replicas"] },
    Column.number("Ready") { $0["status"]["readyReplicas"] },
    Column.age,
  ] + templateColumns

let scaleColumns = [
  Column.name, Column.number("Desired") { $0["spec"]["replicas"] }, Column.number("Available") { $0["status"]["replicas"] }, Column.age,
]
