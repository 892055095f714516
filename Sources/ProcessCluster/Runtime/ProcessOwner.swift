import Formats

// As whom a container's programs run.

/// The user and groups of a container's securityContext, its pod's where it says nothing. Without root the system refuses any but our own.
struct ProcessOwner {
  let user: UInt32?
  let group: UInt32?
  /// nil: those that we have.
  let supplementaryGroups: [UInt32]?

  init(_ container: Value, _ pod: Value) {
    let own = container["securityContext"]
    let shared = pod["spec"]["securityContext"]
    func number(_ field: String) -> UInt32? { (own[field].int ?? shared[field].int).flatMap { UInt32(exactly: $0) } }
    user = number("runAsUser")
    group = number("runAsGroup")
    let groups = shared["supplementalGroups"].items.compactMap { $0.int } + [shared["fsGroup"].int].compactMap(\.self)
    supplementaryGroups = groups.isEmpty ? nil : groups.compactMap { UInt32(exactly: $0) }
  }
}
