// The manual page of a command, in roff's man macros: one of the renderings of its rows.

/// Manual pages.
public enum ManPage {
  /// The page's file name without its section: `kctl-rollout-status`.
  public static func name<Context>(_ path: [Command<Context>]) -> String { path.map(\.name).joined(separator: "-") }

  /// - Parameters:
  ///   - version: what stands at the foot, with the date: `kctl 0.1.0`.
  ///   - date: `2026-11-23`
  public static func text<Context>(_ path: [Command<Context>], globals: [FlagWords], version: String, date: String) -> String {
    guard let command = path.last, let root = path.first else { return "" }
    let words = path.map(\.name).joined(separator: " ")
    let title = escaped(name(path).uppercased())
    var out = ".TH \(title) 1 \(date) \"\(version)\" \"\(root.name) manual\"\n"
    out += ".SH NAME\n\(escaped(name(path))) \\- \(escaped(command.summary.prefix(1).lowercased() + command.summary.dropFirst()))\n"
    out += ".SH SYNOPSIS\n"
    var usages: [String] = []
    if command.runs { usages.append(HelpPage.usage(words, command.usage)) }
    if !command.commands.isEmpty { usages.append("\(words) COMMAND [flags]") }
    out += usages.map { lines($0).joined(separator: "\n") }.joined(separator: "\n.br\n") + "\n"
    out += ".SH DESCRIPTION\n" + sentences(command.about.isEmpty ? command.summary + "." : command.about)
    let shown = command.commands.filter { !$0.hidden }
    if !shown.isEmpty {
      out += ".SH COMMANDS\n"
      for one in shown { out += ".TP\n.B \(escaped(one.name))\n" + sentences(one.summary) }
    }
    let own = command.flags.filter { !$0.hidden }
    if !own.isEmpty { out += ".SH OPTIONS\n" + flags(own) }
    if path.count == 1 { out += ".SH OPTIONS OF EVERY COMMAND\n" + flags(globals.filter { !$0.hidden } + [HelpPage.helpFlag]) }
    if !command.examples.isEmpty {
      out += ".SH EXAMPLES\n"
      for example in command.examples {
        out += ".TP\n" + sentences(example.why + ":") + ".nf\n" + verbatim(example.line) + "\n.fi\n"
      }
    }
    out += seeAlso(path, shown.map(\.name))
    return out
  }

  private static func seeAlso<Context>(_ path: [Command<Context>], _ below: [String]) -> String {
    var pages = path.count > 1 ? [name(Array(path.dropLast()))] : []
    pages += below.map { "\(name(path))-\($0)" }
    if path.count == 1 { pages.append("\(path[0].name)-spec") }
    if pages.isEmpty { return "" }
    let rows = pages.sorted().enumerated().map { i, page in
      ".BR \(escaped(page)) (\(page.hasSuffix("-spec") ? 5 : 1))" + (i < pages.count - 1 ? " ," : "")
    }
    return ".SH SEE ALSO\n" + rows.joined(separator: "\n") + "\n"
  }

  private static func flags(_ flags: [FlagWords]) -> String {
    flags.sorted { $0.name < $1.name }.map { flag in
      let short = flag.short.map { "\\fB\\-\($0)\\fR, " } ?? ""
      let value = flag.value.isEmpty ? "" : flag.bare == nil ? "=\\fI\(escaped(flag.value))\\fR" : "[=\\fI\(escaped(flag.value))\\fR]"
      return ".TP\n\(short)\\fB\(escaped("--" + flag.name))\\fR\(value)\n" + sentences(HelpPage.described(flag))
    }.joined()
  }

  /// Text for roff: each sentence begins a line, no line is longer than 78 bytes.
  static func sentences(_ text: String) -> String {
    var out: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: true) {
      var sentence = ""
      for word in paragraph.split(separator: " ") {
        sentence += (sentence.isEmpty ? "" : " ") + word
        if word.hasSuffix(".") || word.hasSuffix(".)") || word.hasSuffix("?") {
          out += lines(sentence)
          sentence = ""
        }
      }
      if !sentence.isEmpty { out += lines(sentence) }
    }
    return out.joined(separator: "\n") + "\n"
  }

  private static func lines(_ text: String) -> [String] {
    var out: [String] = []
    var line = ""
    for word in text.split(separator: " ").map({ escaped(String($0)) }) {
      if !line.isEmpty, line.utf8.count + 1 + word.utf8.count > 78 {
        out.append(line)
        line = ""
      }
      line += (line.isEmpty ? "" : " ") + word
    }
    if !line.isEmpty { out.append(line) }
    return out.map(guarded)
  }

  private static func verbatim(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).map { guarded(escaped(String($0))) }.joined(separator: "\n")
  }

  /// A line that begins with a dot or a quote is no request.
  private static func guarded(_ line: String) -> String { line.hasPrefix(".") || line.hasPrefix("'") ? "\\&" + line : line }

  static func escaped(_ text: some StringProtocol) -> String {
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
