// A program's commands, and a command line resolved to what it asks for.

/// A program: its commands and the flags that every command takes.
public struct Program<Context, Globals>: Sendable {
  public let root: Command<Context>
  public let globals: [Flag<Globals>]

  public init(_ root: Command<Context>, globals: [Flag<Globals>]) {
    self.root = root
    self.globals = globals
  }

  /// The flag that every command has.
  public static var helpFlag: FlagWords { FlagWords("help", "h", bare: "true", "show the help of a command") }

  /// What a command line asks for.
  public enum Request {
    /// Help on a command, by its path from the root.
    case help([Command<Context>])
    /// A group of commands without saying which one.
    case incomplete([Command<Context>])
    /// A command to run.
    case run([Command<Context>], (Context) throws -> Void)
    /// A word that is no command of ours, and all words behind it: perhaps a plugin.
    case unknown(String, words: [String], at: [Command<Context>], meant: [String])
  }

  /// Finds the command, parses its flags into its options and the global ones into `into`.
  public func request(_ words: [String], into globals: inout Globals) throws(UsageProblem) -> Request {
    var path = [root]
    var words = words
    let shared = self.globals.map(\.words)
    while let here = path.last, !here.commands.isEmpty {
      let parser = Parser((here.runs ? here.flags : []) + shared + [Self.helpFlag])
      guard let i = parser.firstPlainWord(of: words) else { break }
      if let next = here.command(named: words[i]) {
        words.remove(at: i)
        path.append(next)
      } else if here.runs {
        break
      } else {
        if wantsHelp(words[..<i]) { return .help(path) }
        return .unknown(words[i], words: words, at: path, meant: suggestions(for: words[i], in: here))
      }
    }
    guard let command = path.last else { return .help([root]) }
    let body = command.body?()
    let own = body?.flags ?? []
    var parser = Parser(own + shared + [Self.helpFlag])
    var filling = body?.begin()
    var help = false
    var globalValues = globals
    let spelled = path.map(\.name).joined(separator: " ")
    let positionals: Positionals
    do {
      positionals = try parser.parse(words) { (i, text) throws(ValueProblem) in
        if i < own.count {
          try filling?.set(i, text)
        } else if i < own.count + shared.count {
          try self.globals[i - own.count].set(&globalValues, text)
        } else {
          help = try Read.bool(text)
        }
      }
    } catch {
      throw .flags(error.text, command: spelled, meant: error.meant)
    }
    globals = globalValues
    if help { return .help(path) }
    guard let filling else { return .incomplete(path) }
    let missing = own.indices.filter { own[$0].required && !parser.given.contains($0) }.map { own[$0].name }
    if !missing.isEmpty { throw .missingFlags(missing.sorted(), command: spelled) }
    return .run(path) { context in try Self.call(filling, positionals, context) }
  }

  private static func call<F: Filling>(_ filling: F, _ positionals: Positionals, _ context: Context) throws where F.Context == Context {
    try filling.run(positionals, context)
  }

  private func wantsHelp(_ words: ArraySlice<String>) -> Bool { words.contains("-h") || words.contains("--help") }

  /// cobra's rule: two letters off, or the beginning of a command.
  func suggestions(for word: String, in command: Command<Context>) -> [String] {
    command.commands.filter { !$0.hidden }.map(\.name).sorted().filter {
      editDistance(word.lowercased(), $0.lowercased(), swaps: false) <= 2 || $0.lowercased().hasPrefix(word.lowercased())
    }
  }

  /// The command at a path of words, for `help`.
  public func path(to words: [String]) -> [Command<Context>]? {
    var path = [root]
    for word in words {
      guard let next = path.last?.command(named: word) else { return nil }
      path.append(next)
    }
    return path
  }
}
