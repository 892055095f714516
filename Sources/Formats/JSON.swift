/// JSON text.
public enum JSON {
  /// Compact text, members in key order, strings escaped as Go's encoding/json does (`<`, `>`, `&` as \u003c …).
  public static func text(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .bool(let b): b ? "true" : "false"
    case .int(let i): String(i)
    case .number(let n): n
    case .string(let s): quoted(s)
    case .array(let items): "[" + items.map(text).joined(separator: ",") + "]"
    case .object(let members): "{" + members.map { quoted($0.key) + ":" + text($0.value) }.joined(separator: ",") + "}"
    }
  }

  /// A string in quotes, escaped as Go's encoding/json does.
  public static func quoted(_ text: String) -> String { "\"" + text + "\"" }
}
