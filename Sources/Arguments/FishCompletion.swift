// Completion for fish: one of the renderings of the rows.

/// Completion scripts for fish.
public enum FishCompletion {
  public static func script<Context>(_ root: Command<Context>, globals: [FlagWords]) -> String {
    let name = root.name
    let rows = CompletionRows(root).rows
    let shared = globals.filter { !$0.hidden } + [HelpPage.helpFlag]
    let valued = Set((rows.flatMap(\.flags) + shared).filter { $0.bare == nil }.flatMap(BashCompletion.spellings)).sorted()
    var out = "# fish completion for \(name): put it into ~/.config/fish/completions\n\n"
    out += """
      # Prints the command that is typed: its words as far as they are commands.
      function __\(name)_path
        set -l path \(name)
        set -l skip 0
        for word in (commandline -opc)[2..-1]
          if test $skip = 1
            set skip 0
          else if string match -q -- '-*' $word
            contains -- $word \(valued.joined(separator: " ")); and set skip 1
          else
            switch "$path $word"
              case \(rows.dropFirst().map { quoted($0.path) }.joined(separator: " "))
                set path "$path $word"
            end
          end
        end
        echo $path
      end

      function __\(name)_at
        test (__\(name)_path) = "$argv"
      end

      # Asks the program itself.
      function __\(name)_ask
        set -l words (commandline -opc) (commandline -ct)
        $words[1] __complete $argv[1] -- $words[2..-1] 2>/dev/null
      end

      complete -c \(name) -f

      """
    for flag in shared { out += row(flag, name, condition: nil) }
    for entry in rows {
      let at = "__\(name)_at \(entry.path)"
      for one in entry.command.commands where !one.hidden {
        out += "complete -c \(name) -n \(quoted(at)) -a \(quoted(one.name)) -d \(quoted(one.summary))\n"
      }
      switch entry.command.completes {
      case .nothing: break
      case .files, .folders: out += "complete -c \(name) -n \(quoted(at)) -F\n"
      case .words(let list): out += "complete -c \(name) -n \(quoted(at)) -a \(quoted(list.joined(separator: " ")))\n"
      case .asked(let what): out += "complete -c \(name) -n \(quoted(at)) -a \(quoted("(__\(name)_ask \(what))"))\n"
      }
      for flag in entry.flags { out += row(flag, name, condition: at) }
    }
    return out
  }

  private static func row(_ flag: FlagWords, _ name: String, condition: String?) -> String {
    var out = "complete -c \(name)"
    if let condition { out += " -n \(quoted(condition))" }
    if let short = flag.short { out += " -s \(short)" }
    out += " -l \(flag.name)"
    if !flag.value.isEmpty {
      switch flag.completes {
      case .nothing: out += flag.bare == nil ? " -x" : ""
      case .files, .folders: out += " -r -F"
      case .words(let list): out += (flag.bare == nil ? " -x" : "") + " -a \(quoted(list.joined(separator: " ")))"
      case .asked(let what): out += " -x -a \(quoted("(__\(name)_ask \(what))"))"
      }
    }
    return out + " -d \(quoted(flag.help))\n"
  }

  private static func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" || $0 == "\\" ? "\\\($0)" : String($0) }.joined() + "'"
  }
}
