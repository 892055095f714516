// The one shape of data: a tree of JSON's types, from file to disk.

/// A tree of JSON's types. Objects' members are always sorted by key (byte order), so equal trees are equal
/// member by member and no order can leak from where a tree was made. Copies share their subtrees.
public enum Value: Hashable, Sendable {
  case null
  case bool(Bool)
  case int(Int64)
  /// A number that is not an `Int64`, by its exact JSON text (`1.50`, `1e400`).
  case number(String)
  case string(String)
  case array([Value])
  case object(Members)
}

/// An object's members, unique and sorted by key in byte order.
public struct Members: Hashable, Sendable {
  public struct Member: Hashable, Sendable {
    public let key: String
    public var value: Value

    @inlinable public init(_ key: String, _ value: Value) {
      self.key = key
      self.value = value
    }
  }

  @usableFromInline var list: [Member]

  @inlinable public init() { list = [] }

  /// Members from pairs in any order; of two with one key the last stays.
  public init(_ pairs: [(String, Value)]) {
    list = []
    list.reserveCapacity(pairs.count)
    for (key, value) in pairs { self[key] = value }
  }

  /// Members from a list that is already sorted and unique, unchecked in release builds.
  @inlinable public init(sorted list: [Member]) {
    assert(zip(list, list.dropFirst()).allSatisfy { Members.precedes($0.key, $1.key) }, "members must be sorted and unique")
    self.list = list
  }

  /// Whether `a` comes before `b`, byte by byte.
  public static func precedes(_ a: String, _ b: String) -> Bool {
    let fast = a.utf8.withContiguousStorageIfAvailable { a in
      b.utf8.withContiguousStorageIfAvailable { b in
        let count = a.count < b.count ? a.count : b.count
        var i = 0
        while i < count && a[i] == b[i] { i += 1 }
        return i < count ? a[i] < b[i] : a.count < b.count
      }
    }
    if let fast, let result = fast { return result }
    return a.utf8.lexicographicallyPrecedes(b.utf8)
  }

  /// The place of `key`, or nil.
  @inlinable public func index(of key: String) -> Int? {
    if list.count <= 16 {
      // Most keys differ in length, which costs less to see than comparing texts.
      let length = key.utf8.count
      return list.withUnsafeBufferPointer { members in
        for i in members.indices where members[i].key.utf8.count == length && members[i].key == key { return i }
        return nil
      }
    }
    let i = lowerBound(key)
    return i < list.count && list[i].key == key ? i : nil
  }

  @usableFromInline func lowerBound(_ key: String) -> Int {
    var low = 0
    var high = list.count
    while low < high {
      let middle = (low + high) / 2
      if Members.precedes(list[middle].key, key) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The value of `key`; setting nil removes it.
  @inlinable public subscript(key: String) -> Value? {
    get { index(of: key).map { list[$0].value } }
    set {
      if let i = index(of: key) {
        if let newValue { list[i].value = newValue } else { list.remove(at: i) }
      } else if let newValue {
        insert(key, newValue)
      }
    }
  }

  @usableFromInline mutating func insert(_ key: String, _ value: Value) {
    // Keys mostly arrive in order.
    if let last = list.last, !Members.precedes(last.key, key) {
      list.insert(Member(key, value), at: lowerBound(key))
    } else {
      list.append(Member(key, value))
    }
  }

  /// Changes the value at a place, in the tree itself.
  @inlinable public mutating func modify<T>(at index: Int, _ body: (inout Value) -> T) -> T { body(&list[index].value) }

  @inlinable public mutating func removeAll(where gone: (Member) -> Bool) { list.removeAll(where: gone) }
  @inlinable public mutating func reserveCapacity(_ n: Int) { list.reserveCapacity(n) }
  public var keys: [String] { list.map(\.key) }
}

extension Members: RandomAccessCollection {
  @inlinable public var startIndex: Int { 0 }
  @inlinable public var endIndex: Int { list.count }
  @inlinable public subscript(position: Int) -> Member { list[position] }
}

// Reading.
extension Value {
  /// A member's value; null where this is no object or has no such member.
  @inlinable public subscript(key: String) -> Value {
    get {
      guard case .object(let members) = self, let i = members.index(of: key) else { return .null }
      return members[i].value
    }
    set { withMembers { $0[key] = newValue } }
    _modify {
      var members: Members
      if case .object(let existing) = self { members = existing } else { members = Members() }
      self = .null
      if members.index(of: key) == nil { members[key] = .null }
      guard let i = members.index(of: key) else { preconditionFailure("a member just set is there") }
      yield &members.list[i].value
      self = .object(members)
    }
  }

  @inlinable public subscript(a: String, b: String) -> Value {
    get { self[a][b] }
    _modify { yield &self[a][b] }
  }
  @inlinable public subscript(a: String, b: String, c: String) -> Value {
    get { self[a][b][c] }
    _modify { yield &self[a][b][c] }
  }
  @inlinable public subscript(a: String, b: String, c: String, d: String) -> Value {
    get { self[a][b][c][d] }
    _modify { yield &self[a][b][c][d] }
  }
  /// An element; null where this is no array or has no such element.
  @inlinable public subscript(index: Int) -> Value {
    get {
      guard case .array(let items) = self, items.indices.contains(index) else { return .null }
      return items[index]
    }
    _modify {
      guard case .array(var items) = self else { preconditionFailure("only an array's element can be changed") }
      self = .null
      yield &items[index]
      self = .array(items)
    }
  }

  @inlinable public var isNull: Bool { if case .null = self { true } else { false } }
  /// Whether a member is there (even as null).
  @inlinable public func has(_ key: String) -> Bool {
    if case .object(let members) = self { members.index(of: key) != nil } else { false }
  }
  @inlinable public var string: String? { if case .string(let s) = self { s } else { nil } }
  @inlinable public var bool: Bool? { if case .bool(let b) = self { b } else { nil } }
  @inlinable public var int: Int64? { if case .int(let i) = self { i } else { nil } }
  @inlinable public var array: [Value]? { if case .array(let a) = self { a } else { nil } }
  @inlinable public var object: Members? { if case .object(let o) = self { o } else { nil } }
  /// The elements, none where this is no array.
  @inlinable public var items: [Value] { if case .array(let a) = self { a } else { [] } }
  /// The members, none where this is no object.
  @inlinable public var members: Members { if case .object(let o) = self { o } else { Members() } }
  /// The text, empty where this is no string.
  @inlinable public var text: String { if case .string(let s) = self { s } else { "" } }
}

// Writing.
extension Value {
  /// Changes the members in place; what is no object becomes one.
  @inlinable public mutating func withMembers<T>(_ body: (inout Members) -> T) -> T {
    var members: Members
    if case .object(let existing) = self { members = existing } else { members = Members() }
    self = .null
    defer { self = .object(members) }
    return body(&members)
  }

  /// Removes a member; true where it was there.
  @discardableResult @inlinable public mutating func remove(_ key: String) -> Bool {
    guard has(key) else { return false }
    withMembers { $0[key] = nil }
    return true
  }

  /// Adds an element; what is no array becomes one.
  @inlinable public mutating func append(_ element: Value) {
    var items: [Value]
    if case .array(let existing) = self { items = existing } else { items = [] }
    self = .null
    items.append(element)
    self = .array(items)
  }
}

extension Value: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral, ExpressibleByNilLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
  @inlinable public init(stringLiteral value: String) { self = .string(value) }
  @inlinable public init(integerLiteral value: Int64) { self = .int(value) }
  @inlinable public init(booleanLiteral value: Bool) { self = .bool(value) }
  @inlinable public init(nilLiteral: ()) { self = .null }
  @inlinable public init(arrayLiteral elements: Value...) { self = .array(elements) }
  @inlinable public init(dictionaryLiteral elements: (String, Value)...) { self = .object(Members(elements)) }

  /// A string, or null for nil.
  @inlinable public init(_ text: String?) { self = text.map(Value.string) ?? .null }
  @inlinable public init(_ number: Int) { self = .int(Int64(number)) }
}
