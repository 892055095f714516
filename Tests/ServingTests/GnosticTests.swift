// The Swagger document says the same in protobuf.

import API
import APIMachinery
import Formats
import Testing

@testable import Serving

struct GnosticTests {
  static let swagger = OpenAPI.swagger(Kinds.all + [Kinds.simulation])

  /// A message's fields by their numbers.
  struct Fields {
    private let bytes: [UInt8]
    private var found: [Int: [Range<Int>]] = [:]
    private(set) var flags: Set<Int> = []

    init(_ bytes: [UInt8]) throws {
      self.bytes = bytes
      var reader = ProtobufReader(bytes)
      while let tag = try reader.tag() {
        if tag.wire == .length {
          found[tag.number, default: []].append(try reader.range())
        } else if try reader.varint() == 1 {
          flags.insert(tag.number)
        }
      }
    }

    func all(_ number: Int) throws -> [Fields] { try (found[number] ?? []).map { try Fields(Array(bytes[$0])) } }
    func one(_ number: Int) throws -> Fields? { try all(number).first }
    func texts(_ number: Int) -> [Value] { (found[number] ?? []).map { .string(String(decoding: bytes[$0], as: UTF8.self)) } }
    func text(_ number: Int) -> Value? { texts(number).first }
  }

  static func named(_ fields: Fields?, _ read: (Fields) throws -> Value) throws -> Value {
    .object(Members(try (fields?.all(1) ?? []).map { ($0.text(1)?.text ?? "", try $0.one(2).map(read) ?? .null) }))
  }

  static func any(_ fields: Fields) throws -> Value { try JSON.parse(fields.text(2)?.text ?? "") }

  static func schema(_ fields: Fields) throws -> Value {
    var out = Members()
    out["$ref"] = fields.text(1)
    out["format"] = fields.text(2)
    out["description"] = fields.text(4)
    if !fields.texts(19).isEmpty { out["required"] = .array(fields.texts(19)) }
    let values = try fields.all(20).map(any)
    if !values.isEmpty { out["enum"] = .array(values) }
    out["additionalProperties"] = try fields.one(21)?.one(1).map(schema)
    out["type"] = try fields.one(22)?.text(1)
    out["items"] = try fields.one(23)?.one(1).map(schema)
    if let properties = try fields.one(25) { out["properties"] = try named(properties, schema) }
    for pair in try fields.all(31) { out[pair.text(1)?.text ?? ""] = try pair.one(2).map(any) }
    return .object(out)
  }

  @Test func definitionsComeBackWhole() throws {
    let document = try Fields(OpenAPI.Gnostic.bytes(Self.swagger))
    #expect(document.text(1) == "2.0")
    let definitions = try Self.named(try document.one(9), Self.schema)
    #expect(definitions.members.count > 200)
    #expect(definitions.members.keys == Self.swagger["definitions"].members.keys)
    for member in definitions.members { #expect(member.value == Self.swagger["definitions"][member.key], "\(member.key)") }
  }

  @Test func pathsTellTheirOperations() throws {
    let paths = try #require(try Fields(OpenAPI.Gnostic.bytes(Self.swagger)).one(8)).all(2)
    #expect(paths.compactMap { $0.text(1)?.text } == Self.swagger["paths"].members.keys)
    for path in paths {
      let item = Self.swagger["paths"][path.text(1)?.text ?? ""]
      for (number, method) in [(2, "get"), (3, "put"), (4, "post"), (5, "delete"), (8, "patch")] {
        let operation = try path.one(2)?.one(number)
        #expect(operation?.text(5) ?? .null == item[method]["operationId"])
        #expect(try operation?.all(8).count ?? 0 == item[method]["parameters"].items.count)
        #expect(try operation?.one(9)?.all(1).map { $0.text(1)?.text ?? "" } ?? [] == item[method]["responses"].members.keys)
        let extensions = try operation?.all(13).map { pair in (pair.text(1)?.text ?? "", try pair.one(2).map(Self.any) ?? .null) }
        #expect(extensions?.count ?? 0 == item[method].members.count { $0.key.hasPrefix("x-") })
      }
    }
    let pod = try #require(try paths.first { $0.text(1) == "/api/v1/namespaces/{namespace}/pods/{name}" }?.one(2))
    let name = try #require(try pod.one(9)?.one(1)?.one(2)?.one(4))
    #expect([name.text(2), name.text(4), name.text(5)] == ["path", "name", "string"] && name.flags.contains(1))
    let body = try #require(try pod.one(3)?.one(8)?.one(1)?.one(1))
    #expect(body.text(3) == "body")
    #expect(try body.one(5)?.text(1) == "#/definitions/io.k8s.api.core.v1.Pod")
  }
}
