import APIMachinery
import Arguments
import Client
import Formats
import Posix

// kctl patch: a change of some fields.

/// `kctl patch`
enum PatchCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var output = OutputOptions()
    var dryRun = DryRunOptions()
    var patch: String?
    var patchFile: String?
    var type = "strategic"
    var subresource = ""
    var local = false
    var fieldManager = "kubectl-patch"
  }

  static var row: Command<Session> {
    Command(
      "patch", "Change fields of an object", section: CommandTable.Section.advanced,
      usage: "(-f FILE | TYPE NAME) (-p PATCH | --patch-file FILE)",
      about: "A patch is JSON or YAML: by default a strategic merge patch, which knows the lists that have keys.",
      examples: [
        Example("Change the size", "kctl patch deploy web -p '{\"spec\":{\"replicas\":2}}'"),
        Example(
          "Change one field by its path",
          "kctl patch deploy web --type=json -p '[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":3}]'"),
      ], completes: .asked("resources"), options: { Options() }, flags: { flags }, run: { try run($0, $1.words, $2) })
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("the object to change").inside(\.files) + OutputOptions.flags.inside(\.output) + DryRunOptions.flags.inside(\.dryRun)
      + [
        .text("patch", "p", \.patch, value: "PATCH", "the patch"),
        .text("patch-file", nil, \.patchFile, value: "FILE", completes: .files, "the patch's file; - for standard input"),
        .text(
          "type", nil, \.type, value: "TYPE", default: "strategic", completes: .words(["json", "merge", "strategic"]),
          "how the patch is written: json, merge or strategic"),
        .text(
          "subresource", nil, \.subresource, value: "status|scale", completes: .words(["status", "scale"]),
          "change a part of the object by itself"),
        .toggle("local", nil, \.local, "change a file's object without asking the cluster"),
        .text(
          "field-manager", nil, \.fieldManager, value: "NAME", default: "kubectl-patch", "the name under which changed fields are noted"),
      ]
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    if options.patch != nil, options.patchFile != nil { throw Failure("cannot specify --patch and --patch-file together") }
    guard !(options.patch ?? "").isEmpty || !(options.patchFile ?? "").isEmpty else {
      throw Failure("must specify --patch or --patch-file containing the contents of the patch")
    }
    guard ["json", "merge", "strategic"].contains(options.type) else {
      throw Failure("--type must be one of [json merge strategic], not \(Read.quoted(options.type))")
    }
    if !options.subresource.isEmpty, !["status", "scale"].contains(options.subresource) {
      throw Failure("invalid subresource value: \(Read.quoted(options.subresource)). Must be one of [status scale]")
    }
    let dryRun = try options.dryRun.strategy(session)
    let body = try read(options, session)
    let patch: Patch = options.type == "json" ? .json(body) : options.type == "merge" ? .merge(body) : .strategic(body)
    let printer = try ResultPrinter(session, options.output, dryRun: dryRun)
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.latest = !options.local
    query.subresource = options.subresource.isEmpty ? nil : options.subresource
    let found = try query.find()
    try found.visit { item in
      let before = item.object ?? .null
      let after: Value
      if dryRun == .client || options.local {
        after = try applied(patch, to: before, item.kind)
      } else {
        var write = WriteOptions()
        write.dryRun = dryRun == .server
        write.fieldManager = options.fieldManager
        after = try session.client().patch(item.key, subresource: query.subresource, patch, write)
      }
      let operation = before == after ? "patched (no change)" : "patched"
      if options.subresource == "scale" {
        try printer.print(named: "scale.autoscaling/\(item.name)", operation, object: after)
      } else {
        try printer.print(item, operation, object: after)
      }
    }
    if found.items.isEmpty, found.errors.isEmpty { throw Failure("no objects passed to patch") }
  }

  private static func applied(_ patch: Patch, to object: Value, _ kind: Kind) throws -> Value {
    switch patch {
    case .json(let body): try JSONPatch.apply(body, to: object)
    case .merge(let body): try MergePatch.apply(body, to: object)
    case .strategic(let body), .apply(let body): try StrategicMergePatch.apply(body, to: object, schema: kind.schema)
    }
  }

  private static func read(_ options: Options, _ session: Session) throws -> Value {
    let bytes: [UInt8]
    if let file = options.patchFile, !file.isEmpty {
      do throws(SystemFailure) {
        bytes = file == "-" ? try Machine.readAll(0) : try Machine.readFile(session.absolute(file))
      } catch {
        throw Failure("unable to read patch file: open \(file): \(error.text)")
      }
    } else {
      bytes = Array((options.patch ?? "").utf8)
    }
    do {
      return try JSON.parse(bytes)
    } catch let problem {
      // What does not begin as JSON is YAML.
      let first = bytes.first { $0 != 32 && $0 != 10 && $0 != 13 && $0 != 9 }
      if first == UInt8(ascii: "{") || first == UInt8(ascii: "["), let flow = try? Manifest.only(bytes) { return flow }
      if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { throw Status(.badRequest, problem.goMessage) }
      do { return try Manifest.only(bytes) } catch {
        throw Failure("unable to parse \(Read.quoted(String(decoding: bytes, as: UTF8.self))): \(Complaint.line(error))")
      }
    }
  }
}
