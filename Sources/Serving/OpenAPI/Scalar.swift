// Types that are one value to the tables and schemas of their own to OpenAPI.

import APIMachinery
import Formats

extension OpenAPI {
  struct Scalar {
    /// As published.
    let name: String
    private let doc: String
    /// Several where the value may be of either type; version 2 knows the first only.
    private let types: [String]
    private let format: String

    init?(_ type: FieldType) {
      switch type {
      case .quantity:
        self.init("api.resource.Quantity", "A number with an optional unit: 250m, 1.5, 64Mi, 2Gi, 1e3.", ["string", "number"])
      case .intOrString:
        self.init(
          "util.intstr.IntOrString", "A number, or a text such as a port's name or a percentage.", ["string", "integer"], "int-or-string")
      case .time: self.init("apis.meta.v1.Time", "A time to the second, as in RFC 3339.", ["string"], "date-time")
      case .microTime: self.init("apis.meta.v1.MicroTime", "A time to the microsecond, as in RFC 3339.", ["string"], "date-time")
      case .any: self.init("apis.meta.v1.FieldsV1", "A set of fields, as a tree of their paths.", ["object"])
      default: return nil
      }
    }

    private init(_ name: String, _ doc: String, _ types: [String], _ format: String = "") {
      self.name = "io.k8s.apimachinery.pkg." + name
      self.doc = doc
      self.types = types
      self.format = format
    }

    func schema(_ dialect: Dialect) -> Value {
      var out: Value = ["description": .string(doc)]
      if dialect == .three, types.count > 1 {
        out["oneOf"] = .array(types.sorted(by: Members.precedes).map { ["type": .string($0)] })
      } else {
        out["type"] = .string(types[0])
      }
      if !format.isEmpty { out["format"] = .string(format) }
      return out
    }
  }
}
