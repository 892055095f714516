import API
import APIMachinery
import Client
import Formats

// Whoever sees everything that happens to a cluster, by its API alone, and says what must not be.

/// What was seen that Kubernetes promises never to show.
public struct Violation: Error, Equatable, Sendable {
  public let message: String
  init(_ message: String) { self.message = message }
}

/// One change of one object, as a watch told it.
struct Sight {
  enum Verb: String { case added, modified, deleted }
  let verb: Verb
  let kind: Kind
  let revision: Int64
  let time: Instant
  let old: Value?
  let new: Value

  /// `+12.305s modified pods default/web-x: Running`
  func line(since start: Instant) -> String {
    var text = "+\((time - start).goText) \(verb.rawValue) \(kind.plural) \(new.namespace)/\(new.name) at \(revision)"
    if kind == Kinds.pod {
      let waiting = new["status"]["containerStatuses"].items.compactMap { $0["state"]["waiting"]["reason"].string }
      text += ": \(new["status"]["phase"].text) on \(new["spec"]["nodeName"].text)\(Facts.isReady(new) ? " ready" : "")"
      if new.isBeingDeleted { text += " terminating" }
      if !waiting.isEmpty { text += " " + waiting.joined(separator: ",") }
    } else if kind == Kinds.replicaSet || kind == Kinds.deployment {
      text += ": spec \(new["spec"]["replicas"].int ?? 0), status \(JSON.text(Facts.counts(new["status"])))"
      if kind == Kinds.deployment {
        text += Facts.conditions(new["status"]).map { " \($0["type"].text)=\($0["status"].text)/\($0["reason"].text)" }.joined()
      }
    } else if kind == Kinds.node {
      text += ": \(JSON.text(new["spec"]["taints"]))\(new["spec"]["unschedulable"].bool == true ? " unschedulable" : "")"
    } else if kind == Kinds.endpoints {
      text += ": \(JSON.text(new["subsets"]))"
    }
    return text
  }
}

/// All objects of a kind, in key order.
struct Shelf {
  private(set) var keys: [String] = []
  private(set) var objects: [Value] = []

  static func key(_ object: Value) -> String { "\(object.namespace)/\(object.name)" }

  func place(_ key: String) -> (index: Int, found: Bool) {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return (low, low < keys.count && keys[low] == key)
  }

  subscript(key: String) -> Value? {
    let (index, found) = place(key)
    // A plain nil would be a null.
    return found ? .some(objects[index]) : .none
  }

  func has(_ key: String) -> Bool { place(key).found }

  mutating func set(_ key: String, _ object: Value) {
    let (index, found) = place(key)
    if found {
      objects[index] = object
    } else {
      keys.insert(key, at: index)
      objects.insert(object, at: index)
    }
  }

  mutating func remove(_ key: String) {
    let (index, found) = place(key)
    guard found else { return }
    keys.remove(at: index)
    objects.remove(at: index)
  }
}

/// What is known of a cluster's objects at one moment.
struct Picture {
  var pods = Shelf()
  var replicaSets = Shelf()
  var deployments = Shelf()
  var nodes = Shelf()
  var services = Shelf()
  var endpoints = Shelf()
  var slices = Shelf()
  var namespaces = Shelf()

  /// The kinds that are watched, with where they are kept.
  static let shelves: [(kind: Kind, shelf: WritableKeyPath<Picture, Shelf> & Sendable)] = [
    (Kinds.pod, \.pods), (Kinds.replicaSet, \.replicaSets), (Kinds.deployment, \.deployments), (Kinds.node, \.nodes),
    (Kinds.service, \.services), (Kinds.endpoints, \.endpoints), (Kinds.endpointSlice, \.slices), (Kinds.namespace, \.namespaces),
  ]

  func pods(ownedBy uid: String) -> [Value] { pods.objects.filter { $0.controllerReference?["uid"].text == uid } }
  func replicaSets(ownedBy uid: String) -> [Value] { replicaSets.objects.filter { $0.controllerReference?["uid"].text == uid } }
  func pods(onNode node: String) -> [Value] { pods.objects.filter { $0["spec"]["nodeName"].text == node } }
}

/// Follows a cluster by its watches and holds every change against the promises, as it comes.
final class Witness {
  private let cluster: any Client
  private var streams: [any EventStream] = []
  private(set) var picture = Picture()
  /// The picture as it was when it was last committed.
  private var kept = Picture()
  private(set) var revision: Int64 = 0
  private var keptRevision: Int64 = 0
  private(set) var changes = 0
  /// The last changes, oldest first.
  private(set) var trail: [Sight] = []
  private var rollouts = RolloutChecker()
  private var endpoints = EndpointChecker()
  /// A running sum over every change.
  private(set) var digest: UInt64 = 0xcbf2_9ce4_8422_2325

  init(_ cluster: any Client) throws {
    self.cluster = cluster
    try open()
    kept = picture
    keptRevision = try Witness.revision(of: cluster)
  }

  /// Lists and watches everything. What was known before must be what is found.
  private func open() throws {
    streams = []
    var found = Picture()
    for (kind, shelf) in Picture.shelves {
      let list = try cluster.list(kind, namespace: nil, ListOptions())
      for object in list.items { found[keyPath: shelf].set(Shelf.key(object), object) }
      var options = ListOptions()
      options.resourceVersion = list.resourceVersion
      streams.append(try cluster.watch(kind, namespace: nil, options))
      revision = Int64(list.resourceVersion) ?? 0
    }
    picture = found
  }

  /// What is there now will survive a kill.
  func committed() throws {
    kept = picture
    keptRevision = try Witness.revision(of: cluster)
  }

  /// The cluster's own, which counts kinds that are not watched too.
  private static func revision(of cluster: any Client) throws -> Int64 {
    Int64(try cluster.list(Kinds.namespace, namespace: nil, ListOptions()).resourceVersion) ?? 0
  }

  /// The process was killed and another has opened the cluster: whole commands are there, or nothing of them.
  func reopened(as cluster: any Client) throws -> Witness {
    let heir = try Witness(cluster)
    guard heir.keptRevision == keptRevision else {
      throw Violation("after a kill the cluster is at revision \(heir.keptRevision), but \(keptRevision) was committed")
    }
    for (kind, shelf) in Picture.shelves {
      let before = kept[keyPath: shelf]
      let after = heir.picture[keyPath: shelf]
      guard before.keys == after.keys else {
        throw Violation("after a kill there are \(kind.plural) \(after.keys), but \(before.keys) were committed")
      }
      for (i, key) in before.keys.enumerated() {
        var (old, new) = (before.objects[i], after.objects[i])
        // Heartbeats are told, not written.
        if kind == Kinds.node { (old["status"], new["status"]) = (nil, nil) }
        if old != new { throw Violation("after a kill \(kind.plural) \(key) is not what was committed") }
      }
    }
    heir.changes = changes
    heir.trail = trail
    heir.rollouts = rollouts
    heir.endpoints = endpoints
    heir.digest = digest
    return heir
  }

  /// Lets time pass until a moment and sees everything that happens.
  func follow(until target: Instant) throws {
    var batch: [(place: Int, event: StreamEvent, revision: Int64)] = []
    var time = cluster.now
    while true {
      let next = try cluster.next(of: streams, until: target)
      if cluster.now != time {
        try see(&batch, at: time)
        time = cluster.now
      }
      switch next {
      case .event(let place, let event):
        switch event {
        case .added(let object), .modified(let object), .deleted(let object):
          batch.append((place, event, Int64(object.resourceVersion) ?? 0))
        case .error(let status): throw Violation("a watch ended: \(status.message)")
        case .bookmark, .log: break
        }
      case .ended(let place): throw Violation("the watch on \(Picture.shelves[place].kind.plural) ended")
      case .deadline, .stuck:
        try see(&batch, at: time)
        return
      }
    }
  }

  private func see(_ batch: inout [(place: Int, event: StreamEvent, revision: Int64)], at time: Instant) throws {
    guard !batch.isEmpty else { return }
    try endpoints.check(picture, until: time)
    batch.sort { $0.revision < $1.revision }
    for (place, event, revision) in batch {
      let (kind, shelf) = Picture.shelves[place]
      let verb: Sight.Verb
      let object: Value
      switch event {
      case .added(let new): (verb, object) = (.added, new)
      case .modified(let new): (verb, object) = (.modified, new)
      case .deleted(let last): (verb, object) = (.deleted, last)
      case .bookmark, .log, .error: continue
      }
      let key = Shelf.key(object)
      let sight = Sight(verb: verb, kind: kind, revision: revision, time: time, old: picture[keyPath: shelf][key], new: object)
      note(sight)
      guard revision > self.revision else {
        throw Violation("\(kind.plural) \(key) was written at revision \(revision), but \(self.revision) had been before")
      }
      self.revision = revision
      try ObjectChecker.check(sight)
      try rollouts.before(sight, picture)
      try PlacementChecker.check(sight, picture)
      try AddressChecker.check(sight, picture)
      if verb == .deleted { picture[keyPath: shelf].remove(key) } else { picture[keyPath: shelf].set(key, object) }
      endpoints.note(sight)
    }
    batch.removeAll(keepingCapacity: true)
  }

  private func note(_ sight: Sight) {
    changes += 1
    if trail.count >= 160 { trail.removeFirst(80) }
    trail.append(sight)
    mix(UInt64(bitPattern: sight.revision))
    mix(UInt64(bitPattern: sight.time.nanoseconds))
    for byte in sight.new.name.utf8 { mix(UInt64(byte)) }
  }

  func mix(_ word: UInt64) { digest = (digest ^ word) &* 0x100_0000_01b3 }
}
