import APIMachinery
import Arguments
import Client
import Formats
import Posix

// Objects out of files: what `-f` names, document by document.

/// A document of a source.
public struct SourcedObject {
  public var object: Value
  /// Where it stands: the file's path as given, `STDIN`, or a URL.
  public var origin: Origin
}

/// Reads the documents of files, folders, URLs and standard input.
struct ManifestFiles {
  let session: Session
  let options: FileOptions
  /// Judges whether a document is an object at all, as `--validate` wants; nil: not asked.
  var validation: FieldValidation?

  struct Found {
    var objects: [SourcedObject] = []
    /// What is wrong with single documents, in order.
    var errors: [any Error] = []
    /// Whether the one source was a plain file.
    var singleFile = false
  }

  func read() throws -> Found {
    var found = Found()
    var problems: [any Error] = []
    var sources: [(name: String, read: () throws -> [UInt8])] = []
    for path in options.paths {
      do {
        sources += try expand(path)
      } catch {
        problems.append(error)
      }
    }
    try Several.check(problems)
    found.singleFile =
      options.paths.count == 1 && sources.count == 1 && options.paths[0] != "-"
      && (try? Machine.kind(of: session.absolute(options.paths[0]))) == .file
    for source in sources {
      do {
        try documents(try source.read(), source.name, into: &found)
      } catch {
        found.errors.append(error)
      }
    }
    return found
  }

  private func expand(_ path: String) throws -> [(name: String, read: () throws -> [UInt8])] {
    let session = session
    if path == "-" { return [("STDIN", { try session.console.readInput() })] }
    if path.hasPrefix("http://") || path.hasPrefix("https://") { return [(path, { try Fetch.body(of: path, session) })] }
    let kind: Machine.PathKind
    do throws(SystemFailure) {
      kind = try Machine.kind(of: session.absolute(path))
    } catch {
      if !error.isMissing { throw Failure("error accessing \"\(path)\": \(error.text)") }
      let matches = glob(path)
      if matches.isEmpty { throw Failure("the path \"\(path)\" does not exist", hints: near(path)) }
      return try matches.flatMap(expand)
    }
    func one(_ file: String) -> (String, () throws -> [UInt8]) {
      (
        file,
        {
          do throws(SystemFailure) { return try Machine.readFile(session.absolute(file)) } catch {
            throw Failure("open \(file): \(error.text)")
          }
        }
      )
    }
    guard kind == .folder else { return [one(path)] }
    let files = try walk(path)
    if files.isEmpty { throw Failure("error reading [\(path)]: recognized file extensions are [.json .yaml .yml]") }
    return files.map(one)
  }

  private func walk(_ folder: String) throws -> [String] {
    var out: [String] = []
    var base = folder
    while base.hasSuffix("/"), base.count > 1 { base.removeLast() }
    if base.hasPrefix("./") { base.removeFirst(2) }
    let entries: [String]
    do throws(SystemFailure) {
      entries = try Machine.entries(of: session.absolute(folder))
    } catch {
      throw Failure("open \(folder): \(error.text)")
    }
    for entry in entries {
      let path = base == "." ? entry : base == "/" ? "/\(entry)" : "\(base)/\(entry)"
      guard let kind = try? Machine.kind(of: session.absolute(path)) else { continue }
      if kind == .folder {
        if options.recursive { out += try walk(path) }
      } else if [".json", ".yaml", ".yml"].contains(where: { entry.hasSuffix($0) }) {
        out.append(path)
      }
    }
    return out
  }

  /// The files that a pattern's last part (`*.yaml`) stands for.
  private func glob(_ pattern: String) -> [String] {
    guard pattern.contains(where: { "*?".contains($0) }) else { return [] }
    let slash = pattern.lastIndex(of: "/")
    let folder = slash.map { String(pattern[..<$0]) }
    let last = Array(slash.map { pattern[pattern.index(after: $0)...] } ?? pattern[...])
    let entries = (try? Machine.entries(of: session.absolute(folder ?? "."))) ?? []
    return entries.filter { matches(Array($0)[...], last[...]) }.map { entry in folder.map { "\($0)/\(entry)" } ?? entry }
  }

  private func matches(_ text: ArraySlice<Character>, _ pattern: ArraySlice<Character>) -> Bool {
    guard let first = pattern.first else { return text.isEmpty }
    if first == "*" {
      return (0...text.count).contains { matches(text.dropFirst($0), pattern.dropFirst()) }
    }
    guard let c = text.first, first == "?" || first == c else { return false }
    return matches(text.dropFirst(), pattern.dropFirst())
  }

  private func near(_ path: String) -> [String] {
    let slash = path.lastIndex(of: "/")
    let folder = slash.map { String(path[..<$0]) } ?? "."
    let name = slash.map { String(path[path.index(after: $0)...]) } ?? path
    guard let entries = try? Machine.entries(of: session.absolute(folder)), let meant = Arguments.nearest(name, among: entries) else {
      return []
    }
    return ["did you mean \"\(slash == nil ? meant : folder + "/" + meant)\"?"]
  }

  private func documents(_ bytes: [UInt8], _ source: String, into found: inout Found) throws {
    try Manifest.each(bytes, source: source) { document, origin in
      do {
        try check(document, origin)
        try refuseDuplicates(origin)
        for object in try flatten(document, origin) { found.objects.append(object) }
      } catch {
        found.errors.append(error)
      }
    }
  }

  private func check(_ document: Value, _ origin: Origin) throws {
    let source = origin.source
    let off = "if you choose to ignore these errors, turn validation off with --validate=false"
    if let validation, validation != .ignore {
      guard document.object != nil else {
        throw Failure("error validating \"\(source)\": error validating data: invalid object to validate; \(off)")
      }
      var missing: [String] = []
      if document["apiVersion"].text.isEmpty { missing.append("apiVersion not set") }
      if document["kind"].text.isEmpty { missing.append("kind not set") }
      if !missing.isEmpty {
        let text = missing.count == 1 ? missing[0] : "[\(missing.joined(separator: ", "))]"
        throw Failure("error validating \"\(source)\": error validating data: \(text); \(off)")
      }
    }
    if document["kind"].text.isEmpty {
      throw Failure("unable to decode \"\(source)\": Object 'Kind' is missing in '\(JSON.text(document))'")
    }
  }

  /// Of a key that stands twice one value would be lost: refused, unless `--validate` says otherwise.
  private func refuseDuplicates(_ origin: Origin) throws {
    guard validation == .strict || validation == nil, let duplicates = origin.document?.duplicates, !duplicates.isEmpty else { return }
    let lines = duplicates.map { "\n  line \($0.second.line): key \(Read.quoted($0.key)) already set in map" }.joined()
    throw Failure(
      "error parsing \(origin.source): error converting YAML to JSON: yaml: unmarshal errors:\(lines)",
      hints: duplicates.prefix(5).flatMap { twice in
        [
          Origin.pointer(origin.source, twice.first, "\(Read.quoted(twice.key)) stands here first", origin.bytes),
          Origin.pointer(origin.source, twice.second, "and here again", origin.bytes),
        ]
      })
  }

  /// A List's items, else the document itself.
  private func flatten(_ document: Value, _ origin: Origin) throws -> [SourcedObject] {
    guard document.kind.hasSuffix("List"), let items = document["items"].array ?? (document["items"].isNull ? [] : nil) else {
      return [SourcedObject(object: document, origin: origin)]
    }
    let kind = document.kind.dropLast(4)
    return try items.enumerated().map { i, item in
      var item = item
      // A list of one kind may leave its items' own words out.
      if !kind.isEmpty, item["kind"].text.isEmpty {
        item["kind"] = .string(String(kind))
        item["apiVersion"] = document["apiVersion"]
      }
      try check(item, origin)
      return SourcedObject(object: item, origin: origin.item(i))
    }
  }
}
