import API
import APIMachinery
import Arguments

// The files that are made from the tables: manual pages and completions. They are committed, and HouseTests prove them fresh.

/// The generated files of the repository.
public enum Rendered {
  public struct File: Sendable {
    /// From the repository's root: `man/kctl.1`.
    public let path: String
    public let text: String
  }

  /// The page on spec files, written by hand but for its table of kinds.
  public static let specPage = "man/kctl-spec.5"

  /// Pages that are written by hand as a whole.
  public static let handwritten = ["man/kctl-api.7", "man/kctl-process.7"]

  /// The day that the manual pages are of.
  private static let date = "2026-11-23"

  /// Every generated file.
  /// - Parameter specPage: the page on spec files as it is: its table of kinds is made anew.
  public static func files(specPage: String) -> [File] {
    let program = KctlProgram.words
    let pages = ManPage.pages(of: program, date: date, sections: sections, others: ["kctl-api(7)", "kctl-process(7)", "kctl-spec(5)"])
    return [
      File(path: "completions/_kctl", text: ZshCompletion.text(program)),
      File(path: "completions/kctl.bash", text: BashCompletion.text(program)),
      File(path: "completions/kctl.fish", text: FishCompletion.text(program)),
      File(path: Rendered.specPage, text: withKinds(specPage)),
    ] + pages.map { File(path: "man/\($0.file)", text: $0.text) }
  }

  private static let begin = ".\\\" The table of kinds begins: made by kctl __render, do not edit."
  private static let end = ".\\\" The table of kinds ends."

  /// The page with its table of kinds made from the rows.
  static func withKinds(_ page: String) -> String {
    let lines = page.split(separator: "\n", omittingEmptySubsequences: false)
    guard let first = lines.firstIndex(where: { $0 == begin }), let last = lines.firstIndex(where: { $0 == end }), first < last else {
      return page
    }
    return (lines[...first].map(String.init) + kinds + lines[last...].map(String.init)).joined(separator: "\n")
  }

  private static var kinds: [String] {
    Kinds.all.filter { !$0.hidden && $0.verbs.contains("create") && $0.schema != nil }.flatMap { kind in
      let short = kind.shortNames.isEmpty ? "" : " (\(kind.shortNames.joined(separator: ", ")))"
      let scope = kind.namespaced ? "" : " It belongs to no namespace."
      let summary = "\(kind.summary.prefix(1).uppercased())\(kind.summary.dropFirst())\(kind.summary.hasSuffix(".") ? "" : ".")"
      let text = ManPage.filled("\(summary)\(scope) On the command line: \(kind.plural)\(short).")
      return [".TP", "\\fB\(kind.name)\\fR, \(kind.apiVersion)"] + text.split(separator: "\n").map(String.init)
    }
  }

  /// What the program's own page tells besides its rows.
  private static let sections: [ManPage.Section] = [
    ManPage.Section(
      "Environment",
      """
      KCTL_HOME\tThe folder of the configuration and the clusters. Without it, $XDG_STATE_HOME/kctl or ~/.local/state/kctl.
      KCTL_CONTEXT\tThe context to use, where --context names none.
      KCTL_SIM_CLOCK\tmanual or follow: how the simulated cluster's clock goes, as kctl sim clock sets it.
      KUBECONFIG\tWhere the user's own contexts are read, never written. Without it, ~/.kube/config.
      KUBE_EDITOR, EDITOR\tThe editor of kctl edit.
      PATH\tWhere plugins are looked for: an executable kctl-foo is the command kctl foo.
      """),
    ManPage.Section(
      "Files",
      """
      $KCTL_HOME/config\tContexts, in kubeconfig's own format. The contexts sim and process are there from the start.
      $KCTL_HOME/clusters\tThe simulated clusters, a folder each.
      $KCTL_HOME/processes\tThe clusters of real processes, a folder each.
      """),
    ManPage.Section(
      "Exit status",
      """
      0\tAll went well.
      1\tSomething failed, and standard error says what. Of kctl diff: there are differences.
      130\tIt was interrupted.
      Data goes to standard output, all else to standard error. Lines that begin with "hint: " or "  | " are for people: scripts leave them out.
      """),
  ]
}
