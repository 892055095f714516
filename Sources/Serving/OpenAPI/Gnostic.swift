// The Swagger document in protobuf: what kubectl before 1.29 asks for.

import APIMachinery
import Formats

extension OpenAPI {
  /// `/openapi/v2`'s answer in protobuf: gnostic's `openapi.v2.Document`, whose structures are written here as far as `swagger`
  /// has something to say in them. The numbers are those of `openapiv2/OpenAPIv2.proto`.
  enum Gnostic {
    /// By either of the names that client-go has had for it.
    static let contentTypes = [
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf", "application/com.github.proto-openapi.spec.v2@v1.0+protobuf",
    ]

    static func bytes(_ swagger: Value) -> [UInt8] {
      var out = ProtobufWriter()
      out.text(1, swagger["swagger"])
      out.message(2) { info in
        info.text(1, swagger["info", "title"])
        info.text(2, swagger["info", "version"])
      }
      out.message(8) { $0.named(2, swagger["paths"], path) }
      out.message(9) { $0.named(1, swagger["definitions"], schema) }
      return out.bytes
    }

    private static func path(_ item: Value, _ out: inout ProtobufWriter) {
      for (number, method) in [(2, "get"), (3, "put"), (4, "post"), (5, "delete"), (8, "patch")] where item.has(method) {
        out.message(number) { operation(item[method], &$0) }
      }
      parameters(9, item["parameters"], &out)
    }

    private static func operation(_ operation: Value, _ out: inout ProtobufWriter) {
      out.texts(1, operation["tags"])
      out.text(3, operation["description"])
      out.text(5, operation["operationId"])
      out.texts(6, operation["produces"])
      out.texts(7, operation["consumes"])
      parameters(8, operation["parameters"], &out)
      out.message(9) { responses in
        responses.named(1, operation["responses"]) { response, value in
          value.message(1) { out in
            out.text(1, response["description"])
            out.message(2) { item in item.message(1) { schema(response["schema"], &$0) } }
          }
        }
      }
      out.texts(10, operation["schemes"])
      out.extensions(13, operation)
    }

    private static func parameters(_ number: Int, _ list: Value, _ out: inout ProtobufWriter) {
      for parameter in list.items {
        out.message(number) { item in item.message(1) { self.parameter(parameter, &$0) } }
      }
    }

    private static func parameter(_ parameter: Value, _ out: inout ProtobufWriter) {
      switch parameter["in"].text {
      case "body":
        out.message(1) { body in
          body.text(2, parameter["name"])
          body.text(3, parameter["in"])
          body.flag(4, parameter["required"])
          body.message(5) { schema(parameter["schema"], &$0) }
        }
      case let place:
        // In the path and in the query almost the same, but for the numbers after the name.
        let inPath = place == "path"
        out.message(2) { kind in
          kind.message(inPath ? 4 : 3) { out in
            out.flag(1, parameter["required"])
            out.text(2, parameter["in"])
            out.text(3, parameter["description"])
            out.text(4, parameter["name"])
            out.text(inPath ? 5 : 6, parameter["type"])
          }
        }
      }
    }

    private static func schema(_ schema: Value, _ out: inout ProtobufWriter) {
      out.text(1, schema["$ref"])
      out.text(2, schema["format"])
      out.text(4, schema["description"])
      out.any(5, schema["default"])
      out.texts(19, schema["required"])
      for value in schema["enum"].items { out.any(20, value) }
      if schema.has("additionalProperties") {
        out.message(21) { item in item.message(1) { self.schema(schema["additionalProperties"], &$0) } }
      }
      if schema.has("type") { out.message(22) { $0.text(1, schema["type"]) } }
      if schema.has("items") { out.message(23) { item in item.message(1) { self.schema(schema["items"], &$0) } } }
      if schema.has("properties") { out.message(25) { $0.named(1, schema["properties"], self.schema) } }
      out.extensions(31, schema)
    }
  }
}

extension ProtobufWriter {
  /// A text, where there is one.
  fileprivate mutating func text(_ number: Int, _ value: Value) { if let text = value.string { self.text(number, text) } }

  fileprivate mutating func texts(_ number: Int, _ list: Value) { for item in list.items { text(number, item) } }

  fileprivate mutating func flag(_ number: Int, _ value: Value) { if value.bool == true { flag(number, true) } }

  /// Any value, as the YAML that JSON is.
  fileprivate mutating func any(_ number: Int, _ value: Value) {
    guard !value.isNull else { return }
    message(number) { $0.text(2, JSON.text(value)) }
  }

  /// An object's members, each a message of its name and its value.
  fileprivate mutating func named(_ number: Int, _ object: Value, _ write: (Value, inout ProtobufWriter) -> Void) {
    for member in object.members {
      message(number) { pair in
        pair.text(1, member.key)
        pair.message(2) { write(member.value, &$0) }
      }
    }
  }

  /// What stands in an object beside OpenAPI's own words.
  fileprivate mutating func extensions(_ number: Int, _ object: Value) {
    for member in object.members where member.key.hasPrefix("x-") {
      message(number) { pair in
        pair.text(1, member.key)
        pair.any(2, member.value)
      }
    }
  }
}
