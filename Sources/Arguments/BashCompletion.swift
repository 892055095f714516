// Completion for bash: one of the renderings of a program's rows.

/// A script for bash, 3.2 and later.
public enum BashCompletion {
  public static func text<Context, Globals>(_ program: Program<Context, Globals>) -> String {
    let rows = ShellRows(program)
    let name = rows.name
    var commands = ""
    var values = ""
    for row in rows.rows {
      let pattern = row.spellings.map(ShellRows.quoted).joined(separator: " | ")
      var lines: [String] = []
      if !row.commands.isEmpty { lines.append("commands=\(ShellRows.quoted(row.commands.map(\.name).joined(separator: " ")))") }
      let aliases = row.commands.flatMap(\.aliases)
      if !aliases.isEmpty { lines.append("aliases=\(ShellRows.quoted(aliases.joined(separator: " ")))") }
      if !row.flags.isEmpty { lines.append("flags=\(ShellRows.quoted(long(row.flags)))") }
      if !short(row.flags).isEmpty { lines.append("valued=\(ShellRows.quoted(short(row.flags)))") }
      if let wants = wants(row.completes) { lines.append("wants=\(ShellRows.quoted(wants))") }
      if !lines.isEmpty { commands += "  \(pattern))\n" + lines.map { "    \($0)\n" }.joined() + "    ;;\n" }
      let cases = valueCases(row.flags, indent: "    ")
      if !cases.isEmpty { values += "  \(pattern))\n    case $2 in\n\(cases)    esac\n    ;;\n" }
    }
    return """
      # Completion of \(name) for bash, made from its table of commands. To load it: source <(\(name) completion bash)
      # shellcheck shell=bash

      # What the command at a path has: its commands, its flags (those with a value end with =), its short flags with
      # a value, and what its arguments are.
      _\(name)_command() {
        commands='' aliases='' flags='' valued='' wants=''
        case $1 in
      \(commands)  esac
      }

      # What the value of a command's flag is.
      _\(name)_value() {
        wants=''
        case $1 in
      \(values)  esac
        [ -z "$wants" ] || return 0
        case $2 in
      \(valueCases(rows.globals, indent: "  "))  esac
      }

      _\(name)() {
        local IFS=$' \\t\\n'
        local words=() count=0 word i
        # Readline cuts words at =: they are put together again.
        for ((i = 1; i <= COMP_CWORD; i++)); do
          word=${COMP_WORDS[i]}
          if ((count)) && [[ ${words[count - 1]} == -* && $word == =* || ${words[count - 1]} == -*= && $COMP_WORDBREAKS == *=* ]]; then
            words[count - 1]+=$word
          else
            words[count]=$word
            count=$((count + 1))
          fi
        done
        ((count)) || return 0
        local current=${words[count - 1]} path=\(name) flag='' dashes='' prefix=''
        local commands aliases flags valued wants
        local shared=\(ShellRows.quoted(long(rows.globals))) sharedvalued=\(ShellRows.quoted(short(rows.globals)))
        _\(name)_command "$path"
        for ((i = 0; i < count - 1; i++)); do
          word=${words[i]}
          case $word in
          --)
            dashes=1
            break
            ;;
          -*=*) ;;
          -*)
            if [[ " $flags $shared " == *" $word= "* || " $valued $sharedvalued " == *" $word "* ]]; then
              i=$((i + 1))
              ((i < count - 1)) || flag=$word
            fi
            ;;
          *)
            if [[ " $commands $aliases " == *" $word "* ]]; then
              path+=" $word"
              _\(name)_command "$path"
            else
              commands=''
            fi
            ;;
          esac
        done
        COMPREPLY=()
        if [[ -z $flag && -z $dashes && $current == -*=* ]]; then
          flag=${current%%=*}
          current=${current#*=}
          [[ $COMP_WORDBREAKS == *=* ]] || prefix=$flag=
        fi
        if [[ -n $flag ]]; then
          _\(name)_value "$path" "$flag"
        elif [[ -z $dashes && $current == -* ]]; then
          wants="words $flags $shared"
        elif [[ -n $commands ]]; then
          wants="words $commands"
        fi
        local found=''
        case $wants in
        files) found=$(compgen -f -- "$current") ;;
        folders) found=$(compgen -d -- "$current") ;;
        'words '*) found=$(compgen -W "${wants#words }" -- "$current") ;;
        'ask '*) found=$(compgen -W "$("${COMP_WORDS[0]}" __complete "${wants#ask }" -- "${words[@]}" 2>/dev/null)" -- "$current") ;;
        esac
        [[ $wants == files || $wants == folders ]] && compopt -o filenames 2>/dev/null
        # Readline cuts at colons too, and replaces only what is behind the last one.
        local colon=''
        [[ $COMP_WORDBREAKS == *:* && $current == *:* ]] && colon=${current%"${current##*:}"}
        while IFS='' read -r word; do
          [[ -n $word ]] && COMPREPLY+=("$prefix${word#"$colon"}")
        done <<<"$found"
        if [[ ${#COMPREPLY[@]} -eq 1 && (${COMPREPLY[0]} == -*= || ${COMPREPLY[0]} == */ && $wants == ask*) ]]; then
          compopt -o nospace 2>/dev/null
        fi
        return 0
      }

      complete -F _\(name) \(name)

      """
  }

  /// `--all --output=`
  private static func long(_ flags: [FlagWords]) -> String {
    flags.map { "--\($0.name)\(ShellRows.takesNext($0) ? "=" : "")" }.joined(separator: " ")
  }

  private static func short(_ flags: [FlagWords]) -> String {
    flags.filter(ShellRows.takesNext).compactMap { $0.short.map { "-\($0)" } }.joined(separator: " ")
  }

  private static func valueCases(_ flags: [FlagWords], indent: String) -> String {
    flags.compactMap { flag in
      guard let wants = wants(flag.completes) else { return nil }
      let short = flag.short.map { "-\($0) | " } ?? ""
      return "\(indent)\(short)--\(flag.name)) wants=\(ShellRows.quoted(wants)) ;;\n"
    }.joined()
  }

  private static func wants(_ completion: Completion) -> String? {
    switch completion {
    case .nothing: nil
    case .files: "files"
    case .folders: "folders"
    case .words(let words): "words " + words.joined(separator: " ")
    case .asked(let what): "ask " + what
    }
  }
}
