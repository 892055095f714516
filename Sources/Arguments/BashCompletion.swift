// Completion for bash: one of the renderings of the rows.

/// What all three shells' scripts are made of: every command by its path.
struct CompletionRows<Context> {
  struct Row {
    /// `kctl rollout status`
    let path: String
    let command: Command<Context>
    let flags: [FlagWords]
  }

  let rows: [Row]

  init(_ root: Command<Context>) {
    var rows: [Row] = []
    func add(_ command: Command<Context>, _ path: String) {
      rows.append(Row(path: path, command: command, flags: command.flags.filter { !$0.hidden }))
      for one in command.commands where !one.hidden { add(one, "\(path) \(one.name)") }
    }
    add(root, root.name)
    self.rows = rows
  }
}

/// Completion scripts.
public enum BashCompletion {
  public static func script<Context>(_ root: Command<Context>, globals: [FlagWords]) -> String {
    let name = root.name
    let rows = CompletionRows(root).rows
    let shared = globals.filter { !$0.hidden } + [HelpPage.helpFlag]
    var out = "# bash completion for \(name): source this file, or put it into your completions folder\n\n"
    out += "# What a command offers: its commands, its flags, what its arguments are.\n_\(name)_row() {\n  case $1 in\n"
    for row in rows {
      let commands = row.command.commands.filter { !$0.hidden }.map(\.name).sorted().joined(separator: " ")
      let flags = row.flags.flatMap(spellings).sorted().joined(separator: " ")
      out +=
        "  \(quoted(row.path)))\n    commands=\(quoted(commands))\n    flags=\(quoted(flags))\n    what=\(quoted(words(row.command.completes)))\n    ;;\n"
    }
    out += "  *) commands='' flags='' what='' ;;\n  esac\n}\n\n"
    out += "# What a flag's value is; fails where the flag takes none.\n_\(name)_value() {\n  case \"$1 $2\" in\n"
    for row in rows {
      for flag in row.flags where flag.bare == nil || !flag.value.isEmpty {
        let patterns = spellings(flag).map { quoted("\(row.path) \($0)") }.joined(separator: "|")
        out += "  \(patterns)) what=\(quoted(words(flag.completes))) ;;\n"
      }
    }
    for flag in shared where flag.bare == nil {
      let patterns = spellings(flag).map { "*\(quoted(" \($0)"))" }.joined(separator: "|")
      out += "  \(patterns)) what=\(quoted(words(flag.completes))) ;;\n"
    }
    out += "  *) return 1 ;;\n  esac\n}\n\n"
    out += """
      # Fills COMPREPLY with what begins with what was typed.
      _\(name)_offer() {
        local cur=$1 what=$2 line
        case $what in
        words\\ *) mapfile -t COMPREPLY < <(compgen -W "${what#words }" -- "$cur") ;;
        files)
          compopt -o filenames 2>/dev/null
          mapfile -t COMPREPLY < <(compgen -f -- "$cur")
          ;;
        folders)
          compopt -o filenames 2>/dev/null
          mapfile -t COMPREPLY < <(compgen -d -- "$cur")
          ;;
        ask\\ *)
          while IFS=$'\\t' read -r line _; do
            [[ $line == "$cur"* ]] && COMPREPLY+=("$line")
          done < <("${COMP_WORDS[0]}" __complete "${what#ask }" -- "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$cur" 2>/dev/null)
          [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == */ ]] && compopt -o nospace 2>/dev/null
          ;;
        esac
      }

      _\(name)() {
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} path=\(name) i word commands flags what
        COMPREPLY=()
        [[ $cur == = ]] && cur=
        [[ $prev == = ]] && prev=${COMP_WORDS[COMP_CWORD-2]}
        for ((i = 1; i < COMP_CWORD; i++)); do
          word=${COMP_WORDS[i]}
          if [[ $word == -* ]]; then
            _\(name)_value "$path" "$word" && [[ ${COMP_WORDS[i+1]} != = ]] && ((i++))
            continue
          fi
          _\(name)_row "$path"
          [[ " $commands " == *" $word "* ]] && path="$path $word"
        done
        if _\(name)_value "$path" "$prev"; then
          _\(name)_offer "$cur" "$what"
          return
        fi
        _\(name)_row "$path"
        if [[ $cur == -* ]]; then
          mapfile -t COMPREPLY < <(compgen -W "$flags \(shared.flatMap(spellings).sorted().joined(separator: " "))" -- "$cur")
        elif [[ -n $commands && -z $what ]]; then
          mapfile -t COMPREPLY < <(compgen -W "$commands" -- "$cur")
        else
          _\(name)_offer "$cur" "$what"
          [[ -n $commands ]] && mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W "$commands" -- "$cur")
        fi
      }

      complete -F _\(name) \(name)

      """
    return out
  }

  static func spellings(_ flag: FlagWords) -> [String] { (flag.short.map { ["-\($0)"] } ?? []) + ["--\(flag.name)"] }

  /// `words a b`, `files`, `ask namespaces`; empty for nothing.
  static func words(_ completion: Completion) -> String {
    switch completion {
    case .nothing: ""
    case .words(let list): "words " + list.joined(separator: " ")
    case .files: "files"
    case .folders: "folders"
    case .asked(let what): "ask \(what)"
    }
  }

  static func quoted(_ text: String) -> String {
    "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
  }
}
