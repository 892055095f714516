import APIMachinery
import Arguments
import Client
import Formats
import Posix

// kctl cp: files to and from containers, through tar.

/// `kctl cp`
enum CopyCommand {
  struct Options: Sendable {
    var container = ""
    var noPreserve = false
    var retries = 0
  }

  static var row: Command<Session> {
    Command(
      "cp", "Copy files and directories to and from containers", section: CommandTable.Section.inspect,
      usage: "FILE-SPEC-SRC FILE-SPEC-DEST",
      about:
        "A file is named by its path, in a container by [NAMESPACE/]POD:PATH. The container's tar does its part of the work; symbolic links are not copied from containers.",
      examples: [
        Example("A file into a pod", "kctl cp ./page.html web:/srv/page.html"),
        Example("A folder out of a pod", "kctl cp web:/var/log ./logs"),
      ], completes: .files, options: { Options() }, flags: { flags }, run: { try run($0, $1.words, $2) })
  }

  private static var flags: [Flag<Options>] {
    [
      .text("container", "c", \.container, value: "CONTAINER", completes: .asked("containers"), "the container of the pod"),
      .toggle("no-preserve", nil, \.noPreserve, "don't keep owners and permissions in the container"),
      .number("retries", nil, \.retries, default: "0", "how often to resume a copy from a container; below 0 is for ever"),
    ]
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    guard words.count == 2 else { throw Failure("source and destination are required") }
    let (source, target) = (try CopyPlace(words[0]), try CopyPlace(words[1]))
    if !source.pod.isEmpty, !target.pod.isEmpty { throw Failure("one of src or dest must be a local file specification") }
    if source.path.isEmpty || target.path.isEmpty { throw Failure("filepath can not be empty") }
    if !source.pod.isEmpty { return try CopyRun(session, source, options).receive(to: target.path) }
    if !target.pod.isEmpty { return try CopyRun(session, target, options).send(source.path) }
    throw Failure("one of src or dest must be a remote file specification")
  }
}

/// A copy to or from a container.
private struct CopyRun {
  let session: Session
  let place: CopyPlace
  let options: CopyCommand.Options

  init(_ session: Session, _ place: CopyPlace, _ options: CopyCommand.Options) {
    self.session = session
    self.place = place
    self.options = options
  }

  /// Opens commands in the container that is meant.
  private func container() throws -> ContainerCommands {
    guard let kind = try session.resources().kind(apiVersion: "v1", kind: "Pod") else { throw Failure("the cluster has no pods") }
    let namespace = place.namespace.isEmpty ? try session.namespace() : place.namespace
    let pod = try session.client().get(ObjectKey(kind, namespace, place.pod), subresource: nil)
    var options = StreamOptions()
    options.container = self.options.container
    let request = try ExecRun(session, pod, options).request([])
    return ContainerCommands(session, request)
  }

  // MARK: To the container

  func send(_ path: String) throws {
    let path = SlashPath.clean(path)
    guard (try? Machine.kind(of: path)) != nil else { throw Failure("\(path) doesn't exist in local filesystem") }
    let container = try container()
    var target = SlashPath.clean(place.path)
    // Into a folder that is there.
    if try container.run(["test", "-d", place.path]).run() == .success {
      target = SlashPath.join(target, SlashPath.base(SlashPath.clean(session.absolute(path))))
    }
    var command = options.noPreserve ? ["tar", "--no-same-permissions", "--no-same-owner", "-xmf", "-"] : ["tar", "-xmf", "-"]
    let folder = SlashPath.folder(target)
    if !folder.isEmpty { command += ["-C", folder] }
    var archive = TarWriter(path, as: SlashPath.base(target))
    var pump = try container.run(command, hasInput: true)
    pump.input = { try archive.next() }
    pump.output = { session.console.write(bytes: $0) }
    pump.errors = { session.console.complain(bytes: $0) }
    try pump.run().check(session)
  }

  // MARK: From the container

  func receive(to target: String) throws {
    let container = try container()
    // tar leaves out what leads out.
    var prefix = SlashPath.clean(place.path.trimmingSlashes)
    while prefix == ".." || prefix.hasPrefix("../") { prefix = String(prefix.dropFirst(prefix == ".." ? 2 : 3)) }
    var toldOfLinks = false
    let untar = Untar(prefix: prefix, to: target, warn: session.say) { path, link in
      let again =
        "\(session.program) exec -n \(Read.quoted(place.namespace)) \(Read.quoted(place.pod)) -- tar cf - \(Read.quoted(place.path)) | tar xf -"
      let advice = toldOfLinks ? "" : " (consider using \"\(again)\")"
      toldOfLinks = true
      session.say("warning: skipping symlink: \(Read.quoted(path)) -> \(Read.quoted(link))\(advice)")
    }
    var received = 0
    var attempt = 0
    while true {
      var pump = try container.run(tar(from: received))
      pump.output = { bytes in
        received += bytes.count
        try untar.take(bytes)
      }
      // As kubectl does: what tar complains of stands on standard output.
      pump.errors = { session.console.write(bytes: $0) }
      let end: StreamEnd
      do { end = try pump.run() } catch let status as Status { end = .failed(status.message) }
      guard end != .success else { return try untar.end() }
      guard options.retries < 0 || attempt < options.retries else { return try end.check(session) }
      attempt += 1
      session.print("Resuming copy at \(received) bytes, retry \(attempt)/\(options.retries)")
    }
  }

  private func tar(from start: Int) -> [String] {
    guard options.retries != 0 else { return ["tar", "cf", "-", place.path] }
    return ["sh", "-c", "tar cf - \"$0\" | tail -c+\"$1\"", place.path, String(start + 1)]
  }
}

/// Commands in one container.
private struct ContainerCommands {
  let session: Session
  let request: StreamRequest

  init(_ session: Session, _ request: StreamRequest) {
    self.session = session
    self.request = request
  }

  func run(_ words: [String], hasInput: Bool = false) throws -> StreamPump {
    var one = request
    one.purpose = .exec(words)
    one.hasInput = hasInput
    return StreamPump(stream: try session.client().stream(one))
  }
}

extension String {
  fileprivate var trimmingSlashes: String { String(drop { $0 == "/" }) }
}
