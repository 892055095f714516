import Arguments

// Every command, a row each.

/// The commands of kctl.
public enum CommandTable {
  public static var root: Command<Session> {
    Command(
      "kctl", "kubectl-style commands on a whole cluster that needs no cluster",
      about:
        "The cluster is simulated: its control plane, its nodes and its containers live in one folder and in virtual time. Nothing real is ever touched unless a context names it.",
      sections: Section.all, commands: commands)
  }

  @inline(never) static var commands: [Command<Session>] {
    [
      AgentCommand.row,
      LabelCommand.annotateRow,
      ApiResourcesCommand.row,
      ApiVersionsCommand.row,
      ApplyCommand.row,
      AttachCommand.row,
      AuthCommand.row,
      CompletionCommand.row,
      ConfigCommand.row,
      CordonCommand.cordon,
      CopyCommand.row,
      CreateCommand.row,
      DeleteCommand.row,
      DescribeCommand.row,
      DiffCommand.row,
      DrainCommand.row,
      EditCommand.row,
      EventsCommand.row,
      ExecCommand.row,
      ExplainCommand.row,
      ExposeCommand.row,
      GetCommand.row,
      HelpCommand.row,
      LabelCommand.row,
      LogsCommand.row,
      OptionsCommand.row,
      PatchCommand.row,
      PluginCommand.row,
      PortForwardCommand.row,
      ReplaceCommand.row,
      RolloutCommand.row,
      RunCommand.row,
      ScaleCommand.row,
      ServeCommand.row,
      SetCommand.row,
      SimCommand.row,
      TaintCommand.row,
      TopCommand.row,
      CordonCommand.uncordon,
      VersionCommand.row,
      WaitCommand.row,
      AskedCompletion.row,
      RenderCommand.row,
    ]
  }

  /// The headings of the list of commands.
  enum Section {
    static let basic = "Basic commands"
    static let deploy = "Deploy commands"
    static let cluster = "Cluster commands"
    static let inspect = "Inspecting and debugging"
    static let advanced = "Advanced commands"
    static let settings = "Settings commands"
    static let other = "Other commands"
    /// In the order of the list.
    static let all = [basic, deploy, cluster, inspect, advanced, settings, other]
  }
}
