import APIMachinery
import Formats

// `explain`: a kind's fields and what each is for, from the kind tables.

/// Explains a kind, or one of its fields.
public struct Explain {
  /// A field's name on the way that the kind doesn't have, and the nearest that it does.
  public struct NoSuchField: Error, Sendable {
    public let name: String
    public let candidates: [String]
  }

  private static let width = 76

  /// What every explanation begins with: group, kind and version.
  public static func heading(_ kind: Kind) -> String {
    (kind.group.isEmpty ? "" : "GROUP:      \(kind.group)\n") + "KIND:       \(kind.name)\nVERSION:    \(kind.version)\n\n"
  }

  /// What stands under the heading.
  /// - Parameter path: field names from the kind's root.
  public static func text(_ kind: Kind, path: [String], recursive: Bool) throws(NoSuchField) -> String {
    guard let schema = kind.documentation else { return "DESCRIPTION:\n    <empty>\n" }
    var definition: Definition? = schema
    var field: Field?
    for name in path {
      guard let next = definition?.field(name) else { throw NoSuchField(name: name, candidates: definition?.fields.map(\.name) ?? []) }
      field = next
      definition = structure(next.type)
    }
    var out = ""
    if let field {
      out += "FIELD: \(field.name) <\(typeName(field.type))>\(field.required ? " -required-" : "")\n"
      out += enumeration(field, indent: "", all: true)
      out += "\n\nDESCRIPTION:\n"
      out += paragraph(field.doc, indent: 4)
      if let definition, definition.doc != field.doc { out += paragraph(definition.doc, indent: 4) }
    } else {
      out += "DESCRIPTION:\n" + paragraph(kind.summary.isEmpty ? schema.doc : kind.summary, indent: 4)
    }
    out += "    \n"
    guard let definition else { return out + "\n" }
    out += "FIELDS:\n"
    out += recursive ? tree(definition, level: 1, within: [definition.name]) : list(definition)
    return out + "\n"
  }

  private static func sorted(_ definition: Definition) -> [Field] { definition.fields.sorted { Members.precedes($0.name, $1.name) } }

  private static func list(_ definition: Definition) -> String {
    var out = ""
    for field in sorted(definition) {
      out += line(field, indent: "  ")
      out += enumeration(field, indent: "  ", all: true)
      out += paragraph(field.doc.isEmpty ? "<no description>" : field.doc, indent: 4)
      out += "\n"
    }
    return out
  }

  private static func tree(_ definition: Definition, level: Int, within: [String]) -> String {
    let indent = String(repeating: "  ", count: level)
    var out = ""
    for field in sorted(definition) {
      out += line(field, indent: indent)
      out += enumeration(field, indent: indent, all: false)
      if let inner = structure(field.type), !within.contains(inner.name) {
        out += tree(inner, level: level + 1, within: within + [inner.name])
      }
    }
    return out
  }

  private static func line(_ field: Field, indent: String) -> String {
    "\(indent)\(field.name)\t<\(typeName(field.type))>\(field.required ? " -required-" : "")\n"
  }

  private static func enumeration(_ field: Field, indent: String, all: Bool) -> String {
    guard !field.allowed.isEmpty else { return "" }
    let values = field.allowed.sorted(by: Members.precedes).map { $0.isEmpty ? "\"\"" : $0 }
    let shown = all || values.count <= 4 ? values.joined(separator: ", ") : values.prefix(4).joined(separator: ", ") + ", ...."
    return "\(indent)enum: \(shown)\n"
  }

  /// The structure behind a type, through lists and maps.
  private static func structure(_ type: FieldType) -> Definition? {
    switch type {
    case .array(let element), .map(let element): structure(element)
    case .object(let definition): definition()
    default: nil
    }
  }

  /// A type as OpenAPI's plain text names it.
  static func typeName(_ type: FieldType) -> String {
    switch type {
    case .string, .time, .microTime, .bytes: "string"
    case .boolean: "boolean"
    case .int32, .int64: "integer"
    case .double: "number"
    case .quantity: "Quantity"
    case .intOrString: "IntOrString"
    case .any: "FieldsV1"
    case .array(let element): "[]\(typeName(element))"
    case .map(let element): "map[string]\(typeName(element))"
    case .object(let definition): String(definition().name.split(separator: ".").last ?? "Object")
    }
  }

  /// Words wrapped to the width of a terminal.
  private static func paragraph(_ text: String, indent: Int) -> String {
    let margin = String(repeating: " ", count: indent)
    var out = ""
    for part in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in part.split(separator: " ") {
        if !line.isEmpty, line.count + 1 + word.count > width {
          out += "\(margin)\(line)\n"
          line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
      }
      out += "\(margin)\(line)\n"
    }
    return out
  }
}
