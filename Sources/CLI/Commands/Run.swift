import APIMachinery
import Arguments
import Client
import Formats

// kctl run: one pod from an image.

/// `kctl run`
enum RunCommand {
  struct Options: Sendable {
    var making = MakingOptions()
    var image = ""
    var pullPolicy = ""
    var port = ""
    var expose = false
    var env: [String] = []
    var labels = ""
    var annotations: [String] = []
    var restart = "Always"
    var command = false
    var privileged = false
    var overrides = Overrides()
    var attaching = AttachingOptions()
    var refused: [String] = []
  }

  static var row: Command<Session> {
    Command(
      "run", "Run an image in a pod", section: CommandTable.Section.basic, usage: "NAME --image=IMAGE [flags] [-- ARG ...]",
      about: "What stands behind -- are the container's arguments, with --command its command.",
      examples: [
        Example("A pod", "kctl run web --image=nginx"),
        Example("One that ends", "kctl run once --image=busybox --restart=Never -- sh -c 'echo hi'"),
        Example("A shell, for as long as one sits at it", "kctl run shell --image=busybox -it --rm --restart=Never -- sh"),
      ], options: { Options() }, flags: { flags }, run: { try run($0, $1, $2) })
  }

  static var flags: [Flag<Options>] {
    MakingOptions.flags("kubectl-run").inside(\.making) + Overrides.flags.inside(\.overrides) + [
      .text("image", nil, \.image, value: "IMAGE", required: true, "the container's image"),
      .text(
        "image-pull-policy", nil, \.pullPolicy, value: "POLICY", completes: .words(["Always", "IfNotPresent", "Never"]),
        "when the image is pulled"),
      .text("port", nil, \.port, value: "PORT", "the port that the container listens on"),
      .toggle("expose", nil, \.expose, "make a ClusterIP service for the pod; needs --port"),
      .each("env", nil, \.env, value: "NAME=VALUE", "a variable of the container's environment"),
      .text("labels", "l", \.labels, value: "KEY=VALUE,...", "the pod's labels"),
      .each("annotations", nil, \.annotations, value: "KEY=VALUE", "an annotation of the pod"),
      .text(
        "restart", nil, \.restart, value: "POLICY", default: "Always", completes: .words(["Always", "OnFailure", "Never"]),
        "when the ended container is started again"),
      .toggle("command", nil, \.command, "take what stands behind -- as the command"),
      .toggle("privileged", nil, \.privileged, "run the container in privileged mode"),
    ]
      + AttachingOptions.flags.inside(\.attaching)
      + ["filename", "recursive"].map { name in
        Flag(FlagWords(name, value: "VALUE", bare: "true", hidden: true, "")) { options, _ in options.refused.append(name) }
      }
  }

  static func run(_ options: Options, _ positionals: Positionals, _ session: Session) throws {
    if let flag = options.refused.first { throw Failure("--\(flag) is not supported: a pod that is run is not read from a file") }
    let behind =
      positionals.beforeDashes.map { Array(positionals.words[min($0, positionals.words.count)...]) } ?? Array(positionals.words.dropFirst())
    guard let name = positionals.words.first, positionals.beforeDashes != 0 else { throw UsageFailure("NAME is required for run", "run") }
    if options.image.isEmpty { throw Failure("--image is required") }
    guard isImage(options.image) else { throw Failure("Invalid image name \(Read.quoted(options.image)): invalid reference format") }
    guard ["Always", "OnFailure", "Never"].contains(options.restart) else {
      throw UsageFailure("invalid restart policy: \(options.restart)", "run")
    }
    if !options.pullPolicy.isEmpty, !["Always", "IfNotPresent", "Never"].contains(options.pullPolicy) {
      throw UsageFailure("invalid image pull policy: \(options.pullPolicy)", "run")
    }
    let maker = try Maker(session, options.making)
    try options.attaching.check(dryRun: maker.dryRun != .none)
    if options.expose, options.port.isEmpty { throw UsageFailure("--port must be set when exposing a service", "run") }
    var pod = try self.pod(name, options, behind)
    pod = try options.overrides.applied(to: pod, apiVersion: "v1", kind: "Pod", session)
    if options.expose {
      var service: Value = [
        "metadata": ["creationTimestamp": nil, "name": .string(name)],
        "spec": ["ports": [try port(options.port)], "selector": pod["metadata"]["labels"]], "status": ["loadBalancer": [:]],
      ]
      service["spec", "ports"][0]["targetPort"] = service["spec", "ports"][0]["port"]
      try maker.make(apiVersion: "v1", kind: "Service", service)
    }
    guard options.attaching.isWanted else { return try maker.make(apiVersion: "v1", kind: "Pod", pod) }
    let made = try maker.makeQuietly(apiVersion: "v1", kind: "Pod", pod)
    try AttachedRun(session, made, options.attaching).run()
  }

  private static func port(_ text: String) throws -> Value {
    guard let number = Int64(text) else { throw Failure("strconv.ParseInt: parsing \(Read.quoted(text)): invalid syntax") }
    return ["port": .int(number), "protocol": "TCP"]
  }

  private static func pod(_ name: String, _ options: Options, _ behind: [String]) throws -> Value {
    let labels = options.labels.isEmpty ? ["run": .string(name)] : try Pairs.parse(options.labels)
    var container: Value = ["image": .string(options.image), "name": .string(name), "resources": [:]]
    if !options.pullPolicy.isEmpty { container["imagePullPolicy"] = .string(options.pullPolicy) }
    if !behind.isEmpty { container[options.command ? "command" : "args"] = .array(behind.map(Value.string)) }
    if !options.port.isEmpty { container["ports"] = [["containerPort": try port(options.port)["port"]]] }
    if !options.env.isEmpty {
      container["env"] = .array(
        try options.env.map { text in
          guard let equals = text.firstIndex(of: "="), equals > text.startIndex else { throw Failure("invalid env: \(text)") }
          return ["name": .string(String(text[..<equals])), "value": .string(String(text[text.index(after: equals)...]))]
        })
    }
    if options.attaching.stream.stdin { container["stdin"] = true }
    if options.attaching.stream.stdin, !options.attaching.leaveStdinOpen { container["stdinOnce"] = true }
    if options.attaching.stream.tty { container["tty"] = true }
    if options.privileged { container["securityContext"] = ["privileged": true] }
    var metadata: Value = ["creationTimestamp": nil, "labels": labels, "name": .string(name)]
    for text in options.annotations {
      guard let equals = text.firstIndex(of: "=") else { throw Failure("unexpected annotation: \(text)") }
      metadata["annotations", String(text[..<equals])] = .string(String(text[text.index(after: equals)...]))
    }
    return [
      "metadata": metadata,
      "spec": ["containers": [container], "dnsPolicy": "ClusterFirst", "restartPolicy": .string(options.restart)], "status": [:],
    ]
  }

  /// Whether a text may name an image: `[HOST[:PORT]/]PATH[:TAG][@DIGEST]`, the path in lower case.
  static func isImage(_ text: String) -> Bool {
    var name = Substring(text)
    if let at = name.firstIndex(of: "@") {
      let digest = name[name.index(after: at)...]
      guard digest.contains(":"), digest.allSatisfy({ $0.isLetter || $0.isNumber || ":+._-".contains($0) }) else { return false }
      name = name[..<at]
    }
    let lastSlash = name.lastIndex(of: "/")
    if let colon = name.lastIndex(of: ":"), lastSlash.map({ colon > $0 }) ?? true {
      let tag = name[name.index(after: colon)...]
      guard !tag.isEmpty, tag.count <= 128, tag.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "_.-".contains($0)) }),
        tag.first != ".", tag.first != "-"
      else { return false }
      name = name[..<colon]
    }
    var parts = name.split(separator: "/", omittingEmptySubsequences: false)
    if parts.count > 1, let host = parts.first,
      host.contains(".") || host.contains(":") || host == "localhost" || host.contains(where: \.isUppercase)
    {
      guard !host.isEmpty, host.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || ".:-[]".contains($0)) }) else { return false }
      parts.removeFirst()
    }
    return parts.allSatisfy { part in
      guard let first = part.first, let last = part.last, first.isNumber || first.isLetter, last.isNumber || last.isLetter else {
        return false
      }
      return part.allSatisfy { $0.isASCII && (($0.isLetter && $0.isLowercase) || $0.isNumber || "_.-".contains($0)) }
    }
  }
}

/// `--overrides`, `--override-type`: JSON laid over a made object.
struct Overrides: Sendable {
  var text = ""
  var type = "merge"

  static let flags: [Flag<Overrides>] = [
    .text("overrides", nil, \.text, value: "JSON", "fields laid over the object that is made"),
    .text(
      "override-type", nil, \.type, value: "json|merge|strategic", default: "merge", completes: .words(["json", "merge", "strategic"]),
      "how --overrides is laid over the object"),
  ]

  func applied(to object: Value, apiVersion: String, kind: String, _ session: Session) throws -> Value {
    guard !text.isEmpty else { return object }
    let body: Value
    do { body = try Manifest.only(Array(text.utf8)) } catch { throw Failure("Invalid JSON Patch: \(Complaint.line(error))") }
    switch type {
    case "json": return try JSONPatch.apply(body, to: object)
    case "merge": return try MergePatch.apply(body, to: object)
    case "strategic":
      return try StrategicMergePatch.apply(
        body, to: object, schema: try session.resources().kind(apiVersion: apiVersion, kind: kind)?.schema)
    default: throw Failure("invalid override type: \(type)")
    }
  }
}

/// `KEY=VALUE,KEY=VALUE`
enum Pairs {
  static func parse(_ text: String) throws -> Value {
    var out: Value = [:]
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard pair.count == 2, !pair[0].isEmpty else { throw Failure("unexpected label spec: \(part)") }
      out[pair[0]] = .string(pair[1])
    }
    return out
  }
}
