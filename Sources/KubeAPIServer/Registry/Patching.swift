// The four types of patches.

import API
import APIMachinery
import Client
import Formats

extension APIServer {
  /// The object with a patch applied, decoded as its kind.
  func patched(_ object: Value, _ patch: Patch, _ kind: Kind, _ options: WriteOptions) throws(Status) -> Value {
    var result: Value
    let shown: String
    let isStrategic: Bool
    switch patch {
    case .merge(let body):
      result = try MergePatch.apply(body, to: object)
      shown = JSON.text(result)
      isStrategic = false
    case .json(let operations):
      result = try JSONPatch.apply(operations, to: object)
      shown = JSON.text(result)
      isStrategic = false
    case .strategic(let body):
      result = try StrategicMergePatch.apply(body, to: object, schema: kind.schema)
      shown = APIServer.goShown(body)
      isStrategic = true
    case .apply: throw Status(.unsupportedMediaType, "an apply patch is not a patch of this object")
    }
    let name = result["metadata"]["name"].text
    if name != object.name {
      throw Status(.badRequest, "the name of the object (\(name)) does not match the name on the URL (\(object.name))")
    }
    var unknown: [String] = []
    do {
      result = try fields(of: result, kind, unknown: &unknown)
    } catch {
      guard error.reason == .badRequest else { throw error }
      throw APIServer.badPatch(shown, isStrategic ? APIServer.converterWords(error.message) : error.message)
    }
    if !unknown.isEmpty {
      switch options.fieldValidation {
      case .strict:
        throw APIServer.badPatch(shown, "strict decoding error: " + unknown.map { "unknown field \"\($0)\"" }.joined(separator: ", "))
      case .warn: for field in unknown { onWarning?("unknown field \"\(field)\"") }
      case .ignore: break
      }
    }
    return result
  }

  /// A patch whose result is no object of the kind: Invalid, about nothing in particular.
  private static func badPatch(_ shown: String, _ why: String) -> Status {
    let problem = FieldError.invalid("patch", shown: goQuoted(shown), why)
    var status = Status(.invalid, " \"\" is invalid: \(problem.field): \(problem.text)")
    status.causes = [.init(reason: problem.reason, message: problem.text, field: problem.field)]
    return status
  }

  /// Strategic patches are converted without going through JSON, in other words.
  private static func converterWords(_ message: String) -> String {
    guard message.hasPrefix("json: cannot unmarshal "), let of = message.range(of: " of type ") else { return message }
    let type = String(message[of.upperBound...])
    let word = message.dropFirst("json: cannot unmarshal ".count).prefix { $0 != " " }
    let kind =
      switch word {
      case "number": "int64"
      case "array": "slice"
      case "object": "map"
      default: String(word)
      }
    if type.hasPrefix("map[") { return "cannot restore map from \(kind)" }
    if type.hasPrefix("[]") { return "cannot restore slice from \(kind)" }
    if type.contains(".") { return "cannot restore struct from: \(kind)" }
    return "unrecognized type: \(type)"
  }

  /// A tree as Go's `%+v` prints it.
  private static func goShown(_ value: Value) -> String {
    switch value {
    case .null: "<nil>"
    case .bool(let flag): flag ? "true" : "false"
    case .int(let number): String(number)
    case .number(let text): text
    case .string(let text): text
    case .array(let items): "[" + items.map(goShown).joined(separator: " ") + "]"
    case .object(let members): "map[" + members.map { $0.key + ":" + goShown($0.value) }.joined(separator: " ") + "]"
    }
  }

  /// Server-side apply: makes the object or changes what its applier owns.
  func apply(_ key: ObjectKey, _ configuration: Value, _ options: WriteOptions) throws(Status) -> Value {
    let kind = key.kind
    let table = try table(kind, to: "patch")
    var configuration = configuration
    let given = configuration["metadata"]["name"].text
    if !given.isEmpty, given != key.name {
      throw Status(.badRequest, "the name of the object (\(given)) does not match the name on the URL (\(key.name))")
    }
    if given.isEmpty { configuration["metadata", "name"] = .string(key.name) }
    let row = table.row(kind.namespaced ? key.namespace : "", key.name)
    let result = try ServerSideApply.apply(
      configuration, to: row?.value, manager: options.fieldManager, force: options.force, schema: kind.schema,
      ignored: Strategy.hasStatus(kind) ? ["status"] : [], now: now)
    guard let row else { return try create(kind, namespace: key.namespace, result, options) }
    let object = try decoded(result, kind, options)
    return try replace(row, key, with: object, status: false, options, ownersAreNoted: true)
  }

  /// What an ordinary write leaves in managedFields: nothing until an object was first applied, then who wrote what.
  func noteOwners(_ object: inout Value, replacing old: Value, status: Bool, _ options: WriteOptions) {
    guard !old["metadata"]["managedFields"].items.isEmpty else {
      if object["metadata"].has("managedFields") { object["metadata"].remove("managedFields") }
      return
    }
    var plain = object
    plain["metadata", "managedFields"] = old["metadata"]["managedFields"]
    object = plain
    if plain == old { return }
    let kind = Kinds.all.first { $0.apiVersion == object.apiVersion && $0.name == object.kind }
    object = ManagedFields.noted(
      plain, from: old, manager: options.fieldManager, subresource: status ? "status" : "", schema: kind?.schema,
      ignored: status || kind.map(Strategy.hasStatus) != true ? [] : ["status"], now: now)
  }

  /// Whether two objects differ in nothing but when somebody last wrote them.
  static func sameButForTimes(_ a: Value, _ b: Value) -> Bool {
    func bare(_ object: Value) -> Value {
      var object = object
      let owners = object["metadata"]["managedFields"].items
      guard !owners.isEmpty else { return object }
      object["metadata", "managedFields"] = .array(
        owners.map { owner in
          var owner = owner
          owner.remove("time")
          return owner
        })
      return object
    }
    return bare(a) == bare(b)
  }
}

extension String {
  /// Where a piece of text begins and ends.
  func range(of piece: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(piece) { return start..<index(start, offsetBy: piece.count) }
      start = index(after: start)
    }
    return nil
  }
}
