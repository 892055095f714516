// Words of a command line to flags and positional arguments, as pflag reads them.

/// Why a command line can't be understood.
public enum UsageProblem: Error, Hashable, Sendable {
  /// What is wrong with the flags of a command (`unknown flag: --x`), and the flag that was perhaps meant.
  case flags(String, command: String, meant: String?)
  /// No such command under the named one; what was perhaps meant.
  case unknownCommand(String, under: String, meant: [String])
  /// Flags that must be given and were not.
  case missingFlags([String], command: String)
}

/// A command line's arguments that are no flags.
public struct Positionals: Sendable {
  public var words: [String] = []
  /// How many of them stand before `--`; nil: there was no `--`.
  public var beforeDashes: Int?

  public init(_ words: [String] = [], beforeDashes: Int? = nil) {
    self.words = words
    self.beforeDashes = beforeDashes
  }
}

/// Reads flags by their rows.
struct Parser {
  let flags: [FlagWords]
  private var byName: [String: Int] = [:]
  private var byShort: [Character: Int] = [:]
  /// Which flags were given, by place in `flags`.
  private(set) var given: Set<Int> = []

  init(_ flags: [FlagWords]) {
    self.flags = flags
    for (i, flag) in flags.enumerated() {
      if byName[flag.name] == nil { byName[flag.name] = i }
      if let short = flag.short, byShort[short] == nil { byShort[short] = i }
    }
  }

  struct Problem: Error {
    let text: String
    var meant: String?
  }

  /// Parses all words; `set` is called with a flag's place and value, in order.
  mutating func parse(_ words: [String], set: (Int, String) throws(ValueProblem) -> Void) throws(Problem) -> Positionals {
    var out = Positionals()
    var rest = words[...]
    while let word = rest.popFirst() {
      if word == "--" {
        out.beforeDashes = out.words.count
        out.words += rest
        return out
      } else if word.hasPrefix("--") {
        try long(word.dropFirst(2), word, &rest, set)
      } else if word.hasPrefix("-"), word.count > 1 {
        try short(word, &rest, set)
      } else {
        out.words.append(word)
      }
    }
    return out
  }

  private mutating func long(
    _ body: Substring, _ word: String, _ rest: inout ArraySlice<String>, _ set: (Int, String) throws(ValueProblem) -> Void
  ) throws(Problem) {
    if body.hasPrefix("-") || body.hasPrefix("=") { throw Problem(text: "bad flag syntax: \(word)") }
    let equals = body.firstIndex(of: "=")
    let name = String(equals.map { body[..<$0] } ?? body)
    guard let i = byName[name] else {
      throw Problem(text: "unknown flag: --\(name)", meant: nearest(name, among: flags.filter { !$0.hidden }.map(\.name)).map { "--\($0)" })
    }
    if let equals {
      try give(i, String(body[body.index(after: equals)...]), set)
    } else if let bare = flags[i].bare {
      try give(i, bare, set)
    } else if let value = rest.popFirst() {
      try give(i, value, set)
    } else {
      throw Problem(text: "flag needs an argument: --\(name)")
    }
  }

  private mutating func short(
    _ word: String, _ rest: inout ArraySlice<String>, _ set: (Int, String) throws(ValueProblem) -> Void
  ) throws(Problem) {
    var letters = word.dropFirst()
    while let letter = letters.popFirst() {
      guard let i = byShort[letter] else {
        throw Problem(text: "unknown shorthand flag: '\(letter)' in -\(letter)\(letters)")
      }
      if letters.first == "=" {
        return try give(i, String(letters.dropFirst()), set)
      } else if let bare = flags[i].bare {
        try give(i, bare, set)
      } else if !letters.isEmpty {
        return try give(i, String(letters), set)
      } else if let value = rest.popFirst() {
        return try give(i, value, set)
      } else {
        throw Problem(text: "flag needs an argument: '\(letter)' in -\(letter)")
      }
    }
  }

  private mutating func give(_ i: Int, _ value: String, _ set: (Int, String) throws(ValueProblem) -> Void) throws(Problem) {
    given.insert(i)
    do {
      try set(i, value)
    } catch {
      throw Problem(text: "invalid argument \(Read.quoted(value)) for \"\(flags[i].spelling)\" flag: \(error.text)")
    }
  }

  /// The place of the first word that is no flag and no flag's value: what may name a subcommand. Unknown flags
  /// without `=` are taken to have a value, as cobra does.
  func firstPlainWord(of words: [String]) -> Int? {
    var i = 0
    while i < words.count {
      let word = words[i]
      if word == "--" { return nil }
      if word.hasPrefix("--") {
        if !word.contains("="), byName[String(word.dropFirst(2))].flatMap({ flags[$0].bare }) == nil { i += 1 }
      } else if word.hasPrefix("-") {
        if !word.contains("="), word.count == 2, let letter = word.last, byShort[letter].flatMap({ flags[$0].bare }) == nil { i += 1 }
      } else if !word.isEmpty {
        return i
      }
      i += 1
    }
    return nil
  }
}
