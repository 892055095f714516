import Posix
import ProcessCluster

// The logs of programs that write numbered lines, whoever is killed meanwhile.

/// Follows all logs that there are, as they go with their pods.
final class ChaosLogs {
  private let home: String
  private var next: Int64 = 0
  /// Runs whose shim was killed: what its pipes held went with it.
  private var cutOff: Set<String> = []
  private var followed: [String: NumberedLog] = [:]
  var lines: Int { followed.values.reduce(0) { $0 + $1.count } }
  var read: Int { followed.count }

  private static let pause: Int64 = 3_000_000_000

  init(_ home: String) { self.home = home }

  func shimIsKilled(_ path: String) { cutOff.insert(path) }

  /// What is wrong with any; looks only now and then.
  func check(now: Int64) -> [String] {
    guard now >= next else { return [] }
    if now < .max { next = now + ChaosLogs.pause }
    return ChaosProcesses.folders(home).filter { $0.contains("/containers/writer/") }.compactMap(fault)
  }

  private func fault(_ path: String) -> String? {
    guard let program = ProcessHome.number("program", in: "\(path)/state"), let pod = path.split(separator: "/containers/").first else {
      return nil
    }
    // Looked at first: more is being written.
    let said = number(in: "\(pod)/said-\(program)") ?? 0
    let log = followed[path] ?? NumberedLog(path)
    followed[path] = log
    for attempt in 0..<100 {
      // The shim may not have got round to it.
      if attempt > 0 { WallClock.sleep(nanoseconds: 20_000_000) }
      log.follow()
      if let fault = log.fault { return fault }
      if cutOff.contains(path) || log.next >= said || !Folder.exists(path) { return nil }
    }
    return "\(path) ends before \(log.next), and its program has written all up to \(said)"
  }

  private func number(in file: String) -> Int? {
    guard let bytes = try? Machine.readFile(file), bytes.last == 10 else { return nil }
    return Int(String(decoding: bytes.dropLast(), as: UTF8.self))
  }
}

/// A log whose lines are 0, 1, 2 and so on.
private final class NumberedLog {
  private let path: String
  private let reader: LogReader
  private var begun: [UInt8] = []
  private(set) var count = 0
  /// The number that its next line has to have.
  private(set) var next = 0
  private(set) var fault: String?

  init(_ path: String) {
    self.path = path
    reader = LogReader(folder: path)
  }

  func follow() {
    while fault == nil {
      let more = reader.next()
      if more.isEmpty { return }
      for line in more {
        begun += line.bytes
        guard line.endsLine else { continue }
        let text = String(decoding: begun, as: UTF8.self)
        begun = []
        if Int(text) != next, !reader.hasMissedSome { fault = "\(path): line \"\(text)\" stands where \(next) should" }
        next = (Int(text) ?? next) + 1
        count += 1
      }
    }
  }
}
