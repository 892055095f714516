import Arguments

// kctl help, options, plugin: about the program itself.

/// `kctl help`
enum HelpCommand {
  static var row: Command<Session> {
    Command(
      "help", "Help about any command", section: CommandTable.Section.other, usage: "[COMMAND]",
      examples: [Example("Help on rollout status", "kctl help rollout status")], completes: .asked("commands"), options: { NoOptions() },
      flags: { [] },
      run: { _, positionals, session in
        guard let path = KctlProgram.words.path(to: positionals.words) else {
          session.console.complain("Unknown help topic [\(positionals.words.map { "`\($0)`" }.joined(separator: " "))]\n")
          session.console.complain(HelpPage.text([CommandTable.root], globals: Globals.flags.map(\.words)))
          throw QuietExit()
        }
        session.console.write(HelpPage.text(path, globals: Globals.flags.map(\.words)))
      })
  }
}

/// `kctl options`
enum OptionsCommand {
  static var row: Command<Session> {
    Command(
      "options", "List the flags that every command takes", section: CommandTable.Section.other, options: { NoOptions() }, flags: { [] },
      run: { _, _, session in
        session.print("The following options can be passed to any command:\n")
        session.console.write(HelpPage.flags(Globals.flags.map(\.words).filter { !$0.hidden }))
      })
  }
}

/// `kctl plugin`
enum PluginCommand {
  struct Options: Sendable { var nameOnly = false }

  static var row: Command<Session> {
    Command(
      "plugin", "Provides utilities for interacting with plugins", section: CommandTable.Section.other,
      about: "An executable named kctl-foo on the PATH is the command kctl foo.",
      commands: [
        Command(
          "list", "List all visible plugin executables on a user's PATH", options: { Options() },
          flags: { [.toggle("name-only", nil, \Options.nameOnly, "only names, without folders")] },
          run: { options, _, session in
            let found = Plugins.all(session)
            if found.isEmpty { throw Failure("unable to find any \(session.program) plugins in your PATH") }
            session.print("The following compatible plugins are available:\n")
            for path in found { session.print(options.nameOnly ? path.split(separator: "/").last.map(String.init) ?? path : path) }
          })
      ])
  }
}
