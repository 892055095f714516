import API
import APIMachinery
import Arguments

// The files that are renderings of the tables: manual pages and completions. They are committed; a test proves them fresh.

/// Files made from the tables.
public enum GeneratedFiles {
  /// The date at the foot of the manual pages.
  static let date = "2026-11-23"

  /// Paths below the repository's root, with their texts.
  public static func all() -> [(path: String, text: String)] {
    var files: [(path: String, text: String)] = []
    for (shell, name) in [("bash", "kctl.bash"), ("fish", "kctl.fish"), ("zsh", "_kctl")] {
      if let script = CompletionCommand.script(shell) { files.append(("completions/\(name)", script)) }
    }
    pages([CommandTable.root], into: &files)
    files.append(("man/kctl-spec.5", specPage()))
    return files.sorted { $0.path < $1.path }
  }

  private static func pages(_ path: [Command<Session>], into files: inout [(path: String, text: String)]) {
    let text = ManPage.text(path, globals: Globals.flags.map(\.words), version: "kctl \(VersionCommand.number)", date: date)
    files.append(("man/\(ManPage.name(path)).1", text))
    for command in path.last?.commands ?? [] where !command.hidden { pages(path + [command], into: &files) }
  }

  /// kctl-spec(5): what spec files say, kind by kind.
  private static func specPage() -> String {
    var out = ".TH KCTL\\-SPEC 5 \(date) \"kctl \(VersionCommand.number)\" \"kctl manual\"\n"
    out += ".SH NAME\nkctl\\-spec \\- files of objects for kctl\n"
    out += ".SH DESCRIPTION\n"
    out += ManPage.sentences(
      "A spec file holds Kubernetes objects in YAML or JSON. YAML documents are parted by lines of three hyphens. A List holds objects in its items. Every object says its apiVersion, its kind and its metadata.name."
    )
    out += ".PP\n"
    out += ManPage.sentences(
      "Unknown fields are refused unless --validate says otherwise. A key that stands twice in one mapping is refused. Fields and values are those of Kubernetes 1.28: kctl explain KIND tells them all.")
    out += ".SH EXAMPLES\n"
    out += ManPage.sentences("A Deployment of three pods:")
    out += ".PP\n.nf\n"
    out += [
      "apiVersion: apps/v1", "kind: Deployment", "metadata:", "  name: web", "spec:", "  replicas: 3", "  selector:", "    matchLabels: {app: web}",
      "  template:", "    metadata:", "      labels: {app: web}", "    spec:", "      containers:", "      - name: nginx",
      "        image: nginx:1.25",
    ].map { ManPage.escaped($0) + "\n" }.joined()
    out += ".fi\n.SH KINDS\n"
    for kind in Kinds.all where kind.schema != nil && !kind.hidden && kind.verbs.contains("create") && kind.verbs.contains("get") {
      out += ".SS \(ManPage.escaped("\(kind.name) (\(kind.apiVersion))"))\n"
      let doc = kind.summary.isEmpty ? kind.schema?.doc ?? "" : kind.summary
      out += ManPage.sentences(doc.isEmpty ? "A \(kind.name)." : doc)
      let spec = kind.schema?.field("spec").flatMap { field in
        if case .object(let definition) = field.type { definition().fields } else { nil }
      }
      let own = kind.schema?.fields.filter { !["apiVersion", "kind", "metadata", "spec", "status"].contains($0.name) } ?? []
      for (prefix, fields) in [("", own), ("spec.", spec ?? [])] {
        for field in fields {
          out += ".TP\n.B \(ManPage.escaped(prefix + field.name))\n"
          out += ManPage.sentences((field.doc.isEmpty ? "See kctl explain." : field.doc) + (field.required ? " Required." : ""))
        }
      }
    }
    return out + ".SH SEE ALSO\n.BR kctl (1) ,\n.BR kctl\\-explain (1)\n"
  }
}

/// `kctl __generate FOLDER`: writes the files below a folder (the repository's root).
enum GenerateCommand {
  static var row: Command<Session> {
    Command(
      "__generate", "Write manual pages and completions", usage: "FOLDER", hidden: true, options: { NoOptions() }, flags: { [] },
      run: { _, positionals, session in
        guard let folder = positionals.words.first else { throw UsageFailure("expected a folder", "__generate") }
        for (path, text) in GeneratedFiles.all() { try session.writeFile("\(folder)/\(path)", text) }
      })
  }
}
