import APIMachinery
import Formats

// What `-o` says: one case a format, one switch that prints.

/// A format of objects other than a table.
public enum OutputFormat: Sendable {
  case json, yaml, name
  case jsonPath(JSONPath), jsonPathAsJSON(JSONPath)
  case customColumns(CustomColumns)
  case goTemplate(GoTemplate, text: String)

  /// Why a format is refused, in kubectl's words.
  public struct Problem: Error, Sendable {
    public let text: String
    public init(_ text: String) { self.text = text }
  }

  /// The formats' names that every command's `-o` takes.
  public static let names = [
    "go-template", "go-template-file", "json", "jsonpath", "jsonpath-as-json", "jsonpath-file", "name", "template", "templatefile", "yaml",
  ]

  /// - Parameters:
  ///   - text: what stands behind `-o`: `json`, `jsonpath={.x}` …
  ///   - template: what stands behind `--template`.
  ///   - allowMissing: whether templates take absent fields as empty.
  ///   - extra: further names that the caller takes (`wide`, `custom-columns`).
  ///   - read: reads a template's file.
  public init(
    _ text: String, template: String = "", allowMissing: Bool = true, extra: [String] = [], read: (String) throws -> String
  ) throws {
    let equals = text.firstIndex(of: "=")
    let format = String(equals.map { text[..<$0] } ?? text[...])
    // `-o jsonpath={.x}` and `-o jsonpath --template={.x}` say the same.
    let argument = equals.map { String(text[text.index(after: $0)...]) } ?? template
    switch ["json", "yaml", "name"].contains(format) && equals != nil ? text : format {
    case "json": self = .json
    case "yaml": self = .yaml
    case "name": self = .name
    case "jsonpath": self = .jsonPath(try Self.path(argument, "jsonpath", allowMissing))
    case "jsonpath-as-json": self = .jsonPathAsJSON(try Self.path(argument, "jsonpath-as-json", allowMissing))
    case "jsonpath-file": self = .jsonPath(try Self.path(try Self.file(argument, format, read), format, allowMissing))
    case "custom-columns" where extra.contains(format):
      do { self = .customColumns(try CustomColumns(spec: argument)) } catch { throw Problem(error.message) }
    case "custom-columns-file" where extra.contains(format):
      if argument.isEmpty { throw Problem("custom-columns-file format specified but no custom columns file given") }
      let contents: String
      contents = try Self.contents(argument, "error reading template \(argument), ", read)
      do { self = .customColumns(try CustomColumns(template: contents)) } catch { throw Problem(error.message) }
    case "go-template", "template": self = try Self.template(argument, format)
    case "go-template-file", "templatefile": self = try Self.template(try Self.file(argument, format, read), format)
    default:
      throw Problem(
        "unable to match a printer suitable for the output format \"\(text)\", allowed formats are: "
          + (Self.names + extra).sorted().joined(separator: ","))
    }
  }

  private static func file(_ path: String, _ format: String, _ read: (String) throws -> String) throws -> String {
    if path.isEmpty { throw Problem("template format specified but no template given") }
    return try contents(path, "error reading --template \(path), ", read)
  }

  /// - Parameter read: throws a `Problem` where the file can't be read.
  private static func contents(_ path: String, _ doing: String, _ read: (String) throws -> String) throws -> String {
    do { return try read(path) } catch let problem as Problem { throw Problem(doing + problem.text) }
  }

  private static func path(_ text: String, _ format: String, _ allowMissing: Bool) throws -> JSONPath {
    if text.isEmpty { throw Problem("template format specified but no template given") }
    do { return try JSONPath(text, allowMissing: allowMissing) } catch { throw Problem("error parsing jsonpath \(text), \(error.message)") }
  }

  private static func template(_ text: String, _ format: String) throws -> OutputFormat {
    if text.isEmpty { throw Problem("template format specified but no template given") }
    do {
      return .goTemplate(try GoTemplate(text), text: text)
    } catch {
      throw Problem("error parsing template \(text), \(error.message)")
    }
  }

  /// One object's text.
  /// - Parameters:
  ///   - kind: the object's kind; nil for a List.
  ///   - first: whether nothing was printed before: YAML documents are parted by `---`.
  public func text(_ object: Value, kind: Kind?, first: Bool = true) throws -> String {
    switch self {
    case .json: return JSON.pretty(object) + "\n"
    case .yaml: return (first ? "" : "---\n") + YAML.text(object)
    case .name: return try OutputFormat.named(object, kind).map { $0 + "\n" }.joined()
    case .jsonPath(let path): return try Self.run { () throws(JSONPath.Failure) in try path.text(object) }
    case .jsonPathAsJSON(let path): return try Self.run { () throws(JSONPath.Failure) in try path.json(object) }
    case .customColumns(let columns):
      var writer = TableWriter()
      let objects = object["items"].array ?? [object]
      for row in try Self.run({ () throws(JSONPath.Failure) in try columns.rows(objects, headers: first) }) { writer.add(row) }
      return writer.flush()
    case .goTemplate(let template, let text):
      do { return try template.text(object) } catch { throw Problem("error executing template \"\(text)\": \(error.message)") }
    }
  }

  private static func run<T>(_ body: () throws(JSONPath.Failure) -> T) throws -> T {
    do { return try body() } catch { throw Problem(error.message) }
  }

  private static func named(_ object: Value, _ kind: Kind?) throws -> [String] {
    if let items = object["items"].array, object.kind.hasSuffix("List") { return try items.flatMap { try named($0, nil) } }
    return ["\(kind?.qualifiedSingular ?? qualified(object))/\(object.name)"]
  }

  /// `deployment.apps` off an object's own words.
  static func qualified(_ object: Value) -> String {
    let version = object.apiVersion
    let group = version.firstIndex(of: "/").map { "." + version[..<$0] } ?? ""
    return object.kind.lowercased() + group
  }
}
