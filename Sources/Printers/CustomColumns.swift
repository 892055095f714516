import APIMachinery
import Formats

// `-o custom-columns=NAME:.metadata.name,…`: a table of one's own.

/// Columns by header and JSONPath.
public struct CustomColumns: Sendable {
  let headers: [String]
  let paths: [JSONPath]

  /// - Parameter spec: `HEADER:path,HEADER:path`.
  /// - Throws: a `Status`-free text in kubectl's words.
  public init(spec: String) throws(JSONPath.Failure) {
    guard !spec.isEmpty else { throw JSONPath.Failure(message: "custom-columns format specified but no custom columns given") }
    var headers: [String] = []
    var paths: [JSONPath] = []
    for part in CustomColumns.parts(spec) {
      guard let colon = part.firstIndex(of: ":") else {
        throw JSONPath.Failure(message: "unexpected custom-columns spec: \(part), expected <header>:<json-path-expr>")
      }
      headers.append(String(part[..<colon]))
      paths.append(try CustomColumns.path(String(part[part.index(after: colon)...])))
    }
    self.headers = headers
    self.paths = paths
  }

  /// - Parameter template: a file of two lines, headers and paths, parted by blanks.
  public init(template: String) throws(JSONPath.Failure) {
    let lines = template.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.allSatisfy(\.isWhitespace) }
    let words = lines.prefix(2).map { $0.split(whereSeparator: \.isWhitespace).map(String.init) }
    guard words.count == 2, words[0].count == words[1].count else {
      let (a, b) = (words.first?.count ?? 0, words.dropFirst().first?.count ?? 0)
      throw JSONPath.Failure(message: "number of headers (\(a)) and field specifications (\(b)) don't match")
    }
    headers = words[0]
    var paths: [JSONPath] = []
    for word in words[1] { paths.append(try CustomColumns.path(word)) }
    self.paths = paths
  }

  private static func path(_ expression: String) throws(JSONPath.Failure) -> JSONPath {
    guard let relaxed = JSONPath.relaxed(expression) else {
      throw JSONPath.Failure(
        message: "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'")
    }
    return try JSONPath(relaxed)
  }

  /// The parts between commas that stand outside brackets.
  private static func parts(_ spec: String) -> [String] {
    var parts = [""]
    var depth = 0
    for c in spec {
      if c == "[" || c == "(" { depth += 1 }
      if c == "]" || c == ")" { depth -= 1 }
      if c == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(c) }
    }
    return parts
  }

  /// The rows of some objects, headers first unless left out.
  public func rows(_ objects: [Value], headers shown: Bool) throws(JSONPath.Failure) -> [[String]] {
    var rows = shown ? [headers] : []
    for object in objects {
      var row: [String] = []
      for path in paths {
        let found = try path.find(in: object).first ?? []
        row.append(found.isEmpty ? "<none>" : found.map { $0.isNull ? "<none>" : $0.goValue }.joined(separator: ","))
      }
      rows.append(row)
    }
    return rows
  }
}
