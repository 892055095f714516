// Completion for fish: one of the renderings of a program's rows.

/// A script for fish: to be sourced, or kept as `kctl.fish` in its folder of completions.
public enum FishCompletion {
  public static func text<Context, Globals>(_ program: Program<Context, Globals>) -> String {
    let rows = ShellRows(program)
    let name = rows.name
    let valued =
      rows.rows.flatMap { row in row.spellings.flatMap { path in spellings(row.flags).map { "\(path) \($0)" } } }
      + spellings(rows.globals)
    var out = """
      # Completion of \(name) for fish, made from its table of commands. To load it: \(name) completion fish | source

      # Every command by its path, and the flags that take the next word, behind the path of their command.
      set -g __\(name)_paths\(list(rows.rows.flatMap(\.spellings)))
      set -g __\(name)_valued\(list(valued))

      # Whether the words so far lead to one of these commands.
      function __\(name)_at
          set -l tokens (commandline -opc)
          set -e tokens[1]
          set -l path \(name)
          set -l skip no
          for token in $tokens
              if test $skip = yes
                  set skip no
                  continue
              end
              switch $token
                  case --
                      break
                  case '-*=*'
                  case '-*'
                      if contains -- "$path $token" $__\(name)_valued; or contains -- $token $__\(name)_valued
                          set skip yes
                      end
                  case '*'
                      if contains -- "$path $token" $__\(name)_paths
                          set path "$path $token"
                      else
                          break
                      end
              end
          end
          contains -- $path $argv
      end

      # What the program itself offers.
      function __\(name)_ask
          set -l tokens (commandline -opc)
          set -l program $tokens[1]
          set -e tokens[1]
          command -q $program; or return
          command $program __complete $argv[1] -- $tokens (commandline -ct) 2>/dev/null
      end

      complete -c \(name) -e
      complete -c \(name) -f

      """
    for flag in rows.globals { out += "complete -c \(name)\(spec(flag, name))\n" }
    for row in rows.rows {
      let here = "complete -c \(name) -n \(quoted("__\(name)_at " + row.spellings.map { "'\($0)'" }.joined(separator: " ")))"
      out += "\n"
      for command in row.commands { out += "\(here) -a \(command.name) -d \(quoted(command.summary))\n" }
      if let argument = argument(row.completes, name) { out += "\(here)\(argument)\n" }
      for flag in row.flags { out += here + spec(flag, name) + "\n" }
    }
    return out
  }

  private static func spellings(_ flags: [FlagWords]) -> [String] {
    flags.filter(ShellRows.takesNext).flatMap { flag in ["--\(flag.name)"] + (flag.short.map { ["-\($0)"] } ?? []) }
  }

  private static func list(_ words: [String]) -> String { words.map { " \\\n    " + quoted($0) }.joined() }

  private static func spec(_ flag: FlagWords, _ name: String) -> String {
    let short = flag.short.map { " -s \($0)" } ?? ""
    var value = ""
    if ShellRows.takesNext(flag) { value = argument(flag.completes, name).map { " -r" + $0 } ?? " -x" }
    return "\(short) -l \(flag.name)\(value) -d \(quoted(flag.help))"
  }

  private static func argument(_ completion: Completion, _ name: String) -> String? {
    switch completion {
    case .nothing: nil
    case .files: " -F"
    case .folders: " -a '(__fish_complete_directories)'"
    case .words(let words): " -a \(quoted(words.joined(separator: " ")))"
    case .asked(let what): " -a '(__\(name)_ask \(what))'"
    }
  }

  private static func quoted(_ text: String) -> String {
    "'" + ShellRows.replaced(ShellRows.replaced(text, "\\", "\\\\"), "'", "\\'") + "'"
  }
}
