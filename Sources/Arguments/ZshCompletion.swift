// Completion for zsh: one of the renderings of a program's rows.

/// A script for zsh: to be sourced, or kept as `_kctl` in a folder of `fpath`.
public enum ZshCompletion {
  public static func text<Context, Globals>(_ program: Program<Context, Globals>) -> String {
    let rows = ShellRows(program)
    let name = rows.name
    var out = """
      #compdef \(name)
      # Completion of \(name) for zsh, made from its table of commands. To load it: source <(\(name) completion zsh)

      # What the program itself offers: the last argument says what.
      _\(name)_ask() {
        local -a found
        found=(${(f)"$($_\(name)_program __complete ${@[-1]} -- "${(@)_\(name)_words}" 2>/dev/null)"})
        # What ends with a slash goes on.
        local -a open=(${(M)found:#*/}) whole=(${found:#*/})
        compadd "${@[1,-2]}" -S '' -a open
        compadd "${@[1,-2]}" -a whole
      }

      _\(name)_shared=(
      \(rows.globals.map { "  \(spec($0, name))\n" }.joined()))


      """
    for row in rows.rows where row.path != name { out += function(row, name) + "\n" }
    if let root = rows.rows.first { out += function(root, name) }
    return out + """

      if [[ ${funcstack[1]} == _\(name) ]]; then
        _\(name) "$@"
      else
        compdef _\(name) \(name)
      fi

      """
  }

  private static func function(_ row: ShellRows.Row, _ name: String) -> String {
    let function = "_" + row.path.split(separator: " ").joined(separator: "_")
    var out = "\(function)() {\n"
    if row.path == name {
      out += "  local _\(name)_program=$words[1]\n  local -a _\(name)_words\n  _\(name)_words=(\"${(@)words[2,CURRENT]}\")\n"
    }
    if !row.commands.isEmpty { out += "  local curcontext=$curcontext state\n  local -a line commands\n  typeset -A opt_args\n" }
    out += "  _arguments \(row.commands.isEmpty ? "" : "-C ")-s -S $_\(name)_shared"
    for flag in row.flags { out += " \\\n    \(spec(flag, name))" }
    if row.commands.isEmpty {
      // Without a row for its arguments, zsh would offer nothing behind the first of them.
      out += " \\\n    \(ShellRows.quoted("*: :\(action(row.completes, name) ?? " ")"))"
      return out + "\n}\n"
    }
    out += " \\\n    '1: :->command' \\\n    '*:: :->rest' && return 0\n"
    out += "  case $state in\n  command)\n    commands=(\n"
    for command in row.commands {
      out += "      \(ShellRows.quoted(ShellRows.replaced(command.name, ":", "\\:") + ":" + command.summary))\n"
    }
    out += "    )\n    _describe -t commands command commands\n    ;;\n  rest)\n    case $words[1] in\n"
    for command in row.commands {
      out += "    \(([command.name] + command.aliases).joined(separator: " | "))) \(function)_\(command.name) ;;\n"
    }
    return out + "    esac\n    ;;\n  esac\n}\n"
  }

  /// `'*'{-o+,--output=}'[the format]:FORMAT:(json yaml)'`
  private static func spec(_ flag: FlagWords, _ name: String) -> String {
    let takes = ShellRows.takesNext(flag)
    var value = ""
    if !flag.value.isEmpty {
      value = (takes ? ":" : "::") + escaped(flag.value) + ":" + (action(flag.completes, name) ?? " ")
    }
    let tail = ShellRows.quoted("[\(escaped(flag.help))]\(value)")
    let long = "--\(flag.name)" + (flag.value.isEmpty ? "" : takes ? "=" : "=-")
    guard let short = flag.short else { return "'*'\(long)\(tail)" }
    return "'*'{-\(short)\(takes ? "+" : ""),\(long)}\(tail)"
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { out, c in
      if "[]:\\".contains(c) { out.append("\\") }
      out.append(c)
    }
  }

  private static func action(_ completion: Completion, _ name: String) -> String? {
    switch completion {
    case .nothing: nil
    case .files: "_files"
    case .folders: "_files -/"
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .asked(let what): "_\(name)_ask \(what)"
    }
  }
}
