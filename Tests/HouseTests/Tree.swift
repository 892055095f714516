import Foundation

// The source tree as the house's tests read it.

/// Files of the repository.
enum Tree {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  struct File {
    /// From the repository's root: `Sources/CLI/Session.swift`.
    let path: String
    let lines: [Substring]

    init(path: String) {
      self.path = path
      lines = Tree.text(path).split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// `CLI`
    var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }

    /// Its lines without comments and without what stands in quotes on one line, numbered from 1.
    var code: [(number: Int, text: String)] {
      lines.enumerated().compactMap { i, line in
        var text = ""
        var quoted = false
        var previous: Character = " "
        for c in line {
          if c == "\"", previous != "\\" { quoted.toggle() }
          if !quoted, c == "/", previous == "/" {
            text.removeLast()
            break
          }
          if !quoted { text.append(c) }
          previous = c
        }
        return text.allSatisfy(\.isWhitespace) ? nil : (i + 1, text)
      }
    }

    /// The modules that it imports.
    var imports: [String] {
      code.compactMap { line in
        let words = line.text.split(separator: " ")
        guard let i = words.firstIndex(of: "import"), words[..<i].allSatisfy({ $0.hasPrefix("@") || $0 == "public" || $0 == "internal" })
        else { return nil }
        return words[(i + 1)...].last.map { String($0.split(separator: ".").first ?? $0) }
      }
    }
  }

  static func text(_ path: String) -> String { (try? String(contentsOfFile: root + "/" + path, encoding: .utf8)) ?? "" }

  /// The paths below a folder, sorted.
  static func paths(in folder: String) -> [String] {
    let found = FileManager.default.enumerator(atPath: root + "/" + folder)?.compactMap { $0 as? String } ?? []
    return found.map { folder + "/" + $0 }.sorted()
  }

  static let sources = paths(in: "Sources").filter { $0.hasSuffix(".swift") }.map(File.init)
  static let tests = paths(in: "Tests").filter { $0.hasSuffix(".swift") }.map(File.init)

  /// What each target may import of the house, by Package.swift.
  static let arrows: [String: Set<String>] = {
    var out: [String: Set<String>] = [:]
    let manifest = text("Package.swift")
    for start in manifest.ranges(of: "room(") {
      let rest = manifest[start.upperBound...]
      guard let end = rest.firstIndex(of: ")") else { continue }
      let names = rest[..<end].split(separator: "\"", omittingEmptySubsequences: false).enumerated().filter { $0.offset % 2 == 1 }
        .map { String($0.element) }
      guard let name = names.first, !name.isEmpty else { continue }
      out[name] = Set(names.dropFirst())
    }
    return out
  }()
}

/// A command line's words, as a shell splits them; what lies behind a pipe or `&&` is another command line.
func commandLines(_ line: String) -> [[String]] {
  var lines: [[String]] = [[]]
  var word = ""
  var begun = false
  var quote: Character?
  var escaped = false
  func end() {
    if begun || !word.isEmpty { lines[lines.count - 1].append(word) }
    (word, begun) = ("", false)
  }
  for c in line {
    if escaped {
      word.append(c)
      escaped = false
    } else if let open = quote {
      if c == open { quote = nil } else { word.append(c) }
    } else {
      switch c {
      case "\\": escaped = true
      case "'", "\"": (quote, begun) = (c, true)
      case " ": end()
      case "|", ";", "&":
        end()
        lines.append([])
      case "#" where word.isEmpty && !begun:
        return lines
      default: word.append(c)
      }
    }
  }
  end()
  return lines
}
