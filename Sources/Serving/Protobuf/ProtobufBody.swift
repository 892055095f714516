import API
import APIMachinery
import Formats

// Bodies in Kubernetes' protobuf: four bytes, then runtime.Unknown, which names the kind and holds the object's message.

/// A request's body in `application/vnd.kubernetes.protobuf`: what kubectl's typed commands send.
struct ProtobufBody {
  static let contentType = "application/vnd.kubernetes.protobuf"

  /// `k8s`, and a byte of nought.
  private static let prefix: [UInt8] = [0x6B, 0x38, 0x73, 0]

  private var apiVersion = ""
  private var kind = ""
  private var raw = 0..<0
  private var contentEncoding = ""
  private var contentType = ""
  private let bytes: [UInt8]

  /// The object that a body holds, as its JSON would be: what is empty is gone, unless it says something.
  ///
  /// Of a kind that is not in the tables no more than its name is known; whoever asked for another kind refuses it by that.
  ///
  /// - Parameter expected: the definition where the body names no kind.
  static func object(_ bytes: [UInt8], _ expected: Definition?) throws(Status) -> Value {
    let name = expected.map { $0.name.split(separator: ".").last ?? "" }.map(String.init) ?? ""
    var body = ProtobufBody(bytes)
    do throws(ProtobufError) { try body.open() } catch { throw body.unreadable(error.text, name) }
    let definition = body.kind.isEmpty ? expected : ProtobufBody.definition(body.apiVersion, body.kind)
    guard let definition else {
      guard !body.kind.isEmpty else { throw body.unreadable("Object 'Kind' is missing", name) }
      return body.named(.object(Members()))
    }
    let value: Value
    do throws(ProtobufError) { value = try body.value(definition) } catch { throw body.unreadable(error.text, name) }
    var unknown: [String] = []
    do throws(Status) {
      return body.named(try decode(value, as: definition, unknown: &unknown))
    } catch {
      throw body.unreadable(error.message, name)
    }
  }

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads what stands around the message.
  private mutating func open() throws(ProtobufError) {
    guard bytes.starts(with: ProtobufBody.prefix) else {
      throw ProtobufError("provided data does not appear to be a protobuf message, expected prefix \(ProtobufBody.prefix)")
    }
    var reader = ProtobufReader(bytes, ProtobufBody.prefix.count..<bytes.count)
    while let tag = try reader.tag() {
      guard tag.wire == .length else {
        try reader.skip(tag)
        continue
      }
      let range = try reader.range()
      switch tag.number {
      case 1: try type(range)
      case 2: raw = range
      case 3: contentEncoding = String(decoding: bytes[range], as: UTF8.self)
      case 4: contentType = String(decoding: bytes[range], as: UTF8.self)
      default: break
      }
    }
  }

  private mutating func type(_ range: Range<Int>) throws(ProtobufError) {
    var reader = ProtobufReader(bytes, range)
    while let tag = try reader.tag() {
      guard tag.wire == .length else {
        try reader.skip(tag)
        continue
      }
      let text = String(decoding: bytes[try reader.range()], as: UTF8.self)
      switch tag.number {
      case 1: apiVersion = text
      case 2: kind = text
      default: break
      }
    }
  }

  private func value(_ definition: Definition) throws(ProtobufError) -> Value {
    guard contentEncoding.isEmpty else { throw ProtobufError("the content encoding \(JSON.quoted(contentEncoding)) is unknown") }
    switch contentType {
    case "", ProtobufBody.contentType: return try ProtobufDecoder(bytes: bytes).object(raw, definition)
    case "application/json":
      do throws(ParseError) { return try JSON.parse(Array(bytes[raw])) } catch { throw ProtobufError(error.goMessage) }
    default: throw ProtobufError("the content type \(JSON.quoted(contentType)) is unknown")
    }
  }

  private func named(_ object: Value) -> Value {
    var object = object
    if !kind.isEmpty { object["kind"] = .string(kind) }
    if !apiVersion.isEmpty { object["apiVersion"] = .string(apiVersion) }
    return object
  }

  private func unreadable(_ why: String, _ expected: String) -> Status {
    guard !kind.isEmpty else {
      return Status(.badRequest, "the object provided is unrecognized\(expected.isEmpty ? "" : " (must be of type \(expected))"): \(why)")
    }
    let version = apiVersion.split(separator: "/").last ?? ""
    return Status(
      .badRequest, "\(kind) in version \"\(version)\" cannot be handled as a \(expected.isEmpty ? kind : expected): \(why)")
  }

  /// The definition of a kind, as far as clients send it. Options belong to every group.
  private static func definition(_ apiVersion: String, _ kind: String) -> Definition? {
    switch kind {
    case "DeleteOptions": MetaV1.deleteOptions
    case "Eviction": PolicyV1.eviction
    case "Scale": AutoscalingV1.scale
    default: Kinds.all.first { $0.name == kind && $0.apiVersion == apiVersion }?.schema
    }
  }
}
