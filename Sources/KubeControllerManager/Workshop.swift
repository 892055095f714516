import API
import APIMachinery
import Client
import Formats

// What every controller needs at hand: its queue, its retries, and short words for reading and writing.

/// A controller's surroundings with its own name on them.
final class Workshop {
  let name: String
  /// The component that its events name (`replicaset-controller`).
  let component: String
  let client: any Client
  let lister: any Lister
  let agenda: any Agenda
  let notes: any Notes
  let queue: WorkQueue
  private let recorder: any EventRecorder
  private var failures: [String: Int64]?

  init(_ surroundings: Surroundings, name: String, component: String, latency: Duration = .milliseconds(5)) {
    self.name = name
    self.component = component
    client = surroundings.client
    lister = surroundings.lister
    agenda = surroundings.agenda
    notes = surroundings.notes
    recorder = surroundings.recorder
    queue = WorkQueue(surroundings.agenda, worker: name, latency: latency)
  }

  var now: Instant { agenda.now }

  static let writing = WriteOptions { $0.fieldManager = "kube-controller-manager" }

  func create(_ kind: Kind, _ object: Value) throws(Status) -> Value {
    try client.create(kind, namespace: object.namespace, object, Workshop.writing)
  }

  @discardableResult func update(_ kind: Kind, _ object: Value, subresource: String? = nil) throws(Status) -> Value {
    var object = object
    // A status is written on what is stored: the rest need not be read again.
    if subresource == "status" { object.remove("spec") }
    return try client.update(ObjectKey(kind, object.namespace, object.name), subresource: subresource, object, Workshop.writing)
  }

  /// Deletes exactly this object: one that came after it under its name stays.
  func delete(_ kind: Kind, _ object: Value, _ change: (inout DeleteOptions) -> Void = { _ in }) throws(Status) {
    var options = DeleteOptions()
    options.uid = object.uid
    change(&options)
    _ = try client.delete(ObjectKey(kind, object.namespace, object.name), options)
  }

  func event(_ object: Value, _ type: EventType, _ reason: String, _ message: String) {
    recorder.event(object, type, reason, message, source: component)
  }

  // MARK: Retries

  private static let retryPrefix = "retry/"

  /// Runs one key's work; where it fails the key comes again, each time later, as client-go's rate limiter has it.
  func attempt(_ key: String, _ work: () throws(Status) -> Void) {
    do {
      try work()
      forgive(key)
    } catch {
      retry(key)
    }
  }

  /// 5 ms, doubling up to 1000 s.
  func retry(_ key: String) {
    loadFailures()
    let count = failures?[key] ?? 0
    failures?[key] = count + 1
    notes.setNote(name, Workshop.retryPrefix + key, .int(count + 1))
    queue.add(key, after: Workshop.backOff(count))
  }

  static func backOff(_ count: Int64) -> Duration {
    count >= 18 ? .seconds(1000) : min(.milliseconds(5 << max(0, count)), .seconds(1000))
  }

  func forgive(_ key: String) {
    loadFailures()
    if failures?.removeValue(forKey: key) != nil { notes.setNote(name, Workshop.retryPrefix + key, nil) }
  }

  private func loadFailures() {
    guard failures == nil else { return }
    var found: [String: Int64] = [:]
    for key in notes.noteKeys(name) where key.hasPrefix(Workshop.retryPrefix) {
      found[String(key.dropFirst(Workshop.retryPrefix.count))] = notes.note(name, key)?.int ?? 1
    }
    failures = found
  }
}

extension Value {
  /// `namespace/name`, the key under which controllers queue an object.
  var queueKey: String { "\(namespace)/\(name)" }

  /// An int32 field, held to what one can be.
  func int32(_ key: String, or fallback: Int = 0) -> Int { self[key].int.map { Int(Int32(clamping: $0)) } ?? fallback }

  /// The owner reference by which an object controls another.
  func controllerReference(to kind: Kind) -> Value {
    [
      "apiVersion": .string(kind.apiVersion), "blockOwnerDeletion": true, "controller": true, "kind": .string(kind.name),
      "name": .string(name), "uid": .string(uid),
    ]
  }

  /// Whether a cause says that the namespace is on its way out.
  func condition(_ type: String) -> Value? { self["status"]["conditions"].items.first { $0["type"].text == type } }
}

extension Status {
  /// The namespace is being deleted: nothing can be created there, and trying again is of no use.
  var isNamespaceTerminating: Bool {
    causes.contains { $0.reason == "NamespaceTerminating" } || message.contains("because it is being terminated")
  }
}

/// `namespace/name` apart.
func splitKey(_ key: String) -> (namespace: String, name: String) {
  guard let slash = key.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", key) }
  return (String(key[..<slash]), String(key[key.index(after: slash)...]))
}
