import APIMachinery
import Client
import Formats

// What the kubelet knows of one pod that is not at rest: kept as a note between commands, forgotten once the pod's status says it all.

/// What the kubelet knows of one container.
struct ContainerState: Equatable {
  /// The latest run, running or ended.
  var run: Run?
  /// The run before it.
  var last: Run?
  var restarts = 0
  /// Why it isn't running, as the last attempt to start it said.
  var waiting: Waiting?
  var crashes = Backoff()
  var pulls = Backoff()
  /// By `ProbeKind`; empty before the first probe.
  var probes: [ProbeState] = []

  struct Waiting: Equatable {
    var reason: String
    var message: String
  }

  /// What a probe has found.
  subscript(kind: ProbeKind) -> ProbeState {
    get { probes.isEmpty ? ProbeState() : probes[kind.rawValue] }
    set {
      if probes.isEmpty { probes = [ProbeState](repeating: ProbeState(), count: ProbeKind.allCases.count) }
      probes[kind.rawValue] = newValue
    }
  }

  func isRunning(at now: Instant) -> Bool { run.map { $0.isRunning(at: now) } ?? false }
  /// The ended run, if the latest has ended.
  func ended(by now: Instant) -> Run? { run.flatMap { $0.isRunning(at: now) ? nil : $0 } }
}

/// What a pod's worker is in the middle of: nothing else happens to the pod until it is over.
enum Busy: Equatable {
  case pulling(index: Int, began: Instant, asked: Instant, error: String?)
  case creating(index: Int)
  /// A postStart hook runs.
  case hooking(index: Int)
  /// Containers are being stopped because of what the list's members say; they end together.
  case stopping
}

/// A pod that the kubelet works on.
final class PodState {
  let uid: String
  let node: String
  /// Init containers first, then the others.
  var containers: [ContainerState]
  let initCount: Int
  /// When the kubelet first saw the pod: `startTime`, and the origin of probes.
  var since: Instant
  var admitted = false
  var mounted = false
  var mounts = MountBackoff()
  var ip = ""
  /// When the next look at the runtime brings a sync.
  var relist: Instant?
  /// When the worker tries again after an error.
  var resync: Instant?
  /// When a mount is tried again.
  var remount: Instant?
  var busy: (what: Busy, until: Instant)?
  /// Containers that this sync is still to start.
  var queue: [Int] = []
  /// Whether a start of this sync has failed.
  var failed = false
  /// The pod's end: why the kubelet ended it by itself (`DeadlineExceeded`).
  var ending: (reason: String, message: String)?
  /// Whether its containers were told to stop because the pod goes.
  var stopping = false
  /// Whether the status after the stop is written; then the object may go at `gone`.
  var gone: Instant?
  var telling = TellingBudget()
  /// What is open with a runtime that reports; nil with one that foretells.
  var outstanding: Outstanding?
  /// Whether a note of it is stored.
  var noted = false
  /// Whether its note must be written at the next flush.
  var dirty = false

  init(uid: String, node: String, initCount: Int, count: Int, since: Instant) {
    self.uid = uid
    self.node = node
    self.initCount = initCount
    self.since = since
    containers = [ContainerState](repeating: ContainerState(), count: count)
  }

  /// Whether something of it runs, or was asked to.
  func isAlive(at now: Instant) -> Bool { outstanding?.starting != nil || containers.contains { $0.isRunning(at: now) } }

  /// Whether nothing is to come and the pod's status alone could tell this again.
  func isAtRest(at now: Instant) -> Bool {
    guard admitted, mounted, relist == nil, resync == nil, remount == nil, busy == nil, queue.isEmpty, !stopping, ending == nil else {
      return false
    }
    for container in containers {
      if container.restarts > 0 || container.waiting != nil || container.crashes.wait > .zero || container.pulls.wait > .zero {
        return false
      }
      if let exit = container.run?.exit, exit.at > now { return false }
    }
    return true
  }
}

// MARK: - From a status

extension PodState {
  /// What a pod's status tells of it: enough for a pod at rest.
  convenience init(pod: Value, now: Instant) {
    let status = pod["status"]
    let spec = pod["spec"]
    let initials = spec["initContainers"].items.count
    let regulars = spec["containers"].items.count
    let began = status["startTime"].string.flatMap(Instant.init(rfc3339:))
    self.init(uid: pod.uid, node: spec["nodeName"].text, initCount: initials, count: initials + regulars, since: began ?? now)
    ip = status["podIP"].text
    admitted = began != nil
    mounted = !ip.isEmpty
    var index = 0
    for (specs, statuses) in [("initContainers", "initContainerStatuses"), ("containers", "containerStatuses")] {
      let told = status[statuses].items
      for container in spec[specs].items {
        let name = container["name"].text
        if let one = told.first(where: { $0["name"].text == name }) {
          containers[index] = ContainerState(status: one, image: container["image"].text)
        }
        index += 1
      }
    }
  }
}

extension ContainerState {
  init(status: Value, image: String) {
    self.init()
    restarts = Int(truncatingIfNeeded: min(max(status["restartCount"].int ?? 0, 0), 1_000_000))
    // A changed image is told by comparing the spec with the image that ran.
    let runs = ContainerRuns(status, image: taggedImage(image) == status["image"].text ? image : status["image"].text)
    run = runs.current
    last = runs.last
    if run == nil, let before = last {
      run = before
      last = nil
    }
    if status["started"].bool == true { self[.startup].passed = true }
    if status["state"]["running"].object != nil, status["ready"].bool == true { self[.readiness].passed = true }
  }

  static func bareID(_ id: String) -> String {
    guard let slashes = id.utf8.lastIndex(of: 47) else { return id }
    return String(id[id.utf8.index(after: slashes)...])
  }

  static func run(terminated: Value, image: String) -> Run? {
    guard let finished = terminated["finishedAt"].string.flatMap(Instant.init(rfc3339:)),
      let started = terminated["startedAt"].string.flatMap(Instant.init(rfc3339:))
    else { return nil }
    let id = bareID(terminated["containerID"].text)
    let exit = Exit(
      at: finished, code: Int(truncatingIfNeeded: terminated["exitCode"].int ?? 0), reason: terminated["reason"].text,
      message: terminated["message"].text)
    return Run(id: id, image: image, startedAt: ContainerID.moment(id, second: started), exit: exit)
  }
}

/// A container's id: chance, with the fraction of the second in which it started folded in, so that a status tells the exact moment.
public enum ContainerID {
  public static func make(_ random: inout Random, startedAt: Instant) -> String {
    let a = random.next()
    let b = random.next()
    let c = random.next()
    let chance = UInt32(truncatingIfNeeded: random.next())
    let fraction = UInt32(truncatingIfNeeded: startedAt.nanoseconds - startedAt.seconds * 1_000_000_000)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(64)
    for word in [a, b, c, UInt64(chance) << 32 | UInt64(fraction ^ chance)] {
      for shift in stride(from: 60, through: 0, by: -4) { bytes.append(hex[Int(truncatingIfNeeded: word >> UInt64(shift)) & 15]) }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
  private static let hex = Array("0123456789abcdef".utf8)

  /// The moment within a second at which the container with this id started.
  public static func moment(_ id: String, second: Instant) -> Instant {
    guard id.utf8.count == 64, let low = UInt64(id.suffix(16), radix: 16) else { return second }
    let fraction = UInt32(truncatingIfNeeded: low >> 32) ^ UInt32(truncatingIfNeeded: low)
    guard fraction < 1_000_000_000 else { return second }
    return Instant(nanoseconds: second.seconds * 1_000_000_000 + Int64(fraction))
  }
}

// MARK: - As a note

extension PodState {
  /// All of it as one small value. The order is the reader's below.
  var note: Value {
    var out: [Value] = [.string(uid), .string(node), Value(initCount), .int(since.nanoseconds), .string(ip)]
    var flags: Int64 = 0
    for (i, flag) in [admitted, mounted, failed, stopping].enumerated() where flag { flags |= 1 << Int64(i) }
    out.append(.int(flags))
    out.append(.int(mounts.wait.nanoseconds))
    out.append(PodState.moment(relist))
    out.append(PodState.moment(resync))
    out.append(PodState.moment(remount))
    out.append(PodState.moment(gone))
    out.append(.array([Value(telling.left), .int(telling.last.nanoseconds)]))
    out.append(.array(queue.map { Value($0) }))
    switch busy?.what {
    case nil, .hooking: out.append(.null)
    case .pulling(let index, let began, let asked, let error):
      out.append(.array([0, PodState.moment(busy?.until), Value(index), .int(began.nanoseconds), .int(asked.nanoseconds), Value(error)]))
    case .creating(let index): out.append(.array([1, PodState.moment(busy?.until), Value(index)]))
    case .stopping: out.append(.array([2, PodState.moment(busy?.until)]))
    }
    out.append(ending.map { .array([.string($0.reason), .string($0.message)]) } ?? .null)
    out.append(.array(containers.map(\.note)))
    return .array(out)
  }

  static func moment(_ instant: Instant?) -> Value { instant.map { .int($0.nanoseconds) } ?? .null }
  static func instant(_ value: Value) -> Instant? { value.int.map(Instant.init(nanoseconds:)) }

  convenience init?(note: Value) {
    let v = note.items
    guard v.count == 16, let uid = v[0].string, let node = v[1].string, let initCount = v[2].int, let since = v[3].int, let flags = v[5].int
    else { return nil }
    let containers = v[15].items
    guard initCount >= 0, initCount <= containers.count else { return nil }
    self.init(uid: uid, node: node, initCount: Int(initCount), count: containers.count, since: Instant(nanoseconds: since))
    ip = v[4].text
    admitted = flags & 1 != 0
    mounted = flags & 2 != 0
    failed = flags & 4 != 0
    stopping = flags & 8 != 0
    mounts = MountBackoff(wait: .nanoseconds(v[6].int ?? 0))
    relist = PodState.instant(v[7])
    resync = PodState.instant(v[8])
    remount = PodState.instant(v[9])
    gone = PodState.instant(v[10])
    telling = TellingBudget(left: Int(v[11][0].int ?? 0), last: Instant(nanoseconds: v[11][1].int ?? 0))
    queue = v[12].items.compactMap { $0.int.map { Int($0) } }.filter { containers.indices.contains($0) }
    let doing = v[13].items
    if doing.count >= 2, let until = PodState.instant(doing[1]) {
      switch doing[0].int {
      case 0 where doing.count == 6:
        busy = (
          .pulling(
            index: Int(doing[2].int ?? 0), began: PodState.instant(doing[3]) ?? until, asked: PodState.instant(doing[4]) ?? until,
            error: doing[5].string), until
        )
      case 1 where doing.count == 3: busy = (.creating(index: Int(doing[2].int ?? 0)), until)
      case 2: busy = (.stopping, until)
      default: break
      }
    }
    if v[14].items.count == 2 { ending = (v[14][0].text, v[14][1].text) }
    for (i, container) in containers.enumerated() { self.containers[i] = ContainerState(note: container) }
    dirty = false
  }
}

extension ContainerState {
  fileprivate var note: Value {
    var out: [Value] = [run.map(ContainerState.note) ?? .null, last.map(ContainerState.note) ?? .null, Value(restarts)]
    out.append(waiting.map { .array([.string($0.reason), .string($0.message)]) } ?? .null)
    for backoff in [crashes, pulls] { out.append(.array([.int(backoff.wait.nanoseconds), .int(backoff.since.nanoseconds)])) }
    for kind in ProbeKind.allCases {
      let probe = self[kind]
      out.append(
        probe == ProbeState()
          ? .null
          : .array([
            probe.passed.map { .bool($0) } ?? .null, Value(probe.streak), .bool(probe.streakIsSuccess), .int(probe.notBefore.nanoseconds),
            Value(probe.telling.left), .int(probe.telling.last.nanoseconds),
          ]))
    }
    return .array(out)
  }

  fileprivate init(note: Value) {
    self.init()
    let v = note.items
    guard v.count == 9 else { return }
    run = ContainerState.run(v[0])
    last = ContainerState.run(v[1])
    restarts = Int(v[2].int ?? 0)
    if v[3].items.count == 2 { waiting = Waiting(reason: v[3][0].text, message: v[3][1].text) }
    crashes = Backoff(wait: .nanoseconds(v[4][0].int ?? 0), since: Instant(nanoseconds: v[4][1].int ?? 0))
    pulls = Backoff(wait: .nanoseconds(v[5][0].int ?? 0), since: Instant(nanoseconds: v[5][1].int ?? 0))
    for kind in ProbeKind.allCases where v[6 + kind.rawValue].items.count == 6 {
      let p = v[6 + kind.rawValue]
      var probe = ProbeState()
      probe.passed = p[0].bool
      probe.streak = Int(p[1].int ?? 0)
      probe.streakIsSuccess = p[2].bool ?? false
      probe.notBefore = Instant(nanoseconds: p[3].int ?? 0)
      probe.telling = TellingBudget(left: Int(p[4].int ?? 0), last: Instant(nanoseconds: p[5].int ?? 0))
      self[kind] = probe
    }
  }

  private static func note(_ run: Run) -> Value {
    var out: [Value] = [.string(run.id), .string(run.image), .int(run.startedAt.nanoseconds)]
    if let exit = run.exit {
      out += [.int(exit.at.nanoseconds), Value(exit.code), .string(exit.reason), .string(exit.message)]
    }
    return .array(out)
  }

  private static func run(_ value: Value) -> Run? {
    let v = value.items
    guard v.count >= 3 else { return nil }
    var run = Run(id: v[0].text, image: v[1].text, startedAt: Instant(nanoseconds: v[2].int ?? 0))
    if v.count == 7 {
      run.exit = Exit(at: Instant(nanoseconds: v[3].int ?? 0), code: Int(v[4].int ?? 0), reason: v[5].text, message: v[6].text)
    }
    return run
  }
}

/// The runs of a container that its status tells of.
public struct ContainerRuns {
  /// The run that runs, or the last one to end while it is told as the state.
  public let current: Run?
  /// The run told as the last state.
  public let last: Run?

  public init(_ status: Value, image: String) {
    let image = image.isEmpty ? status["image"].text : image
    let state = status["state"]
    if let started = state["running"]["startedAt"].string.flatMap(Instant.init(rfc3339:)) {
      let id = ContainerState.bareID(status["containerID"].text)
      current = Run(id: id, image: image, startedAt: ContainerID.moment(id, second: started))
    } else {
      current = ContainerState.run(terminated: state["terminated"], image: image)
    }
    last = ContainerState.run(terminated: status["lastState"]["terminated"], image: image)
  }
}
