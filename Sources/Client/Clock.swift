import APIMachinery

// Time and chance, by name. Nothing below the composition root reads the machine's clock or dice.

/// The time, as whoever asks is to see it.
public protocol Clock: AnyObject {
  var now: Instant { get }
}

/// A seeded source of chance (SplitMix64): same seed, same numbers, on any machine. Its state is one number, stored with the cluster.
public struct Random: RandomNumberGenerator, Sendable {
  public var state: UInt64

  public init(seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A number from 0 up to, not including, `bound`.
  public mutating func below(_ bound: Int) -> Int { Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(bound)).high) }

  /// Five characters (or `count`) of the alphabet that Kubernetes' generated names use.
  public mutating func suffix(_ count: Int = 5) -> String {
    var bytes: [UInt8] = []
    for _ in 0..<count { bytes.append(Random.alphabet[below(Random.alphabet.count)]) }
    return String(decoding: bytes, as: UTF8.self)
  }
  private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789".utf8)

  /// A version 4 UUID.
  public mutating func uuid() -> String {
    let hex = Array("0123456789abcdef".utf8)
    var a = next()
    var b = next()
    a = (a & 0xFFFF_FFFF_FFFF_0FFF) | 0x4000
    b = (b & 0x3FFF_FFFF_FFFF_FFFF) | 0x8000_0000_0000_0000
    var bytes: [UInt8] = []
    bytes.reserveCapacity(36)
    for i in 0..<32 {
      if i == 8 || i == 12 || i == 16 || i == 20 { bytes.append(45) }
      let word = i < 16 ? a : b
      bytes.append(hex[Int(truncatingIfNeeded: word >> UInt64((15 - i % 16) * 4)) & 15])
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
