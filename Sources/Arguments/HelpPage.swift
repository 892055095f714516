// The help of a command: one of the renderings of its rows.

/// Help on a command, as text.
public enum HelpPage {
  /// - Parameters:
  ///   - path: the command, behind those it stands under.
  ///   - globals: the flags that every command takes.
  public static func text<Context>(_ path: [Command<Context>], globals: [FlagWords]) -> String {
    guard let command = path.last else { return "" }
    let words = path.map(\.name).joined(separator: " ")
    var out = command.summary + "\n"
    if !command.about.isEmpty { out += "\n" + wrapped(command.about, indent: "", width: 100) }
    out += "\nUsage:\n"
    if command.runs { out += "  " + usage(words, command.usage) + "\n" }
    if !command.commands.isEmpty { out += "  \(words) COMMAND [flags]\n" }
    if !command.aliases.isEmpty { out += "\nAliases:\n  \(([command.name] + command.aliases).joined(separator: ", "))\n" }
    if !command.examples.isEmpty {
      out += "\nExamples:\n" + command.examples.map { "  # \($0.why)\n  \($0.line)\n" }.joined(separator: "\n")
    }
    let shown = command.commands.filter { !$0.hidden }
    var sections = command.sections.filter { section in shown.contains { $0.section == section } }
    for one in shown where !sections.contains(one.section) { sections.append(one.section) }
    let width = shown.map(\.name.count).max() ?? 0
    for section in sections {
      out += "\n\(section.isEmpty ? "Commands" : section):\n"
      for one in shown where one.section == section { out += "  \(padded(one.name, width + 2))\(one.summary)\n" }
    }
    let own = command.flags.filter { !$0.hidden }
    if !own.isEmpty { out += "\nFlags:\n" + flags(own) }
    let shared = globals.filter { !$0.hidden } + [helpFlag]
    if path.count == 1 {
      out += "\nFlags of every command:\n" + flags(shared)
      out += "\nUse \"\(words) COMMAND --help\" for more about a command.\n"
    } else {
      out += "\nUse \"\(path[0].name) options\" for the flags that every command takes.\n"
    }
    return out
  }

  static var helpFlag: FlagWords { FlagWords("help", "h", bare: "true", "show the help of a command") }

  static func usage(_ words: String, _ usage: String) -> String { "\(words) \(withFlags(usage))" }

  /// A usage with its flags: before what stands behind `--`, where they would be somebody else's.
  static func withFlags(_ usage: String) -> String {
    if usage.contains("[flags]") { return usage }
    return usage.isEmpty ? "[flags]" : "\(usage) [flags]"
  }

  /// Rows of flags, aligned.
  public static func flags(_ flags: [FlagWords]) -> String {
    let rows = flags.sorted { $0.name < $1.name }.map { (spelling($0), described($0)) }
    let width = min(rows.map(\.0.count).max() ?? 0, 34)
    return rows.map { left, right in
      let lines = wrapped(right, indent: String(repeating: " ", count: width + 4), width: 118)
      if left.count > width { return "  \(left)\n\(lines)" }
      return "  \(padded(left, width + 2))" + lines.drop(while: { $0 == " " })
    }.joined()
  }

  /// `-n, --namespace=NAMESPACE`
  static func spelling(_ flag: FlagWords) -> String {
    let short = flag.short.map { "-\($0), " } ?? "    "
    let value = flag.value.isEmpty ? "" : flag.bare == nil ? "=\(flag.value)" : "[=\(flag.value)]"
    return "\(short)--\(flag.name)\(value)"
  }

  static func described(_ flag: FlagWords) -> String {
    flag.help + (flag.default.isEmpty ? "" : " (default \(flag.default))") + (flag.required ? " (required)" : "")
  }

  static func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(0, width - text.count)) }

  /// Text in lines no longer than `width`, where its words allow that; its own line ends stay.
  static func wrapped(_ text: String, indent: String, width: Int) -> String {
    var out = ""
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = indent
      for word in paragraph.split(separator: " ") {
        if line.count > indent.count, line.count + 1 + word.count > width {
          out += line + "\n"
          line = indent
        }
        line += (line.count > indent.count ? " " : "") + word
      }
      out += (line == indent ? "" : line) + "\n"
    }
    return out
  }
}
