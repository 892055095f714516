import APIMachinery
import Formats

// The addresses of pods: on Linux each has a loopback address of its own.

/// Gives pods their addresses: the next free one after the last given, so that one just given back is the last to be given again.
public struct PodAddresses: Sendable {
  /// How this machine's pods have addresses.
  public enum Scheme: Sendable {
    /// Each its own, of 127.64.0.0/11: Linux takes all of 127.0.0.0/8 for its own.
    case own
    /// All 127.0.0.1, told apart by the ports that they are given: other systems have no other address by themselves.
    case shared

    public static var ofThisMachine: Scheme {
      #if os(Linux)
        .own
      #else
        .shared
      #endif
    }
  }

  /// The range of pods' own addresses.
  public static let range = "127.64.0.0/11"
  private static let base: UInt32 = 127 << 24 | 64 << 16
  private static let size: UInt32 = 1 << 21

  public let scheme: Scheme
  /// The offsets that are given; others of the range are another cluster's.
  private let block: Range<UInt32>
  private var holders: [UInt32: String] = [:]
  private var given: [String: UInt32] = [:]
  /// The last offset given: what to store, and to begin with, where a new daemon is to go on behind it.
  public private(set) var last: UInt32

  /// - Parameters:
  ///   - pods: the pods that have addresses, from the lister; those whose objects are gone but whose processes are not are `claim`ed.
  ///   - block: the offsets that may be given; nil: all.
  ///   - last: where an earlier allocator ended; nil: at the highest address in use.
  public init(_ scheme: Scheme = .ofThisMachine, inUseBy pods: [Value] = [], block: Range<UInt32>? = nil, last: UInt32? = nil) {
    self.scheme = scheme
    self.block = block ?? 0..<PodAddresses.size
    self.last = self.block.lowerBound
    for pod in pods { claim(pod["status"]["podIP"].text, for: pod.uid) }
    if let last { self.last = last % PodAddresses.size }
  }

  /// How many are in use.
  public var count: Int { holders.count }

  /// Notes that a pod has an address. An address that is not of the range, or another pod's, changes nothing.
  public mutating func claim(_ address: String, for uid: String) {
    guard scheme == .own, let offset = PodAddresses.offset(address), given[uid] == nil, holders[offset] == nil else { return }
    holders[offset] = uid
    given[uid] = offset
    if block.contains(offset) { last = max(last, offset) }
  }

  /// A pod's address: the one that it has, or a new one; nil where all are taken.
  public mutating func address(for uid: String) -> String? {
    guard scheme == .own else { return "127.0.0.1" }
    if let offset = given[uid] { return PodAddresses.text(offset) }
    // The first and the last are the range's own.
    for _ in block {
      last = last + 1 < block.upperBound - 1 ? last + 1 : block.lowerBound + 1
      guard holders[last] == nil else { continue }
      holders[last] = uid
      given[uid] = last
      return PodAddresses.text(last)
    }
    return nil
  }

  /// The pod's processes are gone: others may have its address.
  public mutating func release(_ uid: String) {
    if let offset = given.removeValue(forKey: uid) { holders[offset] = nil }
  }

  /// Whose an address is.
  public func holder(of address: String) -> String? { PodAddresses.offset(address).flatMap { holders[$0] } }

  static func text(_ offset: UInt32) -> String {
    let address = base + offset
    return "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
  }

  /// Where in the range an address is; nil for any other text.
  static func offset(_ address: String) -> UInt32? {
    let parts = address.split(separator: ".", omittingEmptySubsequences: false)
    let bytes = parts.compactMap { UInt8($0) }
    // Only the one way to write it: `127.064.0.1` is another address to some.
    guard parts.count == 4, bytes.count == 4, parts.elementsEqual(bytes, by: { $0 == String($1) }) else { return nil }
    return offset(of: bytes.reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
  }

  /// As `offset(_:)`, of an address as a number.
  static func offset(of number: UInt32) -> UInt32? {
    guard number >= base, number - base < size else { return nil }
    return number - base
  }
}
