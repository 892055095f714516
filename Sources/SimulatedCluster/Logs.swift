import API
import APIMachinery
import Client
import ControlPlane
import Formats
import KubeAPIServer
import Kubelet

// Logs: which container's, of which run, and its lines as they come.

/// A container's log, pulled line by line.
final class LogStream: EventStream {
  private let store: Store
  private let key: ObjectKey
  private let options: LogOptions
  private let uid: String
  private let log: ContainerLog
  private let index: Int
  private let initial: Bool
  private let run: Run
  /// Lines that are known: some may lie ahead.
  private var ahead: [ContainerLog.Line] = []
  /// Lines of the log before `ahead`.
  private var passed = 0
  private var ended = false
  private(set) var cancelled = false
  private var bytesLeft: Int?

  init(_ store: Store, _ key: ObjectKey, _ pod: Value, _ container: Value, index: Int, initial: Bool, run: Run, _ options: LogOptions) {
    self.store = store
    self.key = key
    self.options = options
    self.index = index
    self.initial = initial
    self.run = run
    uid = pod.uid
    log = ContainerLog(spec: container, pod: pod, startedAt: run.startedAt)
    bytesLeft = options.limitBytes
    var lines = log.lines(until: min(end ?? store.now, store.now))
    passed = log.count(until: min(end ?? store.now, store.now))
    if let since = options.since { lines.removeAll { $0.at < since } }
    if let tail = options.tailLines, tail >= 0, lines.count > tail { lines.removeFirst(lines.count - tail) }
    ahead = lines
    passed -= lines.count
  }

  func cancel() { cancelled = true }

  /// When the run ended, if it has; a pod that is gone has ended.
  private var end: Instant? {
    if let exit = run.exit { return LogStream.end(exit) }
    guard let pod = store.get(key), pod.uid == uid else { return store.now }
    let statuses = pod["status"][initial ? "initContainerStatuses" : "containerStatuses"]
    let now = ContainerRuns(statuses[index], image: "")
    for known in [now.current, now.last] where known?.id == run.id { return known?.exit.map(LogStream.end) }
    return store.now
  }

  /// A status tells whole seconds: what was printed in the last one counts.
  private static func end(_ exit: Exit) -> Instant { exit.at + .nanoseconds(999_999_999) }

  /// What has come by now.
  func poll() -> Polled {
    if ended || cancelled { return .ended }
    let now = store.now
    let end = end
    let limit = min(end ?? now, now)
    if options.follow, end == nil || ahead.isEmpty, ahead.isEmpty { look() }
    var bytes: [UInt8] = []
    var taken = 0
    for line in ahead {
      guard line.at <= limit, bytes.count < 1 << 16 else { break }
      taken += 1
      append(line, to: &bytes)
    }
    if taken > 0 {
      ahead.removeFirst(taken)
      passed += taken
      if let left = bytesLeft {
        if bytes.count >= left {
          bytes = Array(bytes.prefix(left))
          ended = true
        }
        bytesLeft = left - bytes.count
      }
      if bytes.isEmpty { return .ended }
      return .event(.log(bytes))
    }
    if !options.follow || end.map({ $0 <= now }) ?? false {
      ended = true
      return .ended
    }
    return .nothing(until: ahead.first?.at)
  }

  /// Reads the lines that come next.
  private func look() { ahead = log.lines(after: passed, atMost: 1000) }

  private func append(_ line: ContainerLog.Line, to bytes: inout [UInt8]) {
    if options.timestamps {
      bytes += line.at.rfc3339Micro.utf8.dropLast()
      let nanos = Int(line.at.nanoseconds - line.at.seconds * 1_000_000_000) % 1000
      bytes += [48 + UInt8(nanos / 100), 48 + UInt8(nanos / 10 % 10), 48 + UInt8(nanos % 10), 90, 32]
    }
    bytes += line.text.utf8
    bytes.append(10)
  }
}

/// A log that has nothing: of a pod that no node has yet.
final class EmptyLog: EventStream {
  func cancel() {}
}

extension SimulatedCluster {
  /// Opens a container's log.
  func openLog(namespace: String, pod name: String, _ options: LogOptions) throws(Status) -> any EventStream {
    tick()
    let key = ObjectKey(Kinds.pod, namespace, name)
    let pod = try server.get(key, subresource: nil)
    let initials = pod["spec"]["initContainers"].items
    let regulars = pod["spec"]["containers"].items
    let wanted = try StreamTarget.container(options.container, in: pod)
    let initial = initials.firstIndex { $0["name"].text == wanted }
    guard let index = initial ?? regulars.firstIndex(where: { $0["name"].text == wanted }) else { return EmptyLog() }
    if pod["spec"]["nodeName"].text.isEmpty { return EmptyLog() }
    let spec = initial == nil ? regulars[index] : initials[index]
    let statuses = pod["status"][initial == nil ? "containerStatuses" : "initContainerStatuses"].items
    let status = statuses.first { $0["name"].text == wanted } ?? .null
    let runs = ContainerRuns(status, image: spec["image"].text)
    let run: Run
    if options.previous {
      guard let last = runs.last else {
        throw Status(.badRequest, "previous terminated container \"\(wanted)\" in pod \"\(name)\" not found")
      }
      run = last
    } else if let latest = runs.current ?? runs.last {
      run = latest
    } else {
      let start = "container \"\(wanted)\" in pod \"\(name)\" is waiting to start"
      switch status["state"]["waiting"]["reason"].text {
      case "ErrImagePull": throw Status(.badRequest, "\(start): image can't be pulled")
      case "ImagePullBackOff": throw Status(.badRequest, "\(start): trying and failing to pull image")
      case "": throw Status(.badRequest, "\(start) - no logs yet")
      case let reason: throw Status(.badRequest, "\(start): \(reason)")
      }
    }
    return LogStream(store, key, pod, spec, index: index, initial: initial != nil, run: run, options)
  }
}
