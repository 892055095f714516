// What the completions of all shells need of a program's rows.

/// A program's rows as completion scripts read them.
struct ShellRows {
  struct Row {
    /// `kctl rollout status`
    let path: String
    /// The same with each alias in place of a name.
    let spellings: [String]
    let summary: String
    let flags: [FlagWords]
    let completes: Completion
    /// The commands under it, without the hidden ones.
    let commands: [(name: String, aliases: [String], summary: String)]
  }

  let name: String
  let rows: [Row]
  let globals: [FlagWords]

  init<Context, Globals>(_ program: Program<Context, Globals>) {
    name = program.root.name
    globals = (program.globals.map(\.words).filter { !$0.hidden } + [Program<Context, Globals>.helpFlag]).sorted { $0.name < $1.name }
    var rows: [Row] = []
    func visit(_ command: Command<Context>, _ spellings: [String]) {
      let shown = command.commands.filter { !$0.hidden }.sorted { $0.name < $1.name }
      rows.append(
        Row(
          path: spellings.first ?? "", spellings: spellings, summary: command.summary,
          flags: command.flags.filter { !$0.hidden }.sorted { $0.name < $1.name }, completes: command.completes,
          commands: shown.map { ($0.name, $0.aliases, $0.summary) }))
      for next in shown { visit(next, spellings.flatMap { before in ([next.name] + next.aliases).map { "\(before) \($0)" } }) }
    }
    visit(program.root, [program.root.name])
    self.rows = rows
  }

  /// Text in single quotes, for shells of the Bourne family.
  static func quoted(_ text: String) -> String { "'" + replaced(text, "'", "'\\''") + "'" }

  static func replaced(_ text: String, _ character: Character, _ by: String) -> String {
    text.reduce(into: "") { out, c in
      if c == character { out += by } else { out.append(c) }
    }
  }

  /// Whether a flag's value may be the next word.
  static func takesNext(_ flag: FlagWords) -> Bool { !flag.value.isEmpty && flag.bare == nil }
}
