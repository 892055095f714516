import APIMachinery
import CPosix
import Posix

// What a shim has written down: how its container ended, and who it is while it hasn't.

/// How a container's program ended.
public struct ExitRecord: Equatable, Sendable {
  public enum Outcome: Equatable, Sendable {
    case exited(code: Int32)
    case signalled(Int32)
    /// It was never started.
    case failed(LaunchFailure)
    /// Its shim was killed, and it with it: nobody knows.
    case lost
  }

  public var outcome: Outcome
  public var started: Instant
  public var ended: Instant
  /// Whether its control group ran out of memory and the system chose it; false where that can't be known.
  public var wasOutOfMemory = false
  /// The termination message.
  public var message: [UInt8] = []
  public var dropped = DroppedOutput()
  /// Processes that did not die of SIGKILL in time.
  public var left = 0

  /// The code as Kubernetes gives it: 128 and the signal's number where one ended it.
  public var code: Int {
    switch outcome {
    case .exited(let code): Int(code)
    case .signalled(let number): 128 + Int(number)
    case .failed: 128
    case .lost: 137
    }
  }
}

/// What a log had no room for.
public struct DroppedOutput: Equatable, Sendable {
  public var bytes = 0
  public var records = 0

  public init() {}
}

/// The lines of `state` and `exit`: a name, a space, a value.
struct RecordFile {
  private var values: [Substring: Substring] = [:]
  private(set) var message: [UInt8] = []

  /// Nil where the file is missing, cut off or something else.
  init?(_ path: String, kind: String) {
    guard let file = try? Descriptor(path, .read), let bytes = try? file.read() else { return nil }
    var rest = bytes[...]
    var isFirst = true
    while let end = rest.firstIndex(of: 10) {
      let line = Substring(decoding: rest[..<end], as: UTF8.self)
      rest = rest[(end + 1)...]
      guard let space = line.firstIndex(of: " ") else { return nil }
      let (name, value) = (line[..<space], line[line.index(after: space)...])
      if isFirst {
        guard name == kind, value == "1" else { return nil }
        isFirst = false
        continue
      }
      values[name] = value
      guard name == "message" else { continue }
      guard let count = Int(value), count == rest.count else { return nil }
      message = Array(rest)
      break
    }
    guard !isFirst else { return nil }
  }

  var token: String? { values["token"].map(String.init) }
  func number(_ name: Substring) -> Int { values[name].flatMap { Int($0) } ?? 0 }
  func process(_ name: Substring) -> Int32 { Int32(truncatingIfNeeded: number(name)) }

  var dropped: DroppedOutput {
    var dropped = DroppedOutput()
    dropped.bytes = number("dropped-bytes")
    dropped.records = number("dropped-records")
    return dropped
  }

  /// The exit that it tells of, if any.
  var exit: ExitRecord? {
    let code = process("code")
    let outcome: ExitRecord.Outcome
    switch values["outcome"] {
    case "e": outcome = .exited(code: code)
    case "s": outcome = .signalled(code)
    case "f": outcome = .failed(LaunchFailure(LaunchFailure.Step(rawValue: process("step")) ?? .shim, SystemFailure(code: code), ""))
    default: return nil
    }
    return ExitRecord(
      outcome: outcome, started: Instant(nanoseconds: Int64(number("started"))), ended: Instant(nanoseconds: Int64(number("ended"))),
      wasOutOfMemory: number("oom-killed") != 0, message: message, dropped: dropped, left: number("left"))
  }
}
