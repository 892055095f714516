import API
import APIMachinery
import Formats

// pod-template-hash: the name that a Deployment gives to a pod template, the same as a real cluster's.

/// Kubernetes hashes what Go prints of the template: every field, its type and its value.
enum TemplateHash {
  /// The hash of a template as it is stored; a collision count makes another one: controller.ComputeHash.
  static func of(_ template: Value, collisionCount: Int64?) -> String {
    var bytes = printed(template)
    if let collisionCount {
      // Four bytes, little-endian, in a field of eight.
      for shift in stride(from: Int64(0), to: 32, by: 8) { bytes.append(UInt8(truncatingIfNeeded: collisionCount >> shift)) }
      bytes += [0, 0, 0, 0]
    }
    return SafeEncoding.encode(String(FNV.hash32a(bytes)))
  }

  /// The template as Go prints it.
  static func printed(_ template: Value) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(16_384)
    out += type
    print(template, as: shape, into: &out)
    return out
  }

  private static let type = Array("(v1.PodTemplateSpec)".utf8)
  private static let shape = GoShape.structure(GoStructure(CoreV1.podTemplateSpec))

  private static func print(_ value: Value, as shape: GoShape, into out: inout [UInt8]) {
    switch (shape, value) {
    case (.text, .string(let text)): out += text.utf8
    case (.number, .int(let number)): out += String(number).utf8
    case (.number, .number(let text)): out += text.utf8
    case (.flag, .bool(let flag)): out += (flag ? "true" : "false").utf8
    case (.quantity, .string(let text)): out += GoQuantity.printed(text)
    case (.quantity, .int(let number)): out += GoQuantity.printed(Quantity(number).description)
    case (.intOrString, .int(let number)): out += "{Type:(intstr.Type)0 IntVal:(int32)\(number) StrVal:(string)}".utf8
    case (.intOrString, .string(let text)): out += "{Type:(intstr.Type)1 IntVal:(int32)0 StrVal:(string)\(text)}".utf8
    case (.time, .string(let text)): out += time(text, otherwise: shape.zero)
    case (.json, _): out += "{Raw:([]uint8)[\(JSON.text(value).utf8.map { String($0) }.joined(separator: " "))]}".utf8
    case (.list(let element), .array(let items)):
      out.append(UInt8(ascii: "["))
      for (i, item) in items.enumerated() {
        if i > 0 { out.append(UInt8(ascii: " ")) }
        print(item, as: element, into: &out)
      }
      out.append(UInt8(ascii: "]"))
    case (.map(let element), .object(let members)):
      out += "map[".utf8
      for (i, member) in members.enumerated() {
        if i > 0 { out.append(UInt8(ascii: " ")) }
        out += member.key.utf8
        out.append(UInt8(ascii: ":"))
        print(member.value, as: element, into: &out)
      }
      out.append(UInt8(ascii: "]"))
    case (.structure(let structure), .object(let members)): print(members, as: structure, into: &out)
    default: out += shape.zero
    }
  }

  private static func print(_ members: Members, as structure: GoStructure, into out: inout [UInt8]) {
    for slot in structure.slots {
      out += slot.prefix
      if let value = members[slot.key], !isAbsent(value, slot.shape) {
        print(value, as: slot.shape, into: &out)
      } else {
        out += slot.absent
      }
    }
    out += structure.close
  }

  /// Empty lists and maps are lost on their way through the store.
  private static func isAbsent(_ value: Value, _ shape: GoShape) -> Bool {
    switch (shape, value) {
    case (_, .null): true
    case (.list, .array(let items)): items.isEmpty
    case (.map, .object(let members)): members.isEmpty
    default: false
    }
  }

  /// A time as Go holds it on a machine whose own zone is UTC.
  private static func time(_ text: String, otherwise zero: [UInt8]) -> [UInt8] {
    guard let instant = Instant(rfc3339: text) else { return zero }
    // Go counts from the year 1.
    let seconds = instant.seconds &+ 62_135_596_800
    return Array(
      """
      {Time:(time.Time){wall:(uint64)0 ext:(int64)\(seconds) loc:(*time.Location){name:(string)UTC zone:([]time.zone)<nil> \
      tx:([]time.zoneTrans)<nil> extend:(string) cacheStart:(int64)0 cacheEnd:(int64)0 cacheZone:(*time.zone)<nil>}}}
      """.utf8)
  }
}

/// What Go holds of a quantity once it has read its text: resource.ParseQuantity.
enum GoQuantity {
  static func printed(_ text: String) -> [UInt8] {
    // As the store writes it: a number without a point, and a suffix.
    let text = Quantity.canonical(text)
    if text == "0" { return amount(0, scale: 0, text: text, "DecimalSI") }
    let isNegative = text.hasPrefix("-")
    let unsigned = isNegative ? text.dropFirst() : text[...]
    let digits = unsigned.prefix { $0.isASCII && $0.isNumber }
    let suffix = unsigned[digits.endIndex...]
    guard let number = UInt64(digits) else { return amount(0, scale: 0, text: "", "") }
    if let shift = binary[String(suffix)] {
      let whole = number.multipliedReportingOverflow(by: 1 << shift)
      if 14 - digits.utf8.count - Int(shift) * 3 / 10 >= 0, !whole.overflow, let value = Int64(exactly: whole.partialValue) {
        return amount(isNegative ? -value : value, scale: 0, text: number & 7 != 0 ? text : "", "BinarySI")
      }
      return decimal(whole.partialValue.multipliedFullWidth(by: 1_000_000_000), isNegative, "BinarySI")
    }
    let exponent: Int
    let format: String
    if let known = powers[String(suffix)] {
      (exponent, format) = (known, "DecimalSI")
    } else {
      (exponent, format) = (Int(suffix.dropFirst()) ?? 0, "DecimalExponent")
    }
    if digits.utf8.count <= 18, let value = Int64(exactly: number) {
      return amount(isNegative ? -value : value, scale: exponent, text: digits.hasSuffix("000") ? "" : text, format)
    }
    var factor: UInt64 = 1
    for _ in 0..<max(0, min(9, exponent + 9)) { factor *= 10 }
    return decimal(number.multipliedFullWidth(by: factor), isNegative, format)
  }

  private static let binary: [String: UInt64] = ["Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60]
  private static let powers = ["n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18]

  /// A number that fits a machine's word, and its text where Go keeps it.
  private static func amount(_ value: Int64, scale: Int, text: String, _ format: String) -> [UInt8] {
    Array(
      """
      {i:(resource.int64Amount){value:(int64)\(value) scale:(resource.Scale)\(scale)} d:(resource.infDecAmount){Dec:(*inf.Dec)<nil>} \
      s:(string)\(text) Format:(resource.Format)\(format)}
      """.utf8)
  }

  /// A greater number, in billionths.
  private static func decimal(_ number: (high: UInt64, low: UInt64), _ isNegative: Bool, _ format: String) -> [UInt8] {
    let words = number.high == 0 ? "\(number.low)" : "\(number.low) \(number.high)"
    return Array(
      """
      {i:(resource.int64Amount){value:(int64)0 scale:(resource.Scale)0} d:(resource.infDecAmount){Dec:(*inf.Dec)\
      {unscaled:(big.Int){neg:(bool)\(isNegative) abs:(big.nat)[\(words)]} scale:(inf.Scale)9}} s:(string) \
      Format:(resource.Format)\(format)}
      """.utf8)
  }
}
