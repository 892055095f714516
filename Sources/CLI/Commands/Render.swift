import Arguments
import Posix

// kctl __render: the files of the repository that are made from the tables.

/// `kctl __render FOLDER`: writes man/ and completions/ anew.
enum RenderCommand {
  static var row: Command<Session> {
    Command(
      "__render", "Write the manual pages and the completions", usage: "FOLDER", hidden: true, options: { NoOptions() }, flags: { [] },
      run: { _, positionals, session in
        let folder = session.absolute(positionals.words.first ?? ".")
        let spec = (try? Machine.readFile("\(folder)/\(Rendered.specPage)")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        for file in Rendered.files(specPage: spec) {
          let path = "\(folder)/\(file.path)"
          if let slash = path.lastIndex(of: "/") { try Machine.makeFolder(String(path[..<slash]), mode: 0o755) }
          try Machine.replaceFile(path, with: Array(file.text.utf8), mode: 0o644)
        }
      })
  }
}
