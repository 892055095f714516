import Foundation
import Testing

// Transcripts: `$ kctl …`, then what it prints; `! CODE` where it fails; `> FILE` with an indented text writes a file.
// One that says `# parity` is played on a cluster of real processes too (ParityTests), and reads the same there.
// KCTL_RECORD=1 writes what is printed into the transcripts: read the difference before keeping it.

struct TranscriptTests {
  static let folder = (#filePath as NSString).deletingLastPathComponent + "/Transcripts"
  static var names: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { $0.hasSuffix(".txt") }.sorted()
  }

  @Test(arguments: names) func transcript(_ name: String) throws {
    let path = Self.folder + "/" + name
    let recorded = try String(contentsOfFile: path, encoding: .utf8)
    let played = Self.play(recorded)
    if ProcessInfo.processInfo.environment["KCTL_RECORD"] == "1" {
      try played.write(toFile: path, atomically: true, encoding: .utf8)
      return
    }
    compare(name, recorded, played)
  }

  /// Over HTTP everything reads as in one process.
  @Test(arguments: names) func transcriptOverHTTP(_ name: String) throws {
    let recorded = try String(contentsOfFile: Self.folder + "/" + name, encoding: .utf8)
    compare(name, recorded, Self.play(recorded, served: true))
  }

  private func compare(_ name: String, _ recorded: String, _ played: String) {
    let (want, got) = (recorded.components(separatedBy: "\n"), played.components(separatedBy: "\n"))
    for (i, pair) in zip(want, got).enumerated() where pair.0 != pair.1 {
      let command = got[...i].last { $0.hasPrefix("$ ") } ?? ""
      Issue.record("\(name):\(i + 1): \(command)\n  expected: \(pair.0)\n  got:      \(pair.1)")
      return
    }
    #expect(want.count == got.count, "\(name): \(got.dropFirst(want.count).prefix(5))")
  }

  /// The transcript as it reads when its commands are run now.
  static func play(_ text: String, served: Bool = false) -> String {
    let shell = Shell(served: served)
    var out: [String] = []
    var lines = text.components(separatedBy: "\n")[...]
    while let line = lines.popFirst() {
      if line.hasPrefix("> ") {
        out.append(line)
        var file = ""
        while let next = lines.first, next.hasPrefix("  ") || next.isEmpty && lines.dropFirst().first?.hasPrefix("  ") == true {
          out.append(next)
          file += next.dropFirst(2) + "\n"
          lines = lines.dropFirst()
        }
        shell.write(String(line.dropFirst(2)), file)
      } else if line.hasPrefix("$ ") {
        out.append(line)
        let ended = shell.run(line: String(line.dropFirst(2)))
        for (mark, printed) in [("", ended.output), ("2> ", ended.complaints)] where !printed.isEmpty {
          var rows = printed.components(separatedBy: "\n")
          if rows.last == "" { rows.removeLast() }
          out += rows.map { mark + $0 }
        }
        if ended.code != 0 { out.append("! \(ended.code)") }
        out.append("")
        while let next = lines.first, !next.hasPrefix("$ "), !next.hasPrefix("> "), !next.hasPrefix("#") {
          lines = lines.dropFirst(1); _ = next
        }
      } else {
        out.append(line)
      }
    }
    return out.joined(separator: "\n")
  }
}
