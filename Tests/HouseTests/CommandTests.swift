import Arguments
import CLI
import Testing

// What holds for every row of the command table.

struct CommandTests {
  static let program = KctlProgram.words

  /// Every command behind those it stands under, the hidden ones left out.
  static var all: [[Command<Session>]] {
    var out: [[Command<Session>]] = []
    func visit(_ path: [Command<Session>]) {
      out.append(path)
      for command in path.last?.commands ?? [] where !command.hidden { visit(path + [command]) }
    }
    visit([program.root])
    return out
  }

  static func words(_ path: [Command<Session>]) -> String { path.map(\.name).joined(separator: " ") }

  @Test func everyCommandHasASummary() {
    for path in Self.all {
      let summary = path.last?.summary ?? ""
      #expect(
        !summary.isEmpty && !summary.hasSuffix(".") && !summary.contains("\n"),
        "\(Self.words(path)): a summary is one line without a full stop")
      #expect(
        path.count < 2 || summary.first?.isUppercase == true, "\(Self.words(path)): a summary begins with a capital letter: \(summary)")
      #expect(
        path.count != 2 || path.last?.section.isEmpty == false, "\(Self.words(path)): name the section of the command list that shows it")
    }
  }

  @Test func everyCommandRunsOrLeads() {
    for path in Self.all {
      guard let command = path.last else { continue }
      #expect(command.runs || !command.commands.isEmpty, "\(Self.words(path)): it neither runs nor has commands")
    }
  }

  @Test func namesAreClear() {
    for path in Self.all {
      var seen = Set<String>()
      for command in path.last?.commands ?? [] {
        for name in [command.name] + command.aliases {
          #expect(seen.insert(name).inserted, "\(Self.words(path)) \(name): two commands have this name")
          #expect(name.allSatisfy { $0.isLowercase || $0 == "-" || $0 == "_" || $0.isNumber }, "\(name): commands are lower case")
        }
      }
    }
  }

  @Test func everyFlagHasHelp() {
    let shared = Self.program.globals.map(\.words)
    for (words, flags) in Self.all.map({ (Self.words($0), $0.last?.flags ?? []) }) + [("every command", shared)] {
      var names = Set<String>()
      var shorts = Set<Character>()
      for flag in flags {
        #expect(names.insert(flag.name).inserted, "\(words): --\(flag.name) stands there twice")
        if let short = flag.short { #expect(shorts.insert(short).inserted, "\(words): -\(short) stands there twice") }
        #expect(flag.name != "help" && flag.short != "h", "\(words): --help belongs to every command already")
        if flag.hidden { continue }
        #expect(!flag.help.isEmpty, "\(words): --\(flag.name) has no help")
        #expect(!flag.help.hasSuffix("."), "\(words): the help of --\(flag.name) ends with a full stop")
        #expect(
          flag.help.first?.isUppercase != true || flag.help.hasPrefix("JSON") || flag.help.hasPrefix("RFC"),
          "\(words): the help of --\(flag.name) begins with a capital letter")
      }
    }
  }

  @Test func examplesParse() {
    for path in Self.all {
      for example in path.last?.examples ?? [] {
        Self.check(example.line, in: "the examples of \(Self.words(path))")
        #expect(!example.why.hasSuffix("."), "\(Self.words(path)): an example's reason has no full stop: \(example.why)")
      }
    }
  }

  @Test func readmeParses() {
    var shown = false
    var count = 0
    for line in Tree.text("README.md").split(separator: "\n") {
      if line.hasPrefix("```") { shown.toggle() }
      guard shown, line.hasPrefix("$ kctl ") || line.hasPrefix("kctl ") else { continue }
      count += 1
      Self.check(String(line.hasPrefix("$ ") ? line.dropFirst(2) : line), in: "README.md")
    }
    #expect(count > 0, "README.md shows no command")
  }

  /// Whether the line's commands of ours are understood.
  static func check(_ line: String, in place: String) {
    for words in commandLines(line) {
      let words = words.drop { $0.contains("=") && $0.first?.isUppercase == true }
      guard words.first == "kctl" else { continue }
      var globals = Globals()
      do {
        switch try program.request(Array(words.dropFirst()), into: &globals) {
        case .run, .help: break
        case .incomplete: Issue.record("\(place): \"\(line)\" names no command")
        case .unknown(let word, _, _, _): Issue.record("\(place): \"\(line)\": there is no command \(word)")
        }
      } catch {
        Issue.record("\(place): \"\(line)\": \(error)")
      }
    }
  }
}
