// A message's header fields.

/// Header fields in the order in which they came. Names are compared without regard to case.
public struct Header: Sendable, Hashable {
  public struct Field: Sendable, Hashable {
    public let name: String
    public let value: String
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  public var fields: [Field]

  public init(_ fields: [Field] = []) { self.fields = fields }

  /// The first field of a name; nil where there is none. Setting replaces all of that name.
  public subscript(name: String) -> String? {
    get { fields.first { Header.same($0.name, name) }?.value }
    set {
      fields.removeAll { Header.same($0.name, name) }
      if let newValue { fields.append(Field(name, newValue)) }
    }
  }

  public func all(_ name: String) -> [String] { fields.filter { Header.same($0.name, name) }.map(\.value) }

  /// Whether a list-valued field holds a word (`Connection: close`).
  public func lists(_ name: String, _ word: String) -> Bool {
    for field in fields where Header.same(field.name, name) {
      if Header.same(field.value, word) { return true }
      if field.value.utf8.split(separator: 44).contains(where: { Header.same(Header.trimmed(Substring($0)), word) }) { return true }
    }
    return false
  }

  public func count(_ name: String) -> Int { fields.count { Header.same($0.name, name) } }

  /// Fields as they stand in a head: each behind a line end. Control characters, which would begin another field, are left out.
  public static func lines(_ fields: [Field]) -> [UInt8] {
    var bytes: [UInt8] = []
    for field in fields {
      bytes += [13, 10]
      bytes += field.name.utf8
      bytes += [58, 32]
      if field.value.utf8.contains(where: { $0 < 32 || $0 == 127 }) {
        bytes += field.value.utf8.filter { $0 >= 32 && $0 != 127 }
      } else {
        bytes += field.value.utf8
      }
    }
    return bytes
  }

  public mutating func add(_ name: String, _ value: String) { fields.append(Field(name, value)) }

  static func trimmed(_ text: Substring) -> String {
    var text = text
    while let first = text.utf8.first, first == 32 || first == 9 { text = text.dropFirst() }
    while let last = text.utf8.last, last == 32 || last == 9 { text = text.dropLast() }
    return String(text)
  }

  /// Whether two names or words are the same but for the case of ASCII letters.
  public static func same(_ a: String, _ b: String) -> Bool {
    guard a.utf8.count == b.utf8.count else { return false }
    if a == b { return true }
    return zip(a.utf8, b.utf8).allSatisfy { x, y in x == y || (x | 32 == y | 32 && (97...122).contains(x | 32)) }
  }
}
