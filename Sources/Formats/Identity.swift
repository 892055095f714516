// Which trees are one and the same in memory.

extension Members {
  /// Where the members lie: equal identities of two living values mean equal members. nil for none.
  public var identity: UnsafeRawPointer? {
    list.isEmpty ? nil : list.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) }
  }
}

extension Value {
  /// Where an array's or an object's elements lie; nil for scalars and for empty ones.
  public var identity: UnsafeRawPointer? {
    switch self {
    case .object(let members): members.identity
    case .array(let items): items.isEmpty ? nil : items.withUnsafeBufferPointer { UnsafeRawPointer($0.baseAddress) }
    default: nil
    }
  }
}
