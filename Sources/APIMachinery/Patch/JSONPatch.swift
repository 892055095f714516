import Formats

// JSON patches: RFC 6902, with the limits and the words of Kubernetes' library for it.

/// RFC 6902.
public enum JSONPatch {
  /// The object with every operation done, in order; any that fails fails the whole.
  public static func apply(_ patch: Value, to object: Value) throws(Status) -> Value {
    guard case .array(let operations) = patch else {
      throw Status(.badRequest, "json: cannot unmarshal \(patch.jsonKind) into Go value of type jsonpatch.Patch")
    }
    if operations.count > 10_000 {
      throw Status(
        .requestEntityTooLarge, "The allowed maximum operations in a JSON patch is 10000, got \(operations.count)")
    }
    var result = object
    for operation in operations {
      guard case .object = operation else {
        throw Status(.badRequest, "json: cannot unmarshal \(operation.jsonKind) into Go value of type jsonpatch.Operation")
      }
      do { try perform(operation, on: &result) } catch { throw refused(error) }
    }
    return result
  }

  /// What Kubernetes answers when a well-formed patch does not fit; it keeps the reason to itself, we add it as a hint.
  static func refused(_ error: Malformed) -> Status {
    var status = Status(.invalid, "the server rejected our request due to an error in our request")
    status.hints = [error.message]
    return status
  }

  private static func perform(_ operation: Value, on root: inout Value) throws(Malformed) {
    guard let path = operation["path"].string else { throw Malformed("operation missing path field: missing value") }
    let name = operation["op"].text
    switch name {
    case "add": try add(operation["value"], path, to: &root)
    case "remove": try remove(path, from: &root, name)
    case "replace":
      guard try value(at: path, in: root) != nil else {
        throw Malformed("replace operation does not apply: doc is missing key: \(path): missing value")
      }
      try edit(path, in: &root, name) { (container, key) throws(Malformed) in
        switch container {
        case .object: container[key] = operation["value"]
        default:
          if let i = try place(key, count: container.items.count, name, path) { container[i] = operation["value"] }
        }
      }
    case "move":
      let (from, moved) = try source(operation, in: root)
      try remove(from, from: &root, name)
      try add(moved, path, to: &root)
    case "copy": try add(source(operation, in: root).value, path, to: &root)
    case "test":
      let expected = operation["value"]
      let actual = try value(at: path, in: root)
      if actual ?? .null != expected || (actual == nil && operation.has("value") && !expected.isNull) {
        throw Malformed("testing value \(path) failed: test failed")
      }
    default: throw Malformed("Unexpected kind: \(name.isEmpty ? "unknown" : name)")
    }
  }

  private static func source(_ operation: Value, in root: Value) throws(Malformed) -> (path: String, value: Value) {
    guard let from = operation["from"].string else { throw Malformed("operation, missing from field: missing value") }
    guard let found = try value(at: from, in: root) else {
      throw Malformed("\(operation["op"].text) operation does not apply: doc is missing from path: \"\(from)\": missing value")
    }
    return (from, found)
  }

  private static func add(_ new: Value, _ path: String, to root: inout Value) throws(Malformed) {
    try edit(path, in: &root, "add") { (container, key) throws(Malformed) in
      guard case .array(var items) = container else {
        container[key] = new
        return
      }
      if key == "-" {
        items.append(new)
      } else {
        guard var i = Int(key) else { throw Malformed("value was not a proper array index: '\(key)'") }
        if i < 0 { i += items.count + 1 }
        guard (0...items.count).contains(i) else {
          throw Malformed("Unable to access invalid index: \(key): invalid index referenced")
        }
        items.insert(new, at: i)
      }
      container = .array(items)
    }
  }

  private static func remove(_ path: String, from root: inout Value, _ name: String) throws(Malformed) {
    try edit(path, in: &root, name) { (container, key) throws(Malformed) in
      guard case .array(var items) = container else {
        if !container.remove(key) {
          throw Malformed("error in remove for path: '\(path)': Unable to remove nonexistent key: \(key): missing value")
        }
        return
      }
      if let i = try place(key, count: items.count, name, path) { items.remove(at: i) }
      container = .array(items)
    }
  }

  // MARK: Paths

  /// Finds the container that a path's last step is in and changes it in place.
  private static func edit(
    _ path: String, in root: inout Value, _ name: String, _ body: (inout Value, String) throws(Malformed) -> Void
  ) throws(Malformed) {
    let steps = try steps(path)
    guard let last = steps.last, let container = try find(steps.dropLast(), in: root), container.isContainer else {
      throw Malformed("\(name) operation does not apply: doc is missing path: \"\(path)\": missing value")
    }
    var changed = container
    try body(&changed, last)
    root = replaced(root, steps.dropLast(), with: changed)
  }

  private static func value(at path: String, in root: Value) throws(Malformed) -> Value? {
    if path.isEmpty { return root }
    return try find(steps(path)[...], in: root)
  }

  private static func find(_ steps: ArraySlice<String>, in root: Value) throws(Malformed) -> Value? {
    var at = root
    for step in steps {
      switch at {
      case .object(let members):
        guard let next = members[step] else { return nil }
        at = next
      case .array(let items):
        guard var i = Int(step) else { return nil }
        if i < 0 { i += items.count }
        guard items.indices.contains(i) else { return nil }
        at = items[i]
      default: return nil
      }
    }
    return at
  }

  /// The tree with what stands at `steps` (which is there) replaced.
  private static func replaced(_ node: Value, _ steps: ArraySlice<String>, with new: Value) -> Value {
    guard let step = steps.first else { return new }
    var out = node
    if case .array(let items) = node, var i = Int(step) {
      if i < 0 { i += items.count }
      if items.indices.contains(i) { out[i] = replaced(items[i], steps.dropFirst(), with: new) }
    } else {
      out[step] = replaced(node[step], steps.dropFirst(), with: new)
    }
    return out
  }

  /// `/a~1b/c` is `["a/b", "c"]`.
  private static func steps(_ path: String) throws(Malformed) -> [String] {
    path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { step in
      guard step.contains("~") else { return String(step) }
      var out = ""
      var isEscape = false
      for c in step.unicodeScalars {
        if isEscape {
          out += c == "1" ? "/" : c == "0" ? "~" : "~\(c)"
          isEscape = false
        } else if c == "~" {
          isEscape = true
        } else {
          out.unicodeScalars.append(c)
        }
      }
      return isEscape ? out + "~" : out
    }
  }

  /// The index that `key` names among `count` elements; negative ones count from the end.
  private static func place(_ key: String, count: Int, _ name: String, _ path: String) throws(Malformed) -> Int? {
    guard let i = Int(key) else {
      throw Malformed("error in \(name) for path: '\(path)': strconv.Atoi: parsing \(goQuoted(key)): invalid syntax")
    }
    let index = i < 0 ? i + count : i
    guard (0..<count).contains(index) else {
      throw Malformed("error in \(name) for path: '\(path)': Unable to access invalid index: \(key): invalid index referenced")
    }
    return index
  }
}

extension Value {
  var isContainer: Bool {
    switch self {
    case .object, .array: true
    default: false
    }
  }

  /// How Go's encoding/json names the kind of value it met.
  var jsonKind: String {
    switch self {
    case .null: "null"
    case .bool: "bool"
    case .int, .number: "number"
    case .string: "string"
    case .array: "array"
    case .object: "object"
    }
  }
}
