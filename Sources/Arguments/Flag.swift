// One flag of a command: a row that the parser, the help, the man pages and three shells' completions read.

/// What a row says about a flag, without where its value goes.
public struct FlagWords: Sendable {
  public let name: String
  public let short: Character?
  /// What stands for the value in help (`NAME`); empty for a switch.
  public let value: String
  /// The value where the flag is not given, as help shows it; empty: not shown.
  public let `default`: String
  public let help: String
  /// The value that `--name` alone stands for; nil: a value is needed.
  public let bare: String?
  public let completes: Completion
  public let required: Bool
  public let hidden: Bool

  public init(
    _ name: String, _ short: Character? = nil, value: String = "", default: String = "", bare: String? = nil,
    completes: Completion = .nothing, required: Bool = false, hidden: Bool = false, _ help: String
  ) {
    self.name = name
    self.short = short
    self.value = value
    self.default = `default`
    self.bare = bare
    self.completes = completes
    self.required = required
    self.hidden = hidden
    self.help = help
  }

  /// `-n, --namespace`, as errors name it.
  public var spelling: String { short.map { "-\($0), --\(name)" } ?? "--\(name)" }
}

/// What a shell offers for a value or an argument.
public enum Completion: Sendable, Hashable {
  case nothing
  case words([String])
  case files
  case folders
  /// Asked of the program itself: `kctl __complete WHAT …`.
  case asked(String)
}

/// Why a flag's value is refused: only the reason, as Go's parsers word it (`strconv.ParseInt: parsing "x": invalid syntax`).
public struct ValueProblem: Error, Hashable, Sendable {
  public let text: String
  public init(_ text: String) { self.text = text }
}

/// A flag and where its value goes in a command's options.
public struct Flag<Options>: Sendable {
  public let words: FlagWords
  public let set: @Sendable (inout Options, String) throws(ValueProblem) -> Void

  public init(_ words: FlagWords, set: @escaping @Sendable (inout Options, String) throws(ValueProblem) -> Void) {
    self.words = words
    self.set = set
  }

  /// The same flag for options that hold these options at `path`: how a shared group joins a command.
  public func inside<Outer>(_ path: WritableKeyPath<Outer, Options> & Sendable) -> Flag<Outer> {
    let set = self.set
    return Flag<Outer>(words) { (options: inout Outer, text: String) throws(ValueProblem) in try set(&options[keyPath: path], text) }
  }
}

extension Array {
  /// A shared group of flags for options that hold the group's options at `path`.
  public func inside<Group, Outer>(_ path: WritableKeyPath<Outer, Group> & Sendable) -> [Flag<Outer>] where Element == Flag<Group> {
    map { $0.inside(path) }
  }
}

// The usual rows, by the type of what they set.
extension Flag {
  /// `--all`, `--all=false`
  public static func toggle(
    _ name: String, _ short: Character? = nil, _ path: WritableKeyPath<Options, Bool> & Sendable, default: Bool = false,
    hidden: Bool = false,
    _ help: String
  ) -> Flag {
    Flag(FlagWords(name, short, default: `default` ? "true" : "", bare: "true", hidden: hidden, help)) {
      (options: inout Options, text: String) throws(ValueProblem) in options[keyPath: path] = try Read.bool(text)
    }
  }

  /// A switch that remembers whether it was given.
  public static func toggle(
    _ name: String, _ short: Character? = nil, _ path: WritableKeyPath<Options, Bool?> & Sendable, default: Bool = false, _ help: String
  ) -> Flag {
    Flag(FlagWords(name, short, default: `default` ? "true" : "", bare: "true", help)) {
      (options: inout Options, text: String) throws(ValueProblem) in options[keyPath: path] = try Read.bool(text)
    }
  }

  public static func text(
    _ name: String, _ short: Character? = nil, _ path: WritableKeyPath<Options, String> & Sendable, value: String, default: String = "",
    bare: String? = nil, completes: Completion = .nothing, required: Bool = false, hidden: Bool = false, _ help: String
  ) -> Flag {
    Flag(
      FlagWords(
        name, short, value: value, default: `default`, bare: bare, completes: completes, required: required, hidden: hidden, help)
    ) { options, text in options[keyPath: path] = text }
  }

  public static func text(
    _ name: String, _ short: Character? = nil, _ path: WritableKeyPath<Options, String?> & Sendable, value: String, default: String = "",
    bare: String? = nil, completes: Completion = .nothing, required: Bool = false, hidden: Bool = false, _ help: String
  ) -> Flag {
    Flag(
      FlagWords(
        name, short, value: value, default: `default`, bare: bare, completes: completes, required: required, hidden: hidden, help)
    ) { options, text in options[keyPath: path] = text }
  }

  /// Several values: the flag repeated, or joined by commas.
  public static func list(
    _ name: String, _ short: Character? = nil, _ path: WritableKeyPath<Options, [String]> & Sendable, value: String,
    completes: Completion = .nothing, required: Bool = false, _ help: String
  ) -> Flag {
    Flag(FlagWords(name, short, value: value, completes: completes, required: required, help)) {
      (options: inout Options, text: String) throws(ValueProblem) in options[keyPath: path] += try Read.commaList(text)
    }
  }

  /// Several values, each as given: the flag repeated.
  public static func each(
    _ name: String, _ short: Character? = nil, _ path: WritableKeyPath<Options, [String]> & Sendable, value: String,
    completes: Completion = .nothing, required: Bool = false, _ help: String
  ) -> Flag {
    Flag(FlagWords(name, short, value: value, completes: completes, required: required, help)) { options, text in
      options[keyPath: path].append(text)
    }
  }

  public static func number<N: FixedWidthInteger & SendableMetatype>(
    _ name: String, _ short: Character? = nil, _ path: WritableKeyPath<Options, N> & Sendable, value: String = "N", default: String,
    required: Bool = false, _ help: String
  ) -> Flag {
    Flag(FlagWords(name, short, value: value, default: `default`, required: required, help)) {
      (options: inout Options, text: String) throws(ValueProblem) in options[keyPath: path] = try Read.integer(text)
    }
  }

  /// A number that remembers whether it was given.
  public static func number<N: FixedWidthInteger & SendableMetatype>(
    _ name: String, _ short: Character? = nil, _ path: WritableKeyPath<Options, N?> & Sendable, value: String = "N", default: String = "",
    required: Bool = false, _ help: String
  ) -> Flag {
    Flag(FlagWords(name, short, value: value, default: `default`, required: required, help)) {
      (options: inout Options, text: String) throws(ValueProblem) in options[keyPath: path] = try Read.integer(text) as N
    }
  }

  /// `90s`, `1m30s`
  public static func duration(
    _ name: String, _ short: Character? = nil, _ path: WritableKeyPath<Options, Duration> & Sendable, default: String, _ help: String
  ) -> Flag {
    Flag(FlagWords(name, short, value: "DURATION", default: `default`, help)) {
      (options: inout Options, text: String) throws(ValueProblem) in options[keyPath: path] = try Read.duration(text)
    }
  }
}
