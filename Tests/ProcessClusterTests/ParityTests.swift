import Foundation
import Posix
import Testing

// The transcripts of the simulated cluster that say `# parity` read the same on a cluster of real processes, but for what no two runs share.

@Suite(.enabled(if: ProcessHome.canRun, "kctl or python3 is missing, or this is not Linux"))
struct ParityTests {
  static let folder = ((#filePath as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent + "/CLITests/Transcripts/"

  static var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().filter { name in
      let text = (try? String(contentsOfFile: folder + name, encoding: .utf8)) ?? ""
      return text.components(separatedBy: "\n").contains("# parity")
    }
  }

  @Test(arguments: names) func transcript(_ name: String) throws {
    let scene = try ParityScene()
    for step in Step.all(in: try String(contentsOfFile: Self.folder + name, encoding: .utf8)) {
      switch step {
      case .file(let name, let text): try scene.write(name, text)
      case .command(let line, let recorded):
        let wanted = Plain.lines(recorded)
        var found = try scene.play(line)
        // Others do their part meanwhile: what is only looked at is looked at until it is so.
        for _ in 0..<100 where found != wanted && Step.onlyLooks(line) {
          Thread.sleep(forTimeInterval: 0.1)
          found = try scene.play(line)
        }
        if found != wanted {
          Issue.record("\(name): \(line)\n\(difference(wanted, found))")
        }
      }
    }
  }

  private func difference(_ wanted: [String], _ found: [String]) -> String {
    let missing = wanted.filter { !found.contains($0) }.map { "- \($0)" }
    let added = found.filter { !wanted.contains($0) }.map { "+ \($0)" }
    return (missing + added).joined(separator: "\n")
  }
}

/// A piece of a transcript.
private enum Step {
  case file(String, String)
  /// A command line, and what was recorded of it.
  case command(String, [String])

  static func all(in text: String) -> [Step] {
    var steps: [Step] = []
    var lines = text.components(separatedBy: "\n")[...]
    while let line = lines.popFirst() {
      if line.hasPrefix("> ") {
        let body = lines.prefix { $0.hasPrefix("  ") || $0.isEmpty }
        lines = lines.dropFirst(body.count)
        steps.append(.file(String(line.dropFirst(2)), body.map { $0.dropFirst(2) + "\n" }.joined()))
      } else if line.hasPrefix("$ ") {
        let printed = lines.prefix { !$0.hasPrefix("$ ") && !$0.hasPrefix("> ") && !$0.hasPrefix("#") }
        lines = lines.dropFirst(printed.count)
        steps.append(.command(String(line.dropFirst(2)), Array(printed)))
      }
    }
    return steps
  }

  static func onlyLooks(_ line: String) -> Bool { ["get", "describe", "logs", "events", "top"].contains(line.split(separator: " ")[1]) }
}

/// A process cluster and a folder in which commands are typed.
private struct ParityScene {
  private let home: ProcessHome
  private var folder: String { home.path + "/files" }

  init() throws {
    home = try ProcessHome()
    home.environment["KCTL_CONTEXT"] = "process"
    let kctl = try #require(ProcessHome.kctl)
    home.environment["PATH"] = (kctl as NSString).deletingLastPathComponent + ":" + (Machine.environment("PATH") ?? "")
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let tests = ((#filePath as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
    try FileManager.default.createSymbolicLink(atPath: folder + "/Tests", withDestinationPath: tests)
  }

  func write(_ name: String, _ text: String) throws { try text.write(toFile: folder + "/" + name, atomically: true, encoding: .utf8) }

  /// Types a line, as a shell reads it but for brackets and braces.
  func play(_ line: String) throws -> [String] {
    let ended = try Child.run("bash", ["-c", "set -f; set +B; cd \"$0\"; " + line, folder], environment: home.environment)
    func rows(_ bytes: [UInt8], _ mark: String) -> [String] {
      String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false).map { mark + $0 }
    }
    return Plain.lines(rows(ended.output, "") + rows(ended.complaint, "2> ") + (ended.code == 0 ? [] : ["! \(ended.code)"]))
  }
}

/// What is left of a transcript's lines without what differs from run to run, or knowingly from cluster to cluster.
private enum Plain {
  static func lines(_ recorded: [String]) -> [String] {
    let lines = recorded.filter { line in !left.contains { line.contains($0) } }.map(plain)
      .filter { !$0.isEmpty && $0 != "2>" && !$0.hasSuffix("-RANDOM condition met") }
    // Names that end in chance are in no order, and so is what happened in the same second.
    return lines.contains { $0.contains("-RANDOM") || $0.contains("AGE") } ? lines.sorted() : lines
  }

  /// How far a rollout is at each look is chance, and who of many is still waited for; images are not pulled by a cluster of processes.
  private static let left = [
    "Waiting for deployment", "Pulling image", "Successfully pulled image", "already present on machine", "Image ID:",
  ]

  private static func plain(_ line: String) -> String {
    let text = rules.reduce(line) { text, rule in
      rule.0.stringByReplacingMatches(in: text, range: NSRange(text.startIndex..., in: text), withTemplate: rule.1)
    }
    return text.last == " " ? String(text.dropLast()) : text
  }

  private static let rules: [(NSRegularExpression, String)] = [
    ("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID"),
    ("[a-z]+://[0-9a-f]{64}", "CONTAINER"),
    ("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z", "TIME"),
    ("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} [+-][0-9]{4}", "TIME"),
    ("\\b[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+\\b", "IP"),
    (" ?\\(x[0-9]+ over [0-9a-z]+\\)", ""),
    ("(?<![=\\w])([0-9]+(ms|d|h|m|s))+\\b", "AGE"),
    ("\\bnode-[0-9]+\\b|\\blocalhost\\b", "NODE"),
    ("\\b[0-9]+(/[0-9]+)? (node|Preemption)", "N $2"),
    ("\\b0/[0-9]+ nodes", "0/N nodes"),
    ("(-[bcdf-hj-np-tv-z2-9]{8,10})?-[bcdf-hj-np-tv-z2-9]{5}\\b", "$1-RANDOM"),
    (":3[0-9]{4}/", ":NODEPORT/"),
    ("[ \\t]+", " "),
  ].compactMap { pattern, template in (try? NSRegularExpression(pattern: pattern)).map { ($0, template) } }
}
