import API
import APIMachinery
import Client
import Formats

// Logs of containers, read from where their shims write them.

/// A container's log, pulled line by line.
final class ProcessLog: EventStream {
  private let reader: LogReader
  private let options: LogOptions
  private let isOver: () -> Bool
  private(set) var isCancelled = false
  private var left: Int?

  /// How often a log that is followed is looked at.
  private static let pause = Duration.milliseconds(50)

  init(_ folder: String, _ options: LogOptions, isOver: @escaping () -> Bool) {
    let start: LogReader.Start = options.tailLines.map { .tail($0) } ?? .beginning
    reader = LogReader(folder: folder, from: start, since: options.since)
    self.options = options
    self.isOver = isOver
    left = options.limitBytes
  }

  func cancel() { isCancelled = true }

  func poll(now: Instant) -> Polled {
    if left == 0 { return .ended }
    // Asked first: what is read after it has ended is all there is.
    let wasOver = isOver()
    let lines = reader.next(atMost: 1 << 16)
    guard !lines.isEmpty else {
      return !options.follow || wasOver ? .ended : .nothing(until: now + ProcessLog.pause)
    }
    var bytes: [UInt8] = []
    for line in lines {
      if options.timestamps, line.beginsLine { bytes += (line.time.rfc3339Nano + " ").utf8 }
      bytes += line.bytes
      if line.endsLine { bytes.append(10) }
    }
    if let left {
      bytes = Array(bytes.prefix(left))
      self.left = left - bytes.count
    }
    return .event(.log(bytes))
  }
}

extension ProcessCluster {
  func openLog(namespace: String, pod name: String, _ options: LogOptions) throws(Status) -> any EventStream {
    tick()
    let pod = try server.get(ObjectKey(Kinds.pod, namespace, name), subresource: nil)
    let container = try StreamTarget.container(options.container, in: pod)
    if pod["spec"]["nodeName"].text.isEmpty { return EmptyProcessLog() }
    let id = try LogTarget.run(of: container, in: pod, previous: options.previous)
    guard let log = runtime?.logFolder(pod: pod.uid, run: id) else {
      throw Status(.badRequest, "the log of container \"\(container)\" in pod \"\(name)\" is gone")
    }
    var options = options
    options.since = options.since.flatMap { since in runtime?.times.machine(since) }
    return ProcessLog(log.path, options, isOver: log.isOver)
  }
}

/// A log that has nothing: of a pod that no node has yet.
final class EmptyProcessLog: EventStream {
  func cancel() {}
}

/// Whose log is meant, in Kubernetes' words where it is none.
enum LogTarget {
  /// The run that is asked for, by what the pod's status tells.
  static func run(of container: String, in pod: Value, previous: Bool) throws(Status) -> String {
    let statuses = pod["status"]["containerStatuses"].items + pod["status"]["initContainerStatuses"].items
    let status = statuses.first { $0["name"].text == container } ?? .null
    let last = status["lastState"]["terminated"]["containerID"].text
    if previous {
      guard !last.isEmpty else {
        throw Status(.badRequest, "previous terminated container \"\(container)\" in pod \"\(pod.name)\" not found")
      }
      return id(last)
    }
    let state = status["state"]
    let now = state["terminated"]["containerID"].string ?? (state["running"].object == nil ? last : status["containerID"].text)
    guard now.isEmpty else { return id(now) }
    let start = "container \"\(container)\" in pod \"\(pod.name)\" is waiting to start"
    switch state["waiting"]["reason"].text {
    case "": throw Status(.badRequest, "\(start) - no logs yet")
    case let reason: throw Status(.badRequest, "\(start): \(reason)")
    }
  }

  /// `process://ID`
  private static func id(_ text: String) -> String { text.split(separator: "/").last.map(String.init) ?? "" }
}
