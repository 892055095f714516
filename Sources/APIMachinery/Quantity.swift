// Amounts of a resource (`100m`, `64Mi`, `2`): Kubernetes' resource.Quantity, exact to a billionth.

/// An amount: whole units and billionths, exact, held at the bounds of an `Int64` of whole units.
/// Two quantities are equal when they say the same amount, however written.
public struct Quantity: Sendable {
  /// How it was written, and so how it is shown.
  public enum Format: UInt8, Hashable, Sendable { case decimalSI, binarySI, decimalExponent }

  /// Rounded towards minus infinity, so that `nanos` is never negative.
  private let whole: Int64
  private let nanos: Int32
  public let format: Format

  private init(whole: Int64, nanos: Int32, _ format: Format) {
    self.whole = whole
    self.nanos = nanos
    self.format = format
  }

  public static let zero = Quantity(0)

  public init(_ units: Int64, _ format: Format = .decimalSI) { self.init(whole: units, nanos: 0, format) }

  public init(milli: Int64, _ format: Format = .decimalSI) {
    var (units, rest) = milli.quotientAndRemainder(dividingBy: 1000)
    if rest < 0 {
      units -= 1
      rest += 1000
    }
    self.init(whole: units, nanos: Int32(rest) * 1_000_000, format)
  }

  /// Billionths of a unit: processors at work, from processor time.
  public init(nano: Int64) {
    var (units, rest) = nano.quotientAndRemainder(dividingBy: 1_000_000_000)
    if rest < 0 {
      units -= 1
      rest += 1_000_000_000
    }
    self.init(whole: units, nanos: Int32(rest), .decimalSI)
  }

  // MARK: Reading

  /// Reads a quantity; throws Kubernetes' own words.
  public init(_ text: String) throws(Malformed) {
    var copy = text
    let read = copy.withUTF8 { Quantity.plain($0) }
    if let read { self = read } else { self = try Quantity.parse(Array(text.utf8)) }
  }

  /// Digits and one of the usual suffixes; nil where the long way must judge.
  private static func plain(_ bytes: UnsafeBufferPointer<UInt8>) -> Quantity? {
    var n: Int64 = 0
    var i = 0
    while i < bytes.count, isDigit(bytes[i]) {
      n = n * 10 + Int64(bytes[i] - UInt8(ascii: "0"))
      i += 1
      if i > 9 { return nil }
    }
    if i == 0 { return nil }
    switch bytes.count - i {
    case 0: return Quantity(n)
    case 1: return bytes[i] == UInt8(ascii: "m") ? Quantity(milli: n) : nil
    case 2 where bytes[i + 1] == UInt8(ascii: "i"):
      switch bytes[i] {
      case UInt8(ascii: "K"): return Quantity(n << 10, .binarySI)
      case UInt8(ascii: "M"): return Quantity(n << 20, .binarySI)
      case UInt8(ascii: "G"): return Quantity(n << 30, .binarySI)
      default: return nil
      }
    default: return nil
    }
  }

  private static let wrongFormat = Malformed(
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'")

  private static func parse(_ bytes: [UInt8]) throws(Malformed) -> Quantity {
    if bytes.isEmpty { throw wrongFormat }
    var i = 0
    var negative = false
    if bytes[0] == UInt8(ascii: "-") || bytes[0] == UInt8(ascii: "+") {
      negative = bytes[0] == UInt8(ascii: "-")
      i = 1
    }
    var digits: [UInt8] = []
    var places = 0
    func takeDigits() {
      while i < bytes.count, isDigit(bytes[i]) {
        digits.append(bytes[i] - UInt8(ascii: "0"))
        i += 1
      }
    }
    takeDigits()
    let number = i
    if i < bytes.count, bytes[i] == UInt8(ascii: ".") {
      i += 1
      takeDigits()
      places = i - number - 1
    }
    let suffixStart = i
    while i < bytes.count, suffixLetters.contains(bytes[i]) { i += 1 }
    if i < bytes.count, bytes[i] == UInt8(ascii: "-") || bytes[i] == UInt8(ascii: "+") { i += 1 }
    while i < bytes.count, isDigit(bytes[i]) { i += 1 }
    if i < bytes.count { throw wrongFormat }
    guard let suffix = Suffix(bytes[suffixStart...]) else { throw Malformed("unable to parse quantity's suffix") }

    var amount = Magnitude(digits: digits, exponent: suffix.exponent10 - places)
    if suffix.shift > 0 { amount = amount.shifted(by: suffix.shift, digits: digits, places: places) }
    // A fraction of one in binary is shown in decimal.
    let format = suffix.format == .binarySI && amount.whole == 0 && amount.nanos > 0 ? .decimalSI : suffix.format
    return amount.signed(negative, format)
  }

  private static let suffixLetters = Array("eEinumkKMGTP".utf8)

  /// What a suffix multiplies by: `10^exponent10`, or `2^shift`.
  private struct Suffix {
    var exponent10 = 0
    var shift = 0
    var format = Format.decimalSI

    init?(_ bytes: ArraySlice<UInt8>) {
      switch String(decoding: bytes, as: UTF8.self) {
      case "": break
      case "n": exponent10 = -9
      case "u": exponent10 = -6
      case "m": exponent10 = -3
      case "k": exponent10 = 3
      case "M": exponent10 = 6
      case "G": exponent10 = 9
      case "T": exponent10 = 12
      case "P": exponent10 = 15
      case "E": exponent10 = 18
      case "Ki": (shift, format) = (10, .binarySI)
      case "Mi": (shift, format) = (20, .binarySI)
      case "Gi": (shift, format) = (30, .binarySI)
      case "Ti": (shift, format) = (40, .binarySI)
      case "Pi": (shift, format) = (50, .binarySI)
      case "Ei": (shift, format) = (60, .binarySI)
      default:
        guard let first = bytes.first, first == UInt8(ascii: "e") || first == UInt8(ascii: "E"), bytes.count > 1,
          let exponent = Int32(String(decoding: bytes.dropFirst(), as: UTF8.self))
        else { return nil }
        (exponent10, format) = (Int(exponent), .decimalExponent)
      }
    }
  }

  /// An amount without its sign, held at its bound; a fraction below a billionth counts as one.
  private struct Magnitude {
    var whole: Int64 = 0
    var nanos: Int32 = 0

    static let greatest = Magnitude(whole: .max, nanos: 0)

    init(whole: Int64, nanos: Int32) {
      self.whole = whole
      self.nanos = nanos
    }

    /// `digits` times `10^exponent`.
    init(digits: [UInt8], exponent: Int) {
      let digits = digits.drop { $0 == 0 }
      if digits.isEmpty { return }
      // How many digits stand before the point.
      let point = digits.count + exponent
      if point > 19 {
        self = .greatest
        return
      }
      for k in 0..<max(0, point) {
        let digit = k < digits.count ? Int64(digits[digits.startIndex + k]) : 0
        let (times, over) = whole.multipliedReportingOverflow(by: 10)
        let (sum, over2) = times.addingReportingOverflow(digit)
        if over || over2 {
          self = .greatest
          return
        }
        whole = sum
      }
      for k in 0..<9 {
        let at = point + k
        let digit = at >= 0 && at < digits.count ? Int32(digits[digits.startIndex + at]) : 0
        nanos = nanos * 10 + digit
      }
      let rest = max(0, point + 9)
      let isInexact = point + 9 < 0 || (rest < digits.count && digits[(digits.startIndex + rest)...].contains { $0 != 0 })
      if isInexact { roundUp() }
    }

    private mutating func roundUp() {
      nanos += 1
      guard nanos == 1_000_000_000 else { return }
      nanos = 0
      if whole < .max { whole += 1 }
    }

    /// Times `2^shift`; `digits` and `places` say the number exactly, for fractions finer than a billionth.
    func shifted(by shift: Int, digits: [UInt8], places: Int) -> Magnitude {
      let unit = Int64(1) << Int64(shift)
      let (product, over) = whole.multipliedReportingOverflow(by: unit)
      if over { return .greatest }
      if nanos == 0 { return Magnitude(whole: product, nanos: 0) }
      // The fraction's digits, doubled `shift` times; what leaves on the left is whole.
      var fraction = Array(digits.suffix(places).prefix(40))
      var carried: Int64 = 0
      for _ in 0..<shift {
        var carry: UInt8 = 0
        for k in fraction.indices.reversed() {
          let twice = fraction[k] * 2 + carry
          carry = twice >= 10 ? 1 : 0
          fraction[k] = twice - carry * 10
        }
        carried = carried * 2 + Int64(carry)
      }
      let (sum, over2) = product.addingReportingOverflow(carried)
      if over2 { return .greatest }
      let rest = Magnitude(digits: fraction, exponent: -fraction.count)
      let (total, over3) = sum.addingReportingOverflow(rest.whole)
      return over3 ? .greatest : Magnitude(whole: total, nanos: rest.nanos)
    }

    func signed(_ negative: Bool, _ format: Format) -> Quantity {
      if !negative { return Quantity(whole: whole, nanos: nanos, format) }
      if nanos == 0 { return Quantity(whole: -whole, nanos: 0, format) }
      return Quantity(whole: -whole - 1, nanos: 1_000_000_000 - nanos, format)
    }
  }

  // MARK: Amounts

  public var isZero: Bool { whole == 0 && nanos == 0 }
  public var isNegative: Bool { whole < 0 }
  /// -1, 0 or 1.
  public var sign: Int { whole < 0 ? -1 : isZero ? 0 : 1 }

  /// Whole units, a fraction rounded up.
  public var value: Int64 { nanos == 0 || whole == .max ? whole : whole + 1 }

  /// Thousandths, a fraction rounded up, held at the bounds of an `Int64`.
  public var milliValue: Int64 {
    let (thousand, over) = whole.multipliedReportingOverflow(by: 1000)
    if over { return whole < 0 ? .min : .max }
    let (sum, over2) = thousand.addingReportingOverflow(Int64((nanos + 999_999) / 1_000_000))
    return over2 ? .max : sum
  }

  /// Units with their fraction, as near as a `Double` comes.
  public var approximation: Double { Double(whole) + Double(nanos) / 1_000_000_000 }

  /// The amount rounded up to thousandths, as Kubernetes keeps resource lists.
  public var roundedUpToMilli: Quantity {
    if nanos % 1_000_000 == 0 { return self }
    let milli = (nanos + 999_999) / 1_000_000
    if milli < 1000 { return Quantity(whole: whole, nanos: milli * 1_000_000, format) }
    return Quantity(whole: whole == .max ? whole : whole + 1, nanos: 0, format)
  }

  /// The sum, shown as the left is (as the right, where the left is zero).
  public static func + (a: Quantity, b: Quantity) -> Quantity {
    let format = a.isZero ? b.format : a.format
    var nanos = a.nanos + b.nanos
    var carry: Int64 = 0
    if nanos >= 1_000_000_000 {
      nanos -= 1_000_000_000
      carry = 1
    }
    let (sum, over) = a.whole.addingReportingOverflow(b.whole)
    let (total, over2) = sum.addingReportingOverflow(carry)
    if over || over2 { return Quantity(whole: a.whole < 0 ? .min : .max, nanos: 0, format) }
    return Quantity(whole: total, nanos: nanos, format)
  }

  public static prefix func - (a: Quantity) -> Quantity {
    if a.nanos == 0 { return Quantity(whole: a.whole == .min ? .max : -a.whole, nanos: 0, a.format) }
    return Quantity(whole: -1 - a.whole, nanos: 1_000_000_000 - a.nanos, a.format)
  }

  public static func - (a: Quantity, b: Quantity) -> Quantity {
    let difference = a + -b
    return a.isZero ? Quantity(whole: difference.whole, nanos: difference.nanos, b.format) : difference
  }

  public static func += (a: inout Quantity, b: Quantity) { a = a + b }
  public static func -= (a: inout Quantity, b: Quantity) { a = a - b }
}

extension Quantity: Comparable, Hashable {
  public static func == (a: Quantity, b: Quantity) -> Bool { a.whole == b.whole && a.nanos == b.nanos }
  public static func < (a: Quantity, b: Quantity) -> Bool { a.whole != b.whole ? a.whole < b.whole : a.nanos < b.nanos }
  public func hash(into hasher: inout Hasher) {
    hasher.combine(whole)
    hasher.combine(nanos)
  }
}

extension Quantity: CustomStringConvertible {
  /// The canonical text: the largest suffix that needs no fraction (`1500m`, `64Mi`, `1e3`).
  public var description: String {
    if isZero { return "0" }
    if format == .binarySI, nanos == 0, whole >= 1024 || whole <= -1024 {
      var n = whole
      var steps = 0
      while n % 1024 == 0, steps < 6 {
        n /= 1024
        steps += 1
      }
      return String(n) + ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"][steps]
    }
    let (digits, exponent) = thousands
    if format == .decimalExponent { return exponent == 0 ? digits : "\(digits)e\(exponent)" }
    return digits + (["n", "u", "m", "", "k", "M", "G", "T", "P", "E"][exponent / 3 + 3])
  }

  /// The digits and the power of ten, a multiple of three, that say the amount without a fraction.
  private var thousands: (digits: String, exponent: Int) {
    if nanos == 0 {
      var n = whole
      var exponent = 0
      while n % 1000 == 0, exponent < 18 {
        n /= 1000
        exponent += 3
      }
      return (String(n), exponent)
    }
    let positive = whole < 0 ? -self : self
    var rest = positive.nanos
    var exponent = -9
    while rest % 1000 == 0 {
      rest /= 1000
      exponent += 3
    }
    var digits = String(rest)
    if positive.whole != 0 {
      digits = String(positive.whole) + String(repeating: "0", count: max(0, -exponent - digits.utf8.count)) + digits
    }
    return ((whole < 0 ? "-" : "") + digits, exponent)
  }

  /// The canonical text of a quantity's text; the text itself where it is none.
  public static func canonical(_ text: String) -> String {
    guard let quantity = try? Quantity(text) else { return text }
    return quantity.description
  }
}
