import Formats

// An object's type and metadata, read off its tree. Absent texts read as empty.

extension Value {
  public var apiVersion: String { self["apiVersion"].text }
  public var kind: String { self["kind"].text }
  public var metadata: Value {
    @inlinable get { self["metadata"] }
    @inlinable _modify { yield &self["metadata"] }
  }
  public var name: String { self["metadata"]["name"].text }
  public var namespace: String { self["metadata"]["namespace"].text }
  public var uid: String { self["metadata"]["uid"].text }
  public var resourceVersion: String { self["metadata"]["resourceVersion"].text }
  public var generation: Int64 { self["metadata"]["generation"].int ?? 0 }
  public var labels: Members { self["metadata"]["labels"].members }
  public var annotations: Members { self["metadata"]["annotations"].members }
  public var finalizers: [String] { self["metadata"]["finalizers"].items.compactMap(\.string) }
  public var ownerReferences: [Value] { self["metadata"]["ownerReferences"].items }
  public var creationTime: Instant? { self["metadata"]["creationTimestamp"].string.flatMap(Instant.init(rfc3339:)) }
  public var deletionTime: Instant? { self["metadata"]["deletionTimestamp"].string.flatMap(Instant.init(rfc3339:)) }
  public var isBeingDeleted: Bool { self["metadata"]["deletionTimestamp"].string != nil }
  /// The owner reference that says `controller: true`.
  public var controllerReference: Value? { ownerReferences.first { $0["controller"].bool == true } }

  public func label(_ key: String) -> String? { self["metadata"]["labels"][key].string }
  public func annotation(_ key: String) -> String? { self["metadata"]["annotations"][key].string }
}
