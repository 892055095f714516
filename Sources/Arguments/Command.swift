// A command as a row: its words, help and flags, and what is done with what was parsed.

/// An example of a command's use, which the tests run.
public struct Example: Sendable, Hashable {
  public let why: String
  public let line: String
  public init(_ why: String, _ line: String) {
    self.why = why
    self.line = line
  }
}

/// A command, or a group of commands. Its flags are made when first asked for: a run looks at one command of many.
public struct Command<Context>: Sendable {
  public let name: String
  public let aliases: [String]
  /// One line, imperative, no full stop.
  public let summary: String
  /// What follows the command's words in its usage line: `TYPE [NAME...]`.
  public let usage: String
  /// Full sentences, after the summary.
  public let about: String
  public let examples: [Example]
  public let completes: Completion
  public let hidden: Bool
  /// The heading under which the list of commands shows it.
  public let section: String
  /// The headings of its own commands' list, in order.
  public let sections: [String]
  public let commands: [Command]
  let body: (@Sendable () -> Body<Context>)?

  /// A command that does something.
  public init<Options>(
    _ name: String, aliases: [String] = [], _ summary: String, section: String = "", usage: String = "", about: String = "",
    examples: [Example] = [], completes: Completion = .nothing, hidden: Bool = false, commands: [Command] = [],
    options: @escaping @Sendable () -> Options, flags: @escaping @Sendable () -> [Flag<Options>],
    run: @escaping @Sendable (Options, Positionals, Context) throws -> Void
  ) {
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.section = section
    self.usage = usage
    self.about = about
    self.examples = examples
    self.completes = completes
    self.hidden = hidden
    self.commands = commands
    sections = []
    body = {
      let flags = flags()
      return Body(flags: flags.map(\.words)) { Filled(flags: flags, options: options(), run: run) }
    }
  }

  /// A group of commands, which does nothing itself.
  public init(
    _ name: String, aliases: [String] = [], _ summary: String, section: String = "", usage: String = "", about: String = "",
    examples: [Example] = [], hidden: Bool = false, sections: [String] = [], commands: [Command]
  ) {
    self.sections = sections
    self.name = name
    self.aliases = aliases
    self.summary = summary
    self.section = section
    self.usage = usage
    self.about = about
    self.examples = examples
    completes = .nothing
    self.hidden = hidden
    self.commands = commands
    body = nil
  }

  /// Whether it does something by itself.
  public var runs: Bool { body != nil }
  /// Its own flags' rows.
  public var flags: [FlagWords] { body?().flags ?? [] }

  public func command(named word: String) -> Command? {
    commands.first { $0.name == word || $0.aliases.contains(word) }
  }
}

/// A command's flags, and how to begin filling its options.
struct Body<Context> {
  let flags: [FlagWords]
  let begin: () -> any Filling<Context>
}

/// Options being filled.
protocol Filling<Context> {
  associatedtype Context
  mutating func set(_ flag: Int, _ text: String) throws(ValueProblem)
  func run(_ positionals: Positionals, _ context: Context) throws
}

private struct Filled<Options, Context>: Filling {
  let flags: [Flag<Options>]
  var options: Options
  let run: @Sendable (Options, Positionals, Context) throws -> Void

  mutating func set(_ flag: Int, _ text: String) throws(ValueProblem) { try flags[flag].set(&options, text) }
  func run(_ positionals: Positionals, _ context: Context) throws { try run(options, positionals, context) }
}
