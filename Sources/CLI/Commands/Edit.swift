import APIMachinery
import Arguments
import Client
import Formats
import Posix

// kctl edit: objects in one's own editor.

/// `kctl edit`
enum EditCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var output = OutputOptions()
    var validation = ValidationOptions()
    var subresource = ""
    var fieldManager = "kubectl-edit"
    var windowsLineEndings = false
    var refused: [String] = []
  }

  static var row: Command<Session> {
    Command(
      "edit", "Edit objects in an editor", section: CommandTable.Section.basic, usage: "(TYPE NAME | TYPE/NAME | -f FILE)",
      about: "The editor is that of KUBE_EDITOR or EDITOR, else vi.",
      examples: [Example("Edit a Deployment", "EDITOR=true kctl edit deploy/web")], completes: .asked("resources"),
      options: { Options() }, flags: { flags },
      run: { options, positionals, session in
        if let flag = options.refused.first { throw Failure("--\(flag) is not supported by this build") }
        try Edit(options, session).run(positionals.words)
      })
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("the objects to edit").inside(\.files) + OutputOptions.flags.inside(\.output)
      + ValidationOptions.flags.inside(\.validation) + [
        .text(
          "subresource", nil, \.subresource, value: "status", completes: .words(["status"]), "edit a part of the object by itself"),
        .text(
          "field-manager", nil, \.fieldManager, value: "NAME", default: "kubectl-edit", "the name under which changed fields are noted"),
        .toggle("windows-line-endings", nil, \.windowsLineEndings, "give the editor lines that end with CR LF"),
      ]
      + ["output-patch", "save-config"].map { name in
        Flag(FlagWords(name, bare: "true", hidden: true, "")) { options, text in if text != "false" { options.refused.append(name) } }
      }
  }
}

/// One run of `kctl edit`.
private struct Edit {
  let options: EditCommand.Options
  let session: Session
  let printer: ResultPrinter

  init(_ options: EditCommand.Options, _ session: Session) throws {
    self.options = options
    self.session = session
    if !options.subresource.isEmpty, options.subresource != "status" {
      throw Failure("invalid subresource value: \(Read.quoted(options.subresource)). Must be one of [status]")
    }
    printer = try ResultPrinter(session, options.output, dryRun: .none)
  }

  func run(_ words: [String]) throws {
    if words.isEmpty, options.files.isEmpty { throw Failure("must provide one or more resources by argument or filename") }
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.latest = true
    query.subresource = options.subresource.isEmpty ? nil : options.subresource
    let found = try query.find()
    try Several.check(found.errors)
    if found.items.isEmpty { return session.say("edit cancelled, no objects found") }
    try edit(found.items)
  }

  private static let notice = [
    "Please edit the object below. Lines beginning with a '#' will be ignored,",
    "and an empty file will abort the edit. If an error occurs while saving this file will be", "reopened with the relevant failures.", "",
  ]

  private func edit(_ items: [Item]) throws {
    let objects = items.compactMap { $0.object.map(options.output.shown) }
    let whole: Value =
      objects.count == 1
      ? objects[0] : ["apiVersion": "v1", "items": .array(objects), "kind": "List", "metadata": [:]]
    let original = isJSON ? JSON.pretty(whole) + "\n" : Manifest.yaml(whole)
    var body = original
    var reasons: [String] = []
    var before: String?
    while true {
      let path = try temporary(header(reasons) + body)
      var keep = false
      defer { if !keep { try? Folder.remove(path) } }
      try launch(path)
      let edited: String
      do throws(SystemFailure) {
        edited = String(decoding: try Machine.readFile(path), as: UTF8.self)
      } catch {
        throw Failure("open \(path): \(error.text)")
      }
      let text = uncommented(edited)
      if let before, before == text {
        keep = true
        session.say("A copy of your changes has been stored to \"\(path)\"")
        throw Failure("Edit cancelled, no valid changes were saved.")
      }
      if text == uncommented(original) { return session.say("Edit cancelled, no changes made.") }
      if text.allSatisfy(\.isWhitespace) { return session.say("Edit cancelled, saved file was empty.") }
      before = text
      body = text
      reasons = []
      let changed: [Value]
      do {
        var all: [Value] = []
        try Manifest.each(Array(text.utf8), source: path) { document, _ in
          all += document.kind == "List" ? document["items"].items : [document]
        }
        changed = all
      } catch {
        reasons = ["The edited file had a syntax error: \(Complaint.line(error))"]
        continue
      }
      var isInvalid = false
      for (item, object) in zip(items, changed) {
        do { try apply(item, object) } catch let status as Status where status.reason == .invalid || status.reason == .badRequest {
          session.say("error: \(item.kind.qualifiedPlural) \(Read.quoted(item.name)) is invalid")
          reasons.append("\(item.kind.qualifiedPlural) \(Read.quoted(item.name)) was not valid:")
          reasons += status.causes.isEmpty ? ["* \(status.message)"] : status.causes.map { "* \($0.field): \($0.message)" }
          isInvalid = true
        } catch let status as Status where status.reason == .notFound {
          keep = true
          session.say("error: \(item.kind.qualifiedPlural) \(Read.quoted(item.name)) could not be found on the server")
          session.say("The edits you made on deleted resources have been saved to \(Read.quoted(path))")
          throw QuietExit()
        } catch let status as Status {
          keep = true
          session.say("error: \(item.kind.qualifiedPlural) \(Read.quoted(item.name)) could not be patched: \(status.message)")
          session.say("You can run `\(session.program) replace -f \(path)` to try this update again.")
          throw QuietExit()
        }
      }
      if !isInvalid { return }
    }
  }

  private var isJSON: Bool { options.output.output == "json" }

  private func apply(_ item: Item, _ edited: Value) throws {
    let original = options.output.shown(item.object ?? .null)
    for key in ["apiVersion", "kind"] where edited[key] != original[key] {
      throw Failure("At least one of apiVersion, kind and name was changed")
    }
    guard edited.name == original.name else { throw Failure("At least one of apiVersion, kind and name was changed") }
    guard edited != original else {
      session.say("Edit cancelled, no changes made.")
      return
    }
    var write = WriteOptions()
    write.fieldManager = options.fieldManager
    write.fieldValidation = try options.validation.directive()
    let patch: Patch
    if let schema = item.kind.schema {
      patch = .strategic(try StrategicMergePatch.difference(from: original, to: edited, schema: schema))
    } else {
      patch = .merge(MergePatch.difference(from: original, to: edited))
    }
    let after = try session.client().patch(
      item.key, subresource: options.subresource.isEmpty ? nil : options.subresource, patch, write)
    try printer.print(item, "edited", object: after)
  }

  // The file and the editor.

  private func header(_ reasons: [String]) -> String {
    (Edit.notice + reasons + (reasons.isEmpty ? [] : [""])).map { $0.isEmpty ? "#\n" : "# \($0)\n" }.joined()
  }

  private func uncommented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.drop { $0 == " " }.hasPrefix("#") }.joined(separator: "\n")
  }

  private func temporary(_ text: String) throws -> String {
    let folder = session.console.environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    let number = UInt64(truncatingIfNeeded: Machine.wallNanoseconds) % 4_000_000_000
    let path = "\(folder)/\(session.program)-edit-\(number).\(isJSON ? "json" : "yaml")"
    let body = options.windowsLineEndings ? text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n") : text
    do throws(SystemFailure) { try Machine.replaceFile(path, with: Array(body.utf8), mode: 0o600) } catch {
      throw Failure("open \(path): \(error.text)")
    }
    return path
  }

  /// Runs the editor on a file; one whose command holds quotes or backslashes is the shell's to take apart.
  private func launch(_ path: String) throws {
    let editor = ["KUBE_EDITOR", "EDITOR"].lazy.compactMap { session.console.environment($0) }.first { !$0.isEmpty } ?? "vi"
    try session.settle()
    let words: [String]
    if editor.contains(where: { "\"'\\".contains($0) }) {
      let shell = session.console.environment("SHELL").flatMap { $0.isEmpty ? nil : $0 } ?? "/bin/bash"
      words = [shell, "-c", "\(editor) \"\(path)\""]
    } else {
      words = editor.split(separator: " ").map(String.init) + [path]
    }
    let problem = "there was a problem with the editor \(Read.quoted(editor))"
    do throws(SystemFailure) {
      let ended = try Child.run(words[0], Array(words.dropFirst()), output: .inherited, complaint: .inherited)
      if ended.code != 0 { throw SystemFailure(code: 0) }
    } catch {
      if error.isMissing { throw Failure("unable to launch the editor \(Read.quoted(editor))") }
      throw Failure(problem)
    }
  }
}
