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

  /// The object that a body holds, in the form that its JSON has.
  ///
  /// - Parameter expected: the kind where the body names none.
  static func object(_ bytes: [UInt8], _ expected: Definition?, _ what: String) throws(Status) -> Value {
    let body: ProtobufBody
    do throws(ProtobufError) {
      body = try ProtobufBody(bytes)
    } catch {
      throw Status(.badRequest, "the object provided is unrecognized (must be of type \(what)): \(error.text)")
    }
    do throws(ProtobufError) {
      return try body.object(expected)
    } catch {
      guard !body.kind.isEmpty else {
        throw Status(.badRequest, "the object provided is unrecognized (must be of type \(what)): \(error.text)")
      }
      let version = body.apiVersion.split(separator: "/").last ?? ""
      throw Status(.badRequest, "\(body.kind) in version \"\(version)\" cannot be handled as a \(what): \(error.text)")
    }
  }

  private init(_ bytes: [UInt8]) throws(ProtobufError) {
    self.bytes = bytes
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

  private func object(_ expected: Definition?) throws(ProtobufError) -> Value {
    guard contentEncoding.isEmpty else { throw ProtobufError("the content encoding \(JSON.quoted(contentEncoding)) is unknown") }
    var object: Value
    switch contentType {
    case "", ProtobufBody.contentType:
      guard let definition = kind.isEmpty ? expected : ProtobufBody.definition(apiVersion, kind) else {
        throw ProtobufError("no kind \(JSON.quoted(kind)) is registered for version \(JSON.quoted(apiVersion))")
      }
      object = try ProtobufDecoder(bytes: bytes).object(raw, definition)
    case "application/json":
      do throws(ParseError) { object = try JSON.parse(Array(bytes[raw])) } catch { throw ProtobufError(error.goMessage) }
    default: throw ProtobufError("the content type \(JSON.quoted(contentType)) is unknown")
    }
    if !kind.isEmpty { object["kind"] = .string(kind) }
    if !apiVersion.isEmpty { object["apiVersion"] = .string(apiVersion) }
    return object
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
