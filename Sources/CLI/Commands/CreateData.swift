import APIMachinery
import Arguments
import Client
import Formats
import Posix

// kctl create configmap and secret: data from literals and files.

/// Where the data of a ConfigMap or a Secret comes from.
struct DataOptions: Sendable {
  var making = MakingOptions()
  var files: [String] = []
  var literals: [String] = []
  var envFiles: [String] = []
  var type = ""
  var appendHash = false

  static var flags: [Flag<DataOptions>] {
    MakingOptions.flags("kubectl-create").inside(\.making) + [
      .list("from-file", nil, \.files, value: "[KEY=]FILE", completes: .files, "a file or a folder of files, each a key"),
      .each("from-literal", nil, \.literals, value: "KEY=VALUE", "a key and its value"),
      .list("from-env-file", nil, \.envFiles, value: "FILE", completes: .files, "a file of lines KEY=VALUE"),
      .toggle("append-hash", nil, \.appendHash, hidden: true, ""),
    ]
  }

  /// Keys and bytes in order of appearance.
  /// - Parameter twice: the error of a key that comes twice.
  func read(_ session: Session, valid: (String) throws -> Void, twice: (String) -> String) throws -> [(key: String, bytes: [UInt8])] {
    if appendHash { throw Failure("--append-hash is not supported by this build") }
    if !envFiles.isEmpty, !files.isEmpty || !literals.isEmpty {
      throw Failure("from-env-file cannot be combined with from-file or from-literal")
    }
    var out: [(key: String, bytes: [UInt8])] = []
    func add(_ key: String, _ bytes: [UInt8]) throws {
      try valid(key)
      if out.contains(where: { $0.key == key }) { throw Failure(twice(key)) }
      out.append((key, bytes))
    }
    for file in files { try readFile(file, session, add) }
    for literal in literals {
      guard let equals = literal.firstIndex(of: "="), equals != literal.startIndex else {
        throw Failure("invalid literal source \(literal), expected key=value")
      }
      try add(String(literal[..<equals]), Array(literal[literal.index(after: equals)...].utf8))
    }
    for file in envFiles { try readEnvFile(file, session, add) }
    return out
  }

  private func readFile(_ source: String, _ session: Session, _ add: (String, [UInt8]) throws -> Void) throws {
    let parts = source.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    let key: String?
    let path: String
    switch parts.count {
    case 1: (key, path) = (nil, source)
    case 2 where parts[0].isEmpty: throw Failure("key name for file path \(parts[1]) missing")
    case 2 where parts[1].isEmpty: throw Failure("file path for key name \(parts[0]) missing")
    case 2: (key, path) = (parts[0], parts[1])
    default: throw Failure("key names or file paths cannot contain '='")
    }
    do {
      guard try Machine.kind(of: session.absolute(path)) == .folder else {
        let name = path.split(separator: "/").last.map(String.init) ?? path
        return try add(key ?? name, try Machine.readFile(session.absolute(path)))
      }
      if key != nil { throw Failure("cannot give a key name for a directory path") }
      for entry in try Machine.entries(of: session.absolute(path)) where try Machine.kind(of: session.absolute("\(path)/\(entry)")) == .file
      {
        try add(entry, try Machine.readFile(session.absolute("\(path)/\(entry)")))
      }
    } catch let failure as SystemFailure {
      throw Failure("error reading \(path): \(failure.text)")
    }
  }

  private func readEnvFile(_ path: String, _ session: Session, _ add: (String, [UInt8]) throws -> Void) throws {
    let bytes: [UInt8]
    do throws(SystemFailure) { bytes = try Machine.readFile(session.absolute(path)) } catch {
      throw Failure("error reading \(path): \(error.text)")
    }
    for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
      let line = line.drop(while: \.isWhitespace)
      if line.isEmpty || line.hasPrefix("#") { continue }
      let equals = line.firstIndex(of: "=")
      let key = String(equals.map { line[..<$0] } ?? line)
      let problems = Names.envVarName(key)
      if !problems.isEmpty { throw Failure("\(Read.quoted(key)) is not a valid key name: \(problems.joined(separator: ";"))") }
      // A name alone takes the environment's value.
      let value = equals.map { String(line[line.index(after: $0)...]) } ?? session.console.environment(key) ?? ""
      if equals == nil, session.console.environment(key) == nil { continue }
      try add(key, Array(value.utf8))
    }
  }
}

/// `kctl create configmap`
enum CreateConfigMap {
  static var row: Command<Session> {
    Command(
      "configmap", aliases: ["cm"], "Create a config map from a local file, directory or literal value",
      usage: "NAME [--from-file=[KEY=]FILE] [--from-literal=KEY=VALUE]",
      examples: [Example("Two values", "kctl create configmap conf --from-literal=mode=prod --from-literal=level=3")],
      options: { DataOptions() },
      flags: { DataOptions.flags }, run: { try run($0, try oneName($1, "create configmap"), $2) })
  }

  static func run(_ options: DataOptions, _ name: String, _ session: Session) throws {
    let entries = try options.read(
      session,
      valid: { key in
        let problems = Names.configMapKey(key)
        if !problems.isEmpty {
          throw Failure("\(Read.quoted(key)) is not a valid key name for a ConfigMap: \(problems.joined(separator: ","))")
        }
      }, twice: { "cannot add key \(Read.quoted($0)), another key by that name already exists in Data for ConfigMap \(Read.quoted(name))" })
    var object: Value = ["metadata": ["creationTimestamp": nil, "name": .string(name)]]
    for (key, bytes) in entries {
      if let text = String(validating: bytes, as: UTF8.self) {
        object["data", key] = .string(text)
      } else {
        object["binaryData", key] = .string(Base64.encode(bytes))
      }
    }
    try Maker(session, options.making).make(apiVersion: "v1", kind: "ConfigMap", object, failing: "failed to create configmap:")
  }
}

/// `kctl create secret`
enum CreateSecret {
  static var row: Command<Session> {
    Command(
      "secret", "Create a secret using a specified subcommand",
      commands: [
        Command(
          "generic", "Create a secret from a local file, directory, or literal value",
          usage: "NAME [--type=TYPE] [--from-file=[KEY=]FILE] [--from-literal=KEY=VALUE]",
          examples: [Example("A password", "kctl create secret generic db --from-literal=password=secret")], options: { DataOptions() },
          flags: { DataOptions.flags + [.text("type", nil, \.type, value: "TYPE", "the type of the secret")] },
          run: { try run($0, try oneName($1, "create secret generic"), $2) })
      ])
  }

  static func run(_ options: DataOptions, _ name: String, _ session: Session) throws {
    let entries = try options.read(
      session,
      valid: { key in
        let problems = Names.configMapKey(key)
        if !problems.isEmpty { throw Failure("\(Read.quoted(key)) is not valid key name for a Secret \(problems.joined(separator: ";"))") }
      }, twice: { "cannot add key \($0), another key by that name already exists" })
    var object: Value = ["metadata": ["creationTimestamp": nil, "name": .string(name)]]
    if !options.type.isEmpty { object["type"] = .string(options.type) }
    for (key, bytes) in entries { object["data", key] = .string(Base64.encode(bytes)) }
    try Maker(session, options.making).make(apiVersion: "v1", kind: "Secret", object, failing: "failed to create secret")
  }
}
