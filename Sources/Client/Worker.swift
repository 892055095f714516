import APIMachinery
import Formats

// What runs inside a cluster of our own: workers that see every change and work on keys when they are due.

/// One change of one object.
public struct Change {
  public enum Verb: Sendable { case added, modified, deleted }
  public let verb: Verb
  public let key: ObjectKey
  /// The object before; nil where it is new.
  public let old: Value?
  /// The object now; where it was deleted, its last state.
  public let new: Value

  @inlinable public init(_ verb: Verb, _ key: ObjectKey, old: Value?, new: Value) {
    self.verb = verb
    self.key = key
    self.old = old
    self.new = new
  }
}

/// A controller, the scheduler, a kubelet: sees changes, notes keys to work on, works on them when due.
/// What it must remember between two commands lives in objects, in the agenda or in its notes: it may be thrown
/// away and made anew between any two calls (a cluster on disk is opened by the next command).
public protocol Worker: AnyObject {
  /// A stable name (`deployment`, `scheduler`): its agenda and notes are stored under it.
  var name: String { get }
  /// The kinds whose changes it sees.
  var watches: [Kind] { get }
  /// Sees a change, after it was stored. Cheap: notes keys in the agenda, updates its own counters.
  func observe(_ change: Change)
  /// Works on one key that is due. It must be idempotent: a crash may repeat it.
  func work(on key: String)
}

/// What a worker is given: how to read, write, remember, be woken and tell.
public struct Surroundings {
  public let client: any Client
  public let lister: any Lister
  public let agenda: any Agenda
  public let notes: any Notes
  public let recorder: any EventRecorder
  public let dice: Dice

  public init(client: any Client, lister: any Lister, agenda: any Agenda, notes: any Notes, recorder: any EventRecorder, dice: Dice) {
    self.client = client
    self.lister = lister
    self.agenda = agenda
    self.notes = notes
    self.recorder = recorder
    self.dice = dice
  }
}

/// The cluster's one source of chance, shared by reference.
public final class Dice {
  public var random: Random
  public init(_ random: Random) { self.random = random }
}

/// Fast reads of what is stored now, by index: no copy, no judgement, no selector text.
public protocol Lister: AnyObject {
  func get(_ key: ObjectKey) -> Value?
  /// All of a kind (in a namespace) in key order.
  func list(_ kind: Kind, namespace: String?) -> [Value]
  func count(_ kind: Kind, namespace: String?) -> Int
  /// Objects of a kind whose ownerReferences name this uid, in key order.
  func owned(_ kind: Kind, by uid: String) -> [Value]
  /// Every object, of whatever kind, whose ownerReferences name this uid.
  func dependents(of uid: String) -> [ObjectKey]
  /// Whether an object with this uid is stored (and where).
  func holder(of uid: String) -> ObjectKey?
  /// Pods whose spec.nodeName is this, in key order; the empty name: those that have no node yet.
  func pods(onNode node: String) -> [Value]
  /// Objects of a kind in a namespace with this label, in key order; indexed for pods, replicasets, endpointslices, linear otherwise.
  func labelled(_ kind: Kind, namespace: String, _ key: String, _ value: String) -> [Value]
}

/// What is due when. One entry a (worker, key): noting it again keeps the earlier time. Stored with the cluster.
public protocol Agenda: AnyObject {
  var now: Instant { get }
  func note(_ key: String, for worker: String, at time: Instant)
  func forget(_ key: String, for worker: String)
  func due(_ key: String, for worker: String) -> Instant?
}

extension Agenda {
  public func note(_ key: String, for worker: String, after delay: Duration) { note(key, for: worker, at: now + delay) }
}

/// A worker's own small memory (a back-off's count, what a container is doing), stored with the cluster, seen by nobody else.
public protocol Notes: AnyObject {
  func note(_ worker: String, _ key: String) -> Value?
  func setNote(_ worker: String, _ key: String, _ value: Value?)
  /// All keys of a worker, sorted.
  func noteKeys(_ worker: String) -> [String]
}

/// Tells what happened, as core/v1 Events. Repeats are counted as client-go's correlator does.
public protocol EventRecorder: AnyObject {
  /// - Parameters:
  ///   - object: what it is about (its kind, namespace, name, uid, resourceVersion are read).
  ///   - fieldPath: `spec.containers{nginx}` for a container's.
  ///   - source: the component (`kubelet`, `deployment-controller`); `host` is a kubelet's node.
  ///   - style: new-style (events.k8s.io: eventTime, no count) for the scheduler's.
  func event(
    _ object: Value, _ type: EventType, _ reason: String, _ message: String, source: String, host: String, fieldPath: String,
    style: EventStyle)
}

public enum EventType: String, Sendable { case normal = "Normal", warning = "Warning" }
public enum EventStyle: Sendable { case counted, new(action: String, related: Value?) }

extension EventRecorder {
  public func event(_ object: Value, _ type: EventType, _ reason: String, _ message: String, source: String) {
    event(object, type, reason, message, source: source, host: "", fieldPath: "", style: .counted)
  }
}

/// A worker's agenda by its own name.
public struct WorkQueue {
  public let agenda: any Agenda
  public let worker: String
  /// How long after a change a worker acts on it: what watching, queueing and one round trip take in a real cluster.
  public let latency: Duration

  public init(_ agenda: any Agenda, worker: String, latency: Duration = .milliseconds(5)) {
    self.agenda = agenda
    self.worker = worker
    self.latency = latency
  }
  public func add(_ key: String) { agenda.note(key, for: worker, after: latency) }
  public func add(_ key: String, after delay: Duration) { agenda.note(key, for: worker, after: delay) }
}
