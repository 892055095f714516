import API
import APIMachinery
import Client
import Formats
import HTTP

// Bodies of requests, read.

/// Reads the objects that requests carry.
enum Bodies {
  /// `application/json` of `application/json; charset=utf-8`.
  static func type(_ header: Header) -> String { Header.trimmedText((header["Content-Type"] ?? "").prefix { $0 != ";" }).lowercased() }

  /// An object in JSON, YAML or protobuf. Keys that stand twice are judged as unknown fields are.
  static func object(_ request: Request, _ kind: Kind, _ validation: FieldValidation, _ warn: (String) -> Void) throws(Status) -> Value {
    let value: Value
    switch type(request.head.header) {
    case "", "application/json":
      let document = try json(request.body, "the object provided is unrecognized (must be of type \(kind.name))")
      value = document.value
      let twice = document.duplicates.map { "duplicate field \(JSON.quoted(path(of: $0)))" }
      if !twice.isEmpty, validation == .strict {
        throw Status(
          .badRequest,
          "\(kind.name) in version \"\(kind.version)\" cannot be handled as a \(kind.name): strict decoding error: \(twice.joined(separator: ", "))"
        )
      }
      if validation == .warn { for text in twice { warn(text) } }
    case "application/yaml": value = try yaml(request.body)
    case ProtobufBody.contentType: value = try ProtobufBody.object(request.body, kind.schema)
    default: throw unsupported()
    }
    guard case .object = value else {
      throw Status(.badRequest, "the object provided is unrecognized (must be of type \(kind.name)): it is no object")
    }
    return value
  }

  /// DeleteOptions; null where there are none. Another object is refused: who deletes must know what was asked for.
  static func deleteOptions(_ request: Request) throws(Status) -> Value {
    let options = try small(request, MetaV1.deleteOptions)
    guard let kind = options["kind"].string, !kind.isEmpty, kind != "DeleteOptions" else { return options }
    let version = JSON.quoted(options["apiVersion"].text)
    throw Status(
      .badRequest, "\(kind) in version \(version) cannot be handled as a DeleteOptions: no kind \(JSON.quoted(kind)) is registered")
  }

  /// What a subresource is given; null where that is nothing.
  static func options(_ request: Request) throws(Status) -> Value { try small(request, nil) }

  private static func small(_ request: Request, _ expected: Definition?) throws(Status) -> Value {
    guard !request.body.isEmpty else { return .null }
    switch type(request.head.header) {
    case "", "application/json": return try json(request.body, "the options are no JSON").value
    case "application/yaml": return try yaml(request.body)
    case ProtobufBody.contentType: return try ProtobufBody.object(request.body, expected)
    default: throw unsupported()
    }
  }

  static func patch(_ request: Request) throws(Status) -> Patch {
    switch type(request.head.header) {
    case "application/json-patch+json": return .json(try json(request.body).value)
    case "application/merge-patch+json": return .merge(try json(request.body).value)
    case "application/strategic-merge-patch+json": return .strategic(try json(request.body).value)
    case "application/apply-patch+yaml": return .apply(try yaml(request.body))
    default:
      throw unsupported([
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
        "application/apply-patch+yaml",
      ])
    }
  }

  private static func unsupported(_ known: [String] = ["application/json", "application/yaml", ProtobufBody.contentType]) -> Status {
    Status(
      .unsupportedMediaType,
      "the body of the request was in an unknown format - accepted media types include: \(known.joined(separator: ", "))")
  }

  private static func json(_ bytes: [UInt8], _ what: String = "") throws(Status) -> JSON.Document {
    do throws(ParseError) {
      return try JSON.document(bytes)
    } catch {
      throw Status(.badRequest, what.isEmpty ? error.goMessage : "\(what): \(error.goMessage)")
    }
  }

  /// One YAML document; JSON is YAML, and read faster as what it is.
  private static func yaml(_ bytes: [UInt8]) throws(Status) -> Value {
    if bytes.first(where: { $0 > 32 }) == UInt8(ascii: "{"), let value = try? JSON.parse(bytes) { return value }
    let read = YAML.manifests(bytes)
    if let error = read.error { throw Status(.badRequest, "error decoding YAML: \(error.goMessage)") }
    return read.documents.first?.value ?? .null
  }

  /// `spec.containers[0].name`
  private static func path(of duplicate: Duplicate) -> String {
    var text = ""
    for step in duplicate.path + [.key(duplicate.key)] {
      switch step {
      case .key(let key): text += text.isEmpty ? key : ".\(key)"
      case .index(let index): text += "[\(index)]"
      }
    }
    return text
  }
}
