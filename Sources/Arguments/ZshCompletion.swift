// Completion for zsh: one of the renderings of the rows.

/// Completion scripts for zsh.
public enum ZshCompletion {
  public static func script<Context>(_ root: Command<Context>, globals: [FlagWords]) -> String {
    let name = root.name
    var out = "#compdef \(name)\n# zsh completion for \(name): put it into your fpath as _\(name)\n\n"
    out += """
      # Asks the program itself.
      _\(name)_ask() {
        local -a found
        found=(${(f)"$($service __complete $1 -- "${(@)words[2,CURRENT]}" 2>/dev/null)"})
        compadd -S '' -- ${${(M)found%%$'\\t'*}:-${found%%$'\\t'*}}
      }


      """
    out += "_\(name)_shared=(\n"
    for flag in globals.filter({ !$0.hidden }) + [HelpPage.helpFlag] { out += "  \(spec(flag, name))\n" }
    out += ")\n\n"
    for row in CompletionRows(root).rows {
      let function = "_" + row.path.map { $0 == " " || $0 == "-" ? "_" : String($0) }.joined()
      let shown = row.command.commands.filter { !$0.hidden }
      out += "\(function)() {\n"
      if shown.isEmpty {
        out += "  _arguments -s -S \"${_\(name)_shared[@]}\""
        for flag in row.flags { out += " \\\n    \(spec(flag, name))" }
        if let action = action(row.command.completes, name) { out += " \\\n    \(quoted("*:argument:\(action)"))" }
        out += "\n}\n\n"
        continue
      }
      out += "  local line state state_descr context\n  typeset -A opt_args\n"
      out += "  _arguments -s -S -C \"${_\(name)_shared[@]}\""
      for flag in row.flags { out += " \\\n    \(spec(flag, name))" }
      out += " \\\n    '1: :->command' '*:: :->arguments'\n"
      out += "  case $state in\n  command)\n    local -a commands\n    commands=(\n"
      for one in shown { out += "      \(quoted("\(one.name):\(one.summary)"))\n" }
      out += "    )\n    _describe command commands\n    ;;\n  arguments)\n    case $line[1] in\n"
      for one in shown {
        let inner = function + "_" + one.name.map { $0 == "-" ? "_" : String($0) }.joined()
        out += "    \(([one.name] + one.aliases).joined(separator: "|"))) \(inner) ;;\n"
      }
      out += "    esac\n    ;;\n  esac\n}\n\n"
    }
    out += "if [[ $funcstack[1] == _\(name) ]]; then\n  _\(name) \"$@\"\nelse\n  compdef _\(name) \(name)\nfi\n"
    return out
  }

  /// `'(-n --namespace)'{-n+,--namespace=}'[help]:NAMESPACE:action'`
  private static func spec(_ flag: FlagWords, _ name: String) -> String {
    var tail = "[" + flag.help.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined() + "]"
    let optional = flag.bare != nil
    if !flag.value.isEmpty {
      tail +=
        (optional ? "::" : ":") + flag.value.map { $0 == ":" ? "\\:" : String($0) }.joined() + ":" + (action(flag.completes, name) ?? " ")
    }
    let assign = flag.value.isEmpty ? "" : optional ? "=-" : "="
    let long = "--\(flag.name)\(assign)"
    guard let short = flag.short else { return quoted("*\(long)\(tail)") }
    let plus = flag.value.isEmpty ? "" : optional ? "-" : "+"
    return "'*'{-\(short)\(plus),\(long)}\(quoted(tail))"
  }

  private static func action(_ completion: Completion, _ name: String) -> String? {
    switch completion {
    case .nothing: nil
    case .words(let list): "(\(list.joined(separator: " ")))"
    case .files: "_files"
    case .folders: "_files -/"
    case .asked(let what): "_\(name)_ask \(what)"
    }
  }

  private static func quoted(_ text: String) -> String { BashCompletion.quoted(text) }
}
