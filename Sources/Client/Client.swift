import APIMachinery
import Formats

// The one seam between whoever wants something of a cluster and whoever keeps it.

/// An object's place: its kind, namespace (empty for cluster-scoped kinds) and name.
public struct ObjectKey: Hashable, Sendable {
  public let kind: Kind
  public let namespace: String
  public let name: String

  @inlinable public init(_ kind: Kind, _ namespace: String, _ name: String) {
    self.kind = kind
    self.namespace = namespace
    self.name = name
  }
}

/// A cluster, as whoever works with it sees it: Kubernetes' API in Swift's words. The command line, the
/// controllers, the scheduler and the kubelet speak to nothing else. One thread; calls are synchronous.
public protocol Client: AnyObject {
  /// The cluster's time: what ages are counted from.
  var now: Instant { get }
  /// Called with each warning that an answer carries (HTTP's `Warning` headers).
  var onWarning: ((String) -> Void)? { get set }

  /// Every kind the cluster serves, in discovery's order.
  func kinds() throws(Status) -> [Kind]
  /// `/version`'s answer.
  func version() throws(Status) -> Value

  func get(_ key: ObjectKey, subresource: String?) throws(Status) -> Value
  /// `get`, with the cells that the cluster itself prints of it where it prints (`PrintedCells`).
  func getPrinted(_ key: ObjectKey, subresource: String?) throws(Status) -> Value
  /// `namespace` nil lists all namespaces.
  func list(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> ObjectList
  func watch(_ kind: Kind, namespace: String?, _ options: ListOptions) throws(Status) -> any EventStream

  /// `object` may carry `metadata.generateName` instead of a name. Returns the object as stored.
  func create(_ kind: Kind, namespace: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value
  /// Creates a subresource of an object (`binding`, `eviction`, `scale` of `sim.kctl.dev`'s `advance`, …).
  func create(_ key: ObjectKey, subresource: String, _ object: Value, _ options: WriteOptions) throws(Status) -> Value
  /// Replaces the object (or its `status` or `scale`); a resourceVersion in it must be the current one.
  func update(_ key: ObjectKey, subresource: String?, _ object: Value, _ options: WriteOptions) throws(Status) -> Value
  func patch(_ key: ObjectKey, subresource: String?, _ patch: Patch, _ options: WriteOptions) throws(Status) -> Value
  /// Returns the object as it was or is now being deleted.
  func delete(_ key: ObjectKey, _ options: DeleteOptions) throws(Status) -> Value
  func deleteCollection(_ kind: Kind, namespace: String?, _ options: DeleteOptions, _ list: ListOptions) throws(Status)

  /// A container's log lines.
  func logs(namespace: String, pod: String, _ options: LogOptions) throws(Status) -> any EventStream

  /// A stream into a running container.
  func stream(_ request: StreamRequest) throws(Status) -> any PodStream
  /// Throws why there can be no connections to the ports of a pod, as far as that is known before one is begun.
  func checkPorts(namespace: String, pod: String) throws(Status)

  /// Pulls what comes next from any of `streams`, letting the cluster's time pass until then.
  /// A manual clock jumps to the next due event; a following one sleeps.
  func next(of streams: [any EventStream], until deadline: Instant?) throws(Status) -> Next

  /// Acknowledges what was written: durable once this returns. Commands call it (through their frame) once.
  func commit() throws(Status)
}

extension Client {
  public func getPrinted(_ key: ObjectKey, subresource: String?) throws(Status) -> Value { try get(key, subresource: subresource) }

  /// A cluster within this process runs no programs.
  public func stream(_ request: StreamRequest) throws(Status) -> any PodStream { throw try refusal(of: request) }
  public func checkPorts(namespace: String, pod: String) throws(Status) {
    throw try refusal(of: StreamRequest(.port(0), namespace: namespace, pod: pod))
  }

  private func refusal(of request: StreamRequest) throws(Status) -> Status {
    _ = try StreamTarget(of: request, in: self)
    return StreamTarget.refusal(StreamTarget.noPrograms, hints: [StreamTarget.hint])
  }
}

/// What `Client.next` brings.
public enum Next {
  /// The stream at an index has an event.
  case event(Int, StreamEvent)
  /// The stream at an index is over (its time is up, its log has ended).
  case ended(Int)
  /// The deadline has come.
  case deadline
  /// Nothing that is due can ever bring an event (a manual clock with nothing to wait for).
  case stuck
}

/// A watch or a log, pulled through `Client.next`.
public protocol EventStream: AnyObject {
  /// Ends the stream; `next` brings nothing of it any more.
  func cancel()
}

/// What a stream brings.
public enum StreamEvent: Sendable {
  case added(Value)
  case modified(Value)
  case deleted(Value)
  case bookmark(Value)
  /// An ERROR event (410 Expired after compaction): the stream ends behind it.
  case error(Status)
  /// Bytes of a log: whole lines, or a last one without its newline.
  case log([UInt8])
}

/// A list, in key order (namespace, then name), as etcd gives it.
public struct ObjectList: Sendable {
  public var items: [Value]
  public var resourceVersion: String
  /// Where a limited list goes on; empty at its end.
  public var `continue`: String
  public var remainingItemCount: Int?

  public init(items: [Value], resourceVersion: String, continue: String = "", remainingItemCount: Int? = nil) {
    self.items = items
    self.resourceVersion = resourceVersion
    self.continue = `continue`
    self.remainingItemCount = remainingItemCount
  }
}

public struct ListOptions: Sendable {
  /// `app=web,tier in (front,back)`; unparsed, the server's to judge.
  public var labelSelector = ""
  public var fieldSelector = ""
  public var limit = 0
  public var `continue` = ""
  public var resourceVersion = ""
  public var timeout: Duration?
  public var allowBookmarks = false
  /// Objects come with the cells that the cluster itself prints of them, where it prints (`PrintedCells`).
  public var wantsPrinted = false

  public init() {}
}

/// How a request's unknown or doubled fields are judged.
public enum FieldValidation: String, Sendable { case strict = "Strict", warn = "Warn", ignore = "Ignore" }

public struct WriteOptions: Sendable {
  /// Judges and answers but stores nothing.
  public var dryRun = false
  public var fieldManager = "kubectl"
  public var fieldValidation = FieldValidation.warn
  /// Server-side apply only: take over other managers' fields.
  public var force = false

  public init() {}
  public init(_ change: (inout WriteOptions) -> Void) { change(&self) }
}

public struct DeleteOptions: Sendable {
  public enum Propagation: String, Sendable { case background = "Background", foreground = "Foreground", orphan = "Orphan" }

  /// nil: the kind's own.
  public var gracePeriodSeconds: Int64?
  public var propagation: Propagation?
  public var dryRun = false
  /// Preconditions.
  public var uid: String?
  public var resourceVersion: String?

  public init() {}
}

/// A patch's body by its content type.
public enum Patch: Sendable {
  case json(Value)
  case merge(Value)
  case strategic(Value)
  case apply(Value)
}

public struct LogOptions: Sendable {
  public var container = ""
  public var follow = false
  public var previous = false
  public var timestamps = false
  public var since: Instant?
  public var tailLines: Int?
  public var limitBytes: Int?

  public init() {}
}

/// What only a cluster of our own can do, as a whole: a Client may offer it.
public protocol ClusterHousekeeping: AnyObject {
  /// A number of nodes as a new cluster has them.
  func standardNodes(_ count: Int) throws(Status) -> [Value]
  /// A new, empty cluster with these Node objects (nil: three nodes of our own).
  func reset(nodes: [Value]?, seed: UInt64?) throws(Status)
  /// The whole state as one portable text.
  func export() throws(Status) -> Value
  func importState(_ state: Value) throws(Status)
}
