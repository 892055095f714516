// Manual pages: one of the renderings of a program's rows.

/// Manual pages in man(7)'s macros: the program's own and one for each of its commands, with what stands under it.
public enum ManPage {
  /// A page by its file's name: `kctl-get.1`.
  public struct Page: Sendable {
    public let file: String
    public let text: String
  }

  /// A section of the program's own page in plain text: paragraphs, and terms where a line is `TERM<tab>what it is`.
  public struct Section: Sendable {
    let title: String
    let text: String
    public init(_ title: String, _ text: String) {
      self.title = title
      self.text = text
    }
  }

  /// Every page of a program.
  /// - Parameters:
  ///   - date: the day that the pages are of: `2026-11-23`.
  ///   - sections: what the program's own page tells besides its rows.
  ///   - others: pages that are not made here, for SEE ALSO: `kctl-spec(5)`.
  public static func pages<Context, Globals>(
    of program: Program<Context, Globals>, date: String, sections: [Section] = [], others: [String] = []
  ) -> [Page] {
    let root = program.root
    let shown = root.commands.filter { !$0.hidden }
    let globals = program.globals.map(\.words).filter { !$0.hidden } + [Program<Context, Globals>.helpFlag]
    var text = heading(root.name, root.summary, date)
    text += ".SH SYNOPSIS\n.B \(escaped(root.name))\n.I COMMAND\n[arguments] [flags]\n"
    text += ".SH DESCRIPTION\n" + paragraphs(root.about)
    var headings: [String] = []
    for command in shown where !headings.contains(command.section) { headings.append(command.section) }
    text += ".SH COMMANDS\n"
    for heading in headings {
      text += ".SS \(quoted(heading.isEmpty ? "Commands" : heading))\n"
      for command in shown where command.section == heading {
        text += ".TP\n.BR \(escaped("\(root.name)-\(command.name)")) (1)\n" + filled(command.summary + ".")
      }
    }
    text += ".SH OPTIONS\nEvery command takes these.\n" + options(globals)
    for section in sections { text += ".SH \(quoted(section.title.uppercased()))\n" + paragraphs(section.text) }
    text += seeAlso(shown.map { "\(root.name)-\($0.name)(1)" } + others)
    var pages = [Page(file: "\(root.name).1", text: text)]
    for command in shown { pages.append(page([root, command], date, others: others)) }
    return pages
  }

  private static func page<Context>(_ path: [Command<Context>], _ date: String, others: [String]) -> Page {
    let words = path.map(\.name).joined(separator: "-")
    guard let command = path.last else { return Page(file: words, text: "") }
    var text = heading(words, command.summary, date)
    let all = under(path)
    text += ".SH SYNOPSIS\n"
    for (i, path) in all.filter({ $0.last?.runs == true }).enumerated() { text += (i > 0 ? ".br\n" : "") + synopsis(path) }
    text += ".SH DESCRIPTION\n" + paragraphs(command.about.isEmpty ? command.summary + "." : command.about)
    if !command.aliases.isEmpty { text += ".PP\nIt is also called " + list(command.aliases.map { "\\fB\(escaped($0))\\fR" }) + ".\n" }
    text += "The flags that every command takes are in\n.BR \(escaped(path[0].name)) (1).\n"
    let own = command.flags.filter { !$0.hidden }
    if !own.isEmpty { text += ".SH OPTIONS\n" + options(own) }
    if all.count > 1 {
      text += ".SH COMMANDS\n"
      for path in all.dropFirst() { text += subsection(path) }
    }
    if !command.examples.isEmpty { text += ".SH EXAMPLES\n" + examples(command.examples) }
    return Page(file: words + ".1", text: text + seeAlso(["\(path[0].name)(1)"] + others))
  }

  private static func subsection<Context>(_ path: [Command<Context>]) -> String {
    guard let command = path.last else { return "" }
    var text = ".SS \(quoted(path.map(\.name).joined(separator: " ")))\n"
    text += paragraphs(command.summary + ".")
    if !command.about.isEmpty { text += ".PP\n" + paragraphs(command.about) }
    if !command.aliases.isEmpty { text += ".PP\nAlso: " + list(command.aliases.map { "\\fB\(escaped($0))\\fR" }) + ".\n" }
    if command.runs { text += ".PP\n" + synopsis(path) }
    let own = command.flags.filter { !$0.hidden }
    if !own.isEmpty { text += options(own) }
    if !command.examples.isEmpty { text += ".PP\n" + examples(command.examples) }
    return text
  }

  /// A command and all that stand under it.
  private static func under<Context>(_ path: [Command<Context>]) -> [[Command<Context>]] {
    [path] + (path.last?.commands ?? []).filter { !$0.hidden }.flatMap { under(path + [$0]) }
  }

  // MARK: Pieces

  private static func heading(_ name: String, _ summary: String, _ date: String) -> String {
    ".TH \(quoted(name.uppercased())) 1 \"\(date)\" \"\(escaped(String(name.prefix { $0 != "-" })))\"\n.SH NAME\n"
      + filled("\(name) - \(lowered(summary))")
  }

  /// A summary inside a line: its first letter small, where it isn't part of a name.
  private static func lowered(_ text: String) -> String {
    guard let first = text.first, text.dropFirst().first?.isLowercase == true else { return text }
    return first.lowercased() + text.dropFirst()
  }

  private static func synopsis<Context>(_ path: [Command<Context>]) -> String {
    let usage = path.last?.usage ?? ""
    return ".B \(escaped(path.map(\.name).joined(separator: " ")))\n" + filled(HelpPage.withFlags(usage))
  }

  private static func options(_ flags: [FlagWords]) -> String {
    flags.sorted { $0.name < $1.name }.map { flag in
      let value = flag.value.isEmpty ? "" : "=\\fI\(escaped(flag.value))\\fR"
      let short = flag.short.map { "\\fB\\-\($0)\\fR, " } ?? ""
      let spelling = short + "\\fB\\-\\-\(escaped(flag.name))\\fR" + (flag.bare == nil || value.isEmpty ? value : "[\(value)]")
      var help = flag.help.prefix(1).uppercased() + flag.help.dropFirst() + "."
      if flag.required { help += " It must be given." }
      if !flag.default.isEmpty { help += " The default is \(flag.default)." }
      return ".TP\n\(spelling)\n" + filled(help)
    }.joined()
  }

  private static func examples(_ examples: [Example]) -> String {
    examples.enumerated().map { i, example in
      (i > 0 ? ".PP\n" : "") + filled(example.why + ":") + ".PP\n.RS 4\n.nf\n\(control(escaped(example.line)))\n.fi\n.RE\n"
    }.joined()
  }

  private static func seeAlso(_ pages: [String]) -> String {
    ".SH SEE ALSO\n"
      + pages.enumerated().map { i, page in
        let name = escaped(String(page.prefix { $0 != "(" }))
        return ".BR \(name) \(page.drop { $0 != "(" })\(i + 1 < pages.count ? "," : "")\n"
      }.joined()
  }

  /// Paragraphs of plain text; lines with a tab are terms and what they are.
  private static func paragraphs(_ text: String) -> String {
    var out = ""
    for (i, line) in text.split(separator: "\n").enumerated() {
      let parts = line.split(separator: "\t", maxSplits: 1).map(String.init)
      if parts.count == 2 {
        out += ".TP\n\\fB\(escaped(parts[0]))\\fR\n" + filled(parts[1])
      } else {
        out += (i > 0 ? ".PP\n" : "") + filled(String(line))
      }
    }
    return out
  }

  private static func list(_ words: [String]) -> String { words.joined(separator: ", ") }

  /// Plain text in lines that are not too long for roff.
  public static func filled(_ text: String) -> String {
    HelpPage.wrapped(escaped(text), indent: "", width: 78).split(separator: "\n").map { control(String($0)) + "\n" }.joined()
  }

  /// A line that begins as a request would begins with nothing instead.
  private static func control(_ line: String) -> String { line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line }

  private static func quoted(_ text: String) -> String { "\"\(escaped(text).split(separator: "\"").joined(separator: "\\(dq"))\"" }

  static func escaped(_ text: String) -> String {
    var out = ""
    for c in text {
      switch c {
      case "\\": out += "\\e"
      case "-": out += "\\-"
      case "'": out += "\\(aq"
      case "`": out += "\\(ga"
      case "^": out += "\\(ha"
      case "~": out += "\\(ti"
      default: out.append(c)
      }
    }
    return out
  }
}
