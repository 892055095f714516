import APIMachinery
import Formats
import Printers

// `--sort-by`: objects in the order of a field.

/// Sorts objects as kubectl's sorting printer does.
struct Sorting {
  struct Problem: Error { let text: String }

  let path: JSONPath
  let expression: String

  init(_ expression: String) throws(Problem) {
    self.expression = expression
    guard let relaxed = JSONPath.relaxed(expression) else {
      throw Problem(text: "unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'")
    }
    do { path = try JSONPath(relaxed) } catch { throw Problem(text: error.message) }
  }

  /// The items in order; none where no object has the field, as kubectl has it.
  func sorted(_ items: [Item]) throws -> [Item] {
    var keyed: [(item: Item, key: Value?)] = []
    for item in items {
      let found: [[Value]]
      do { found = try path.find(in: item.object ?? .null) } catch { throw Problem(text: error.message) }
      keyed.append((item, found.first?.first))
    }
    if !items.isEmpty, keyed.allSatisfy({ $0.key == nil }) { return [] }
    return keyed.enumerated().sorted { a, b in
      if Sorting.precedes(a.element.key, b.element.key) { return true }
      if Sorting.precedes(b.element.key, a.element.key) { return false }
      return a.offset < b.offset
    }.map(\.element.item)
  }

  /// Absent fields come first; times, numbers and quantities by what they mean, texts in natural order.
  static func precedes(_ a: Value?, _ b: Value?) -> Bool {
    switch (a ?? .null, b ?? .null) {
    case (.null, .null): false
    case (.null, _): true
    case (_, .null): false
    case (.int(let a), .int(let b)): a < b
    case (.bool(let a), .bool(let b)): !a && b
    case (.string(let a), .string(let b)): text(a, b)
    case (let a, let b): number(a) < number(b)
    }
  }

  private static func number(_ value: Value) -> Double {
    switch value {
    case .int(let i): Double(i)
    case .number(let text): Double(text) ?? 0
    default: 0
    }
  }

  private static func text(_ a: String, _ b: String) -> Bool {
    if let a = Instant(rfc3339: a), let b = Instant(rfc3339: b) { return a < b }
    if let a = try? Quantity(a), let b = try? Quantity(b) { return a < b }
    return natural(a, b)
  }

  /// `a9` before `a10`.
  static func natural(_ a: String, _ b: String) -> Bool {
    var x = Array(a.utf8)[...]
    var y = Array(b.utf8)[...]
    while let c = x.first, let d = y.first {
      if isDigit(c), isDigit(d) {
        let m = x.prefix(while: isDigit)
        let n = y.prefix(while: isDigit)
        let p = m.drop { $0 == 48 }
        let q = n.drop { $0 == 48 }
        if p.count != q.count { return p.count < q.count }
        if !p.elementsEqual(q) { return p.lexicographicallyPrecedes(q) }
        if m.count != n.count { return m.count < n.count }
        x = x.dropFirst(m.count)
        y = y.dropFirst(n.count)
      } else {
        if c != d { return c < d }
        x = x.dropFirst()
        y = y.dropFirst()
      }
    }
    return x.count < y.count
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}
