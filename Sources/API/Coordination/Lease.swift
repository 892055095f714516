import APIMachinery
import Formats

// Leases: who holds something for a while, as leaders and nodes do.

extension Kinds {
  public static let lease = Kind(
    group: "coordination.k8s.io", version: "v1", name: "Lease", plural: "leases", namespaced: true, schema: CoordinationV1.lease,
    columns: leaseColumns,
    rules: Rules {
      $0.validate = Validation.lease
      $0.updatesNeedVersion = true
    }, summary: CoordinationV1.lease.doc)

  /// The namespace of the nodes' own leases.
  public static let nodeLeases = "kube-node-lease"
}

extension CoordinationV1 {
  public static let lease = Definition(
    "coordination.v1.Lease", "Says who holds something, and for how long unless it is renewed.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { leaseSpec }, "Who holds it, since when and for how long.", always: true),
    ])

  public static let leaseSpec = Definition(
    "coordination.v1.LeaseSpec", "Who holds a lease, since when and for how long.",
    [
      Field("holderIdentity", .string, "The holder, by a name of its own choosing.", pointer: true),
      Field(
        "leaseDurationSeconds", .int32, "How many seconds after renewTime others may take the lease.",
        pointer: true),
      Field("acquireTime", .microTime, "When the present holder took it.", pointer: true),
      Field("renewTime", .microTime, "When the holder last said that it still has it.", pointer: true),
      Field("leaseTransitions", .int32, "How often it went from one holder to another.", pointer: true),
    ])
}

// MARK: Validation: pkg/apis/coordination/validation/validation.go

extension Validation {
  @Sendable static func lease(_ lease: Value, _ errors: inout [FieldError]) {
    let duration = lease["spec", "leaseDurationSeconds"]
    if let seconds = duration.int, seconds <= 0 {
      errors.append(.invalid("spec.leaseDurationSeconds", duration, "must be greater than 0"))
    }
    nonNegative(lease["spec", "leaseTransitions"], "spec.leaseTransitions", &errors)
  }
}
