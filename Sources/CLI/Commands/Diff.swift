import APIMachinery
import Arguments
import Client
import Formats
import Posix

// kctl diff: what an apply would change, by the installed diff.

/// `kctl diff`
enum DiffCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var labels = ""
    var showManagedFields = false
    var fieldManager = "kubectl-client-side-apply"
    var concurrency: Int64 = 1
    var refused: [String] = []
  }

  static var row: Command<Session> {
    Command(
      "diff", "Show what an apply would change", section: CommandTable.Section.advanced, usage: "-f FILE",
      about:
        "The program of KUBECTL_EXTERNAL_DIFF, else diff -u -N, compares the live objects with what they would become. Exit code 0 says that nothing differs, 1 that something does, more that something failed.",
      examples: [Example("What would apply do?", "kctl diff -f web.yaml")], options: { Options() },
      flags: {
        FileOptions.flags("what would be applied").inside(\Options.files) + [
          .text("selector", "l", \.labels, value: "SELECTOR", "only objects with these labels: a=b,c!=d"),
          .toggle("show-managed-fields", nil, \.showManagedFields, "compare metadata.managedFields too"),
          .text(
            "field-manager", nil, \.fieldManager, value: "NAME", default: "kubectl-client-side-apply",
            "who would be noted as the owner of the fields"),
          .number(
            "concurrency", nil, \.concurrency, default: "1", "how many objects are asked for at once; the simulated cluster asks for one"),
        ]
          + ["server-side", "force-conflicts", "prune"].map { name in
            Flag(FlagWords(name, bare: "true", hidden: true, "")) { options, text in if text != "false" { options.refused.append(name) } }
          }
      },
      run: { options, words, session in
        do { try Diff(options, words.words, session).run() } catch let end as QuietExit { throw end } catch {
          // diff's own 1 says that something differs.
          session.console.complain(Complaint(error).text)
          throw QuietExit(.trouble)
        }
      })
  }
}

/// One run of `kctl diff`.
private struct Diff {
  let options: DiffCommand.Options
  let session: Session

  init(_ options: DiffCommand.Options, _ words: [String], _ session: Session) throws {
    if !words.isEmpty { throw UsageFailure("Unexpected args: [\(words.joined(separator: " "))]", "diff") }
    if let flag = options.refused.first { throw Failure("--\(flag) is not supported by this build") }
    self.options = options
    self.session = session
    try options.files.checkGiven()
  }

  func run() throws {
    var query = ResourceQuery(session)
    query.files = options.files
    query.selector.labels = options.labels
    query.fetches = false
    let found = try query.find()
    try Several.check(found.errors)
    let folders = try (live: folder("LIVE"), merged: folder("MERGED"))
    defer { for folder in [folders.live, folders.merged] { remove(folder) } }
    for item in found.items {
      var (live, merged) = try states(item)
      if item.kind.name == "Secret", item.kind.group.isEmpty {
        DiffSecrets.mask(&live, &merged)
        // kubectl's masking leaves a Secret that is not there yet as null.
        if live == nil { live = .null }
      }
      let name = fileName(item, merged ?? live ?? .null)
      try write(live, folders.live, name)
      try write(merged, folders.merged, name)
    }
    try compare(folders.live, folders.merged)
  }

  private func states(_ item: Item) throws -> (live: Value?, merged: Value?) {
    let client = try session.client()
    var write = WriteOptions()
    write.dryRun = true
    write.fieldManager = options.fieldManager
    write.fieldValidation = .warn
    let given = item.object ?? .null
    guard let current = try live(item) else {
      return (nil, shown(try client.create(item.kind, namespace: item.namespace, given, write)))
    }
    // Unlike in an apply, what is compared does not carry its own text.
    var modified = given
    var annotations = given["metadata"]["annotations"].members
    annotations[ApplyCommand.annotation] = nil
    modified["metadata", "annotations"] = .object(annotations)
    let change = try ApplyCommand.change(of: current, to: modified, item.kind)
    return (shown(current), shown(try client.patch(item.key, subresource: nil, ApplyCommand.patch(change, item.kind), write)))
  }

  /// What the cluster has; nil where it has nothing by that name.
  private func live(_ item: Item) throws -> Value? {
    do {
      return try session.client().get(item.key, subresource: nil)
    } catch let status as Status where status.reason == .notFound {
      return nil
    }
  }

  private func shown(_ object: Value) -> Value {
    var object = object
    if !options.showManagedFields, object["metadata"].has("managedFields") { object["metadata"].remove("managedFields") }
    return object
  }

  private func fileName(_ item: Item, _ object: Value) -> String {
    let group = item.kind.group.isEmpty ? "" : item.kind.group + "."
    return "\(group)\(item.kind.version).\(item.kind.name).\(item.namespace).\(object.name)".map { $0 == "/" ? "-" : String($0) }.joined()
  }

  // Files.

  private func folder(_ prefix: String) throws -> String {
    let root = session.console.environment("TMPDIR").flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"
    let path = "\(root)/\(prefix)-\(UInt64(truncatingIfNeeded: Machine.wallNanoseconds) % 4_000_000_000)"
    do throws(SystemFailure) { try Machine.makeFolder(path, mode: 0o700) } catch { throw Failure("mkdir \(path): \(error.text)") }
    return path
  }

  private func remove(_ folder: String) {
    for entry in (try? Machine.entries(of: folder)) ?? [] { try? Folder.remove("\(folder)/\(entry)") }
    try? Folder.removeEmpty(folder)
  }

  private func write(_ object: Value?, _ folder: String, _ name: String) throws {
    guard let object else { return }
    let path = "\(folder)/\(name)"
    do throws(SystemFailure) { try Machine.replaceFile(path, with: Array(Manifest.yaml(object).utf8), mode: 0o600) } catch {
      throw Failure("open \(path): \(error.text)")
    }
  }

  private func compare(_ live: String, _ merged: String) throws {
    let given = session.console.environment("KUBECTL_EXTERNAL_DIFF").flatMap { $0.isEmpty ? nil : $0 }
    let words = (given ?? "diff -u -N").split(separator: " ").map(String.init)
    guard let program = words.first else { throw Failure("failed to run \(Read.quoted(given ?? "")): executable file not found in $PATH") }
    let outcome: Child.Outcome
    do throws(SystemFailure) {
      outcome = try Child.run(program, Array(words.dropFirst()) + [live, merged], environment: ["LC_ALL": "C"])
    } catch {
      throw Failure("failed to run \(Read.quoted(program)): \(error.isMissing ? "executable file not found in $PATH" : error.text)")
    }
    session.console.write(String(decoding: outcome.output, as: UTF8.self))
    session.console.complain(String(decoding: outcome.complaint, as: UTF8.self))
    if outcome.code == 127, outcome.output.isEmpty {
      throw Failure("failed to run \(Read.quoted(program)): executable file not found in $PATH")
    }
    if outcome.code != 0 { throw QuietExit(outcome.code == 1 ? .failure : .trouble) }
  }
}

/// Secrets' values never show in a difference, only that they differ.
enum DiffSecrets {
  static func mask(_ live: inout Value?, _ merged: inout Value?) {
    let before = live?["data"].members ?? Members()
    let after = merged?["data"].members ?? Members()
    for member in before {
      live?["data", member.key] = .string(after[member.key].map { $0 == member.value ? "***" : "*** (before)" } ?? "***")
    }
    for member in after {
      merged?["data", member.key] = .string(before[member.key].map { $0 == member.value ? "***" : "*** (after)" } ?? "***")
    }
  }
}
