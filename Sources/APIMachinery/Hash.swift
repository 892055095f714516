// The hashes that Kubernetes' names and our files rest on: FNV, CRC-32C, SHA-256, and the safe alphabet.

/// FNV-1a and FNV-1, 32 and 64 bits: `hash/fnv` of Go.
public enum FNV {
  @inlinable public static func hash32a(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var h: UInt32 = 2_166_136_261
    for b in bytes { h = (h ^ UInt32(b)) &* 16_777_619 }
    return h
  }
  @inlinable public static func hash32(_ bytes: some Sequence<UInt8>) -> UInt32 {
    var h: UInt32 = 2_166_136_261
    for b in bytes { h = (h &* 16_777_619) ^ UInt32(b) }
    return h
  }
  @inlinable public static func hash64a(_ bytes: some Sequence<UInt8>) -> UInt64 {
    var h: UInt64 = 14_695_981_039_346_656_037
    for b in bytes { h = (h ^ UInt64(b)) &* 1_099_511_628_211 }
    return h
  }
}

/// The alphabet of generated names, without vowels and look-alikes.
public enum SafeEncoding {
  public static let alphabet: [UInt8] = Array("bcdfghjklmnpqrstvwxz2456789".utf8)

  /// Kubernetes' `rand.SafeEncodeString`: each byte picks a letter.
  public static func encode(_ text: String) -> String {
    String(decoding: text.utf8.map { alphabet[Int($0) % alphabet.count] }, as: UTF8.self)
  }

  /// A 32-bit hash as pod-template-hash writes it: its decimal digits, safely encoded.
  public static func encode(_ hash: UInt32) -> String { encode(String(hash)) }
}

/// CRC-32C (Castagnoli), as records of our files carry it.
public struct CRC32C: Sendable {
  /// Eight tables of 256, one after another.
  private static let tables: [UInt32] = {
    var t = [UInt32](repeating: 0, count: 2048)
    for i in 0..<256 {
      var c = UInt32(i)
      for _ in 0..<8 { c = c & 1 == 1 ? (c >> 1) ^ 0x82f6_3b78 : c >> 1 }
      t[i] = c
    }
    for i in 256..<2048 {
      let c = t[i - 256]
      t[i] = (c >> 8) ^ t[Int(c & 0xff)]
    }
    return t
  }()

  private var state: UInt32 = 0xffff_ffff

  public init() {}

  /// The sum of all that was added.
  public var value: UInt32 { state ^ 0xffff_ffff }

  public mutating func add(_ bytes: UnsafeRawBufferPointer) {
    var c = state
    var i = 0
    CRC32C.tables.withUnsafeBufferPointer { t in
      while i + 8 <= bytes.count {
        let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: i, as: UInt64.self)) ^ UInt64(c)
        let a = t[1792 + Int(word & 0xff)] ^ t[1536 + Int(word >> 8 & 0xff)]
        let b = t[1280 + Int(word >> 16 & 0xff)] ^ t[1024 + Int(word >> 24 & 0xff)]
        let d = t[768 + Int(word >> 32 & 0xff)] ^ t[512 + Int(word >> 40 & 0xff)]
        let e = t[256 + Int(word >> 48 & 0xff)] ^ t[Int(word >> 56)]
        c = a ^ b ^ d ^ e
        i += 8
      }
      while i < bytes.count {
        c = (c >> 8) ^ t[Int((c ^ UInt32(bytes[i])) & 0xff)]
        i += 1
      }
    }
    state = c
  }

  public static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var sum = CRC32C()
    bytes.withUnsafeBytes { sum.add($0) }
    return sum.value
  }

  public static func checksum(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
    var sum = CRC32C()
    sum.add(bytes)
    return sum.value
  }
}

/// SHA-256 of bytes at hand.
public enum SHA256 {
  private static let k: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4, 0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01,
    0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe, 0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc,
    0x2de9_2c6f, 0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7, 0xc6e0_0bf3, 0xd5a7_9147,
    0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc, 0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85,
    0xa2bf_e8a1, 0xa81a_664b, 0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116, 0x1e37_6c08,
    0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3, 0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208,
    0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7, 0xc671_78f2,
  ]

  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var h: [UInt32] = [
      0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
    ]
    // A one bit, zeros, and the length in bits make whole blocks of 64.
    var message = bytes
    message.append(0x80)
    message.append(contentsOf: repeatElement(0, count: (120 - message.count % 64) % 64))
    let bits = UInt64(bytes.count) &* 8
    for shift in stride(from: 56, through: 0, by: -8) { message.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift))) }
    var w = [UInt32](repeating: 0, count: 64)
    for block in stride(from: 0, to: message.count, by: 64) {
      for i in 0..<16 {
        let at = block + i * 4
        w[i] = UInt32(message[at]) << 24 | UInt32(message[at + 1]) << 16 | UInt32(message[at + 2]) << 8 | UInt32(message[at + 3])
      }
      for i in 16..<64 {
        let s0 = rotate(w[i - 15], 7) ^ rotate(w[i - 15], 18) ^ (w[i - 15] >> 3)
        let s1 = rotate(w[i - 2], 17) ^ rotate(w[i - 2], 19) ^ (w[i - 2] >> 10)
        w[i] = w[i - 16] &+ s0 &+ w[i - 7] &+ s1
      }
      mix(&h, w)
    }
    return h.flatMap {
      [
        UInt8(truncatingIfNeeded: $0 >> 24), UInt8(truncatingIfNeeded: $0 >> 16), UInt8(truncatingIfNeeded: $0 >> 8),
        UInt8(truncatingIfNeeded: $0),
      ]
    }
  }

  private static func mix(_ state: inout [UInt32], _ w: [UInt32]) {
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for i in 0..<64 {
      let s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
      let t1 = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ k[i] &+ w[i]
      let s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)
      let t2 = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
      h = g
      g = f
      f = e
      e = d &+ t1
      d = c
      c = b
      b = a
      a = t1 &+ t2
    }
    let new = [a, b, c, d, e, f, g, h]
    for i in 0..<8 { state[i] = state[i] &+ new[i] }
  }

  private static func rotate(_ x: UInt32, _ n: UInt32) -> UInt32 { (x >> n) | (x << (32 - n)) }

  /// Bytes as lower-case hexadecimal digits.
  public static func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }
}
