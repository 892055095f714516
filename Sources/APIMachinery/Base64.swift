import Formats

// Base64 as Secrets carry it, read as Go reads it.

extension Base64 {
  /// A byte's six bits, 255 where it isn't of the alphabet.
  private static let bits: [UInt8] = {
    var table = [UInt8](repeating: 255, count: 256)
    for (i, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(i) }
    return table
  }()

  /// The bytes that `text` stands for; line breaks are skipped, as Go's decoder does.
  /// Throws `illegal base64 data at input byte N`.
  public static func decode(_ text: String) throws(Malformed) -> [UInt8] {
    var out: [UInt8] = []
    let input = Array(text.utf8)
    out.reserveCapacity(input.count / 4 * 3)
    var group: UInt32 = 0
    var have = 0
    var i = 0
    while i < input.count {
      let byte = input[i]
      if byte == 10 || byte == 13 {
        i += 1
        continue
      }
      if byte == UInt8(ascii: "=") {
        try finish(input, i, have, group, &out)
        return out
      }
      let six = bits[Int(byte)]
      guard six != 255 else { throw illegal(i) }
      group = group << 6 | UInt32(six)
      have += 1
      i += 1
      if have == 4 {
        out.append(UInt8(truncatingIfNeeded: group >> 16))
        out.append(UInt8(truncatingIfNeeded: group >> 8))
        out.append(UInt8(truncatingIfNeeded: group))
        group = 0
        have = 0
      }
    }
    // Go points at the first byte of the group that has no end.
    if have != 0 { throw illegal(i - have) }
    return out
  }

  /// Reads the padding that begins at `start`; nothing may follow it.
  private static func finish(_ input: [UInt8], _ start: Int, _ have: Int, _ group: UInt32, _ out: inout [UInt8]) throws(Malformed) {
    guard have >= 2 else { throw illegal(start) }
    var i = start + 1
    func skipLines() { while i < input.count, input[i] == 10 || input[i] == 13 { i += 1 } }
    skipLines()
    if have == 2 {
      guard i < input.count else { throw illegal(input.count) }
      guard input[i] == UInt8(ascii: "=") else { throw illegal(i) }
      i += 1
      skipLines()
    }
    guard i == input.count else { throw illegal(i) }
    if have == 2 {
      out.append(UInt8(truncatingIfNeeded: group >> 4))
    } else {
      out.append(UInt8(truncatingIfNeeded: group >> 10))
      out.append(UInt8(truncatingIfNeeded: group >> 2))
    }
  }

  private static func illegal(_ at: Int) -> Malformed { Malformed("illegal base64 data at input byte \(at)") }
}
