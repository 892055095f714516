// Numbers as Go's strconv and encoding/json write them.

enum GoNumber {
  /// The shortest decimal digits that give a number back: 0.d1d2d3… × 10^point.
  private static func decimal(_ description: String) -> (negative: Bool, digits: [UInt8], point: Int) {
    var digits: [UInt8] = []
    var point: Int?
    var exponent = 0
    var negative = false
    let bytes = Array(description.utf8)
    var i = 0
    while i < bytes.count {
      switch bytes[i] {
      case UInt8(ascii: "-"): negative = true
      case UInt8(ascii: "."): point = digits.count
      case UInt8(ascii: "e"):
        exponent = Int(String(decoding: bytes[(i + 1)...], as: UTF8.self)) ?? 0
        i = bytes.count
      default: digits.append(bytes[i])
      }
      i += 1
    }
    var place = (point ?? digits.count) + exponent
    let zeros = digits.prefix { $0 == 0x30 }.count
    digits.removeFirst(zeros)
    place -= zeros
    while digits.last == 0x30 { digits.removeLast() }
    if digits.isEmpty { place = 0 }
    return (negative, digits, place)
  }

  private static func plain(_ negative: Bool, _ digits: [UInt8], _ point: Int) -> String {
    var out: [UInt8] = negative ? [UInt8(ascii: "-")] : []
    if point <= 0 {
      out.append(0x30)
    } else {
      out += digits.prefix(point)
      out += repeatElement(0x30, count: max(0, point - digits.count))
    }
    if digits.count > max(point, 0) {
      out.append(UInt8(ascii: "."))
      out += repeatElement(0x30, count: max(0, -point))
      out += digits.dropFirst(max(point, 0))
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func scientific(_ negative: Bool, _ digits: [UInt8], _ point: Int, exponentDigits: Int) -> String {
    var out: [UInt8] = negative ? [UInt8(ascii: "-")] : []
    out.append(digits.first ?? 0x30)
    if digits.count > 1 {
      out.append(UInt8(ascii: "."))
      out += digits.dropFirst()
    }
    let exponent = digits.isEmpty ? 0 : point - 1
    out += Array(exponent < 0 ? "e-".utf8 : "e+".utf8)
    let text = String(exponent.magnitude)
    out += repeatElement(0x30, count: max(0, exponentDigits - text.utf8.count))
    out += text.utf8
    return String(decoding: out, as: UTF8.self)
  }

  /// A finite number as encoding/json writes it.
  static func json(_ number: Double) -> String {
    let (negative, digits, point) = decimal(number.description)
    let size = number.magnitude
    if size != 0 && (size < 1e-6 || size >= 1e21) { return scientific(negative, digits, point, exponentDigits: size >= 1e21 ? 2 : 1) }
    return plain(negative, digits, point)
  }

  /// A finite number in strconv's format 'g' with the fewest digits, from Swift's description of it.
  static func shortest(_ description: String) -> String {
    let (negative, digits, point) = decimal(description)
    let exponent = point - 1
    if !digits.isEmpty && (exponent < -4 || exponent >= 6) { return scientific(negative, digits, point, exponentDigits: 2) }
    return plain(negative, digits, point)
  }
}
