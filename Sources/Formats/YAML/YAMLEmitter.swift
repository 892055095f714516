// Values to YAML, byte for byte as `kubectl -o yaml` writes it.

extension YAML {
  /// A value as `kubectl -o yaml` writes it, with a line end after the last line.
  public static func text(_ value: Value) -> String {
    var out: [UInt8] = []
    write(value, to: &out)
    return String(decoding: out, as: UTF8.self)
  }

  /// Appends a value's text.
  public static func write(_ value: Value, to out: inout [UInt8]) {
    var emitter = YAMLEmitter()
    swap(&emitter.out, &out)
    emitter.document(value)
    swap(&emitter.out, &out)
  }
}

/// Follows go-yaml's emitter: block collections, two spaces a level, sequences at their mapping's own indentation,
/// lines folded at the first blank after column 80.
struct YAMLEmitter {
  static let width = 80
  static let step = 2

  var out: [UInt8] = []
  var column = 0
  var indent = -1
  /// Whether the last thing written was blank, and whether only indentation and indicators stand on this line.
  var afterBlank = true
  var isIndentation = true

  mutating func document(_ value: Value) {
    node(value, isMappingValue: false)
    indent = 0
    startLine()
  }

  private mutating func node(_ value: Value, isMappingValue: Bool) {
    switch value {
    case .object(let members) where !members.isEmpty: mapping(members)
    case .array(let items) where !items.isEmpty: sequence(items, isMappingValue: isMappingValue)
    case .object: indicator("{}", afterSpace: true)
    case .array: indicator("[]", afterSpace: true)
    default:
      let outer = indent
      indent = indent < 0 ? Self.step : indent + Self.step
      scalar(value, isKey: false)
      indent = outer
    }
  }

  private mutating func mapping(_ members: Members) {
    let outer = indent
    indent = indent < 0 ? 0 : indent + Self.step
    for member in members.list {
      startLine()
      if isSimpleKey(member.key) {
        string(member.key, isKey: true)
        indicator(":")
      } else {
        indicator("?", afterSpace: true, isIndentation: true)
        let mappingIndent = indent
        indent += Self.step
        string(member.key, isKey: false)
        indent = mappingIndent
        startLine()
        indicator(":", afterSpace: true, isIndentation: true)
      }
      node(member.value, isMappingValue: true)
    }
    indent = outer
  }

  private mutating func sequence(_ items: [Value], isMappingValue: Bool) {
    let outer = indent
    if indent < 0 {
      indent = 0
    } else if !(isMappingValue && !isIndentation) {
      indent += Self.step
    }
    for item in items {
      startLine()
      indicator("-", afterSpace: true, isIndentation: true)
      node(item, isMappingValue: false)
    }
    indent = outer
  }

  private func isSimpleKey(_ key: String) -> Bool { key.utf8.count <= 128 && !YAMLStringAnalysis.hasBreak(key) }

  // MARK: Scalars

  private mutating func scalar(_ value: Value, isKey: Bool) {
    switch value {
    case .null: plain("null")
    case .bool(let flag): plain(flag ? "true" : "false")
    case .int(let number): plain(String(number))
    case .number(let text):
      if UInt64(text) != nil {
        plain(text)
      } else if let number = Double(text), number.isFinite {
        plain(GoNumber.shortest(number.description))
      } else {
        string(text, isKey: isKey)
      }
    case .string(let text): string(text, isKey: isKey)
    case .array, .object: break
    }
  }

  private mutating func plain(_ text: String) {
    if !afterBlank { put(0x20) }
    out.append(contentsOf: text.utf8)
    column += text.utf8.count
    afterBlank = false
    isIndentation = false
  }

  private mutating func string(_ text: String, isKey: Bool) {
    let done: Void? = text.utf8.withContiguousStorageIfAvailable { string($0, isKey: isKey) }
    if done == nil { Array(text.utf8).withUnsafeBufferPointer { string($0, isKey: isKey) } }
  }

  private mutating func string(_ text: UnsafeBufferPointer<UInt8>, isKey: Bool) {
    if YAMLStringAnalysis.isPlainWord(text) {
      if !afterBlank { put(0x20) }
      out.append(contentsOf: text)
      column += text.count
      afterBlank = false
      isIndentation = false
      return
    }
    let analysis = YAMLStringAnalysis(text)
    switch analysis.style(of: text, isKey: isKey) {
    case .plain: writePlain(text, mayFold: !isKey)
    case .singleQuoted: writeSingleQuoted(text, mayFold: !isKey)
    case .literal: writeLiteral(text)
    default: writeDoubleQuoted(text, mayFold: !isKey)
    }
  }

  // MARK: Writing

  mutating func put(_ byte: UInt8) {
    out.append(byte)
    column += 1
  }

  /// Copies the character at `i`, which is one column wide, and steps over it.
  private mutating func copy(_ text: UnsafeBufferPointer<UInt8>, _ i: inout Int) {
    let width = min(YAMLStringAnalysis.width(text[i]), text.count - i)
    for k in 0..<width { out.append(text[i + k]) }
    column += 1
    i += width
  }

  mutating func putBreak() {
    out.append(0x0A)
    column = 0
  }

  private mutating func copyBreak(_ text: UnsafeBufferPointer<UInt8>, _ width: Int, _ i: inout Int) {
    for k in 0..<width { out.append(text[i + k]) }
    column = 0
    i += width
  }

  mutating func startLine() {
    let depth = max(indent, 0)
    if !isIndentation || column > depth || (column == depth && !afterBlank) { putBreak() }
    while column < depth { put(0x20) }
    afterBlank = true
    isIndentation = true
  }

  private mutating func indicator(_ text: StaticString, afterSpace: Bool = false, isIndentation: Bool = false) {
    if afterSpace && !afterBlank { put(0x20) }
    for i in 0..<text.utf8CodeUnitCount { put(text.utf8Start[i]) }
    afterBlank = false
    self.isIndentation = self.isIndentation && isIndentation
  }

  private mutating func writePlain(_ text: UnsafeBufferPointer<UInt8>, mayFold: Bool) {
    if !afterBlank { put(0x20) }
    var wasSpace = false
    var i = 0
    while i < text.count {
      if text[i] == 0x20 {
        if mayFold && !wasSpace && column > Self.width && !(i + 1 < text.count && text[i + 1] == 0x20) {
          startLine()
          i += 1
        } else {
          copy(text, &i)
        }
        wasSpace = true
      } else {
        copy(text, &i)
        wasSpace = false
        isIndentation = false
      }
    }
    afterBlank = false
    isIndentation = false
  }

  private mutating func writeSingleQuoted(_ text: UnsafeBufferPointer<UInt8>, mayFold: Bool) {
    indicator("'", afterSpace: true)
    var wasSpace = false
    var wasBreak = false
    var i = 0
    while i < text.count {
      let breakWidth = YAMLStringAnalysis.breakWidth(text, i)
      if text[i] == 0x20 {
        if mayFold && !wasSpace && column > Self.width && i > 0 && i < text.count - 1 && text[i + 1] != 0x20 {
          startLine()
          i += 1
        } else {
          copy(text, &i)
        }
        wasSpace = true
      } else if breakWidth > 0 {
        if !wasBreak && text[i] == 0x0A { putBreak() }
        copyBreak(text, breakWidth, &i)
        isIndentation = true
        wasBreak = true
      } else {
        if wasBreak { startLine() }
        if text[i] == UInt8(ascii: "'") { put(text[i]) }
        copy(text, &i)
        isIndentation = false
        wasSpace = false
        wasBreak = false
      }
    }
    indicator("'")
    afterBlank = false
    isIndentation = false
  }

  private mutating func writeDoubleQuoted(_ text: UnsafeBufferPointer<UInt8>, mayFold: Bool) {
    indicator("\"", afterSpace: true)
    var wasSpace = false
    var i = 0
    while i < text.count {
      let byte = text[i]
      if !YAMLStringAnalysis.isPrintable(text, i) || YAMLStringAnalysis.breakWidth(text, i) > 0 || byte == 0x22 || byte == 0x5C {
        escape(text, &i)
        wasSpace = false
      } else if byte == 0x20 {
        if mayFold && !wasSpace && column > Self.width && i > 0 && i < text.count - 1 {
          startLine()
          if text[i + 1] == 0x20 { put(UInt8(ascii: "\\")) }
          i += 1
        } else {
          copy(text, &i)
        }
        wasSpace = true
      } else {
        copy(text, &i)
        wasSpace = false
      }
    }
    indicator("\"")
    afterBlank = false
    isIndentation = false
  }

  private mutating func escape(_ text: UnsafeBufferPointer<UInt8>, _ i: inout Int) {
    let width = min(YAMLStringAnalysis.width(text[i]), text.count - i)
    var code = UInt32(text[i]) & (width == 1 ? 0x7F : 0xFF >> UInt32(width + 1))
    for k in 1..<max(width, 1) { code = code << 6 | UInt32(text[i + k] & 0x3F) }
    i += width
    put(UInt8(ascii: "\\"))
    switch code {
    case 0x00: put(UInt8(ascii: "0"))
    case 0x07: put(UInt8(ascii: "a"))
    case 0x08: put(UInt8(ascii: "b"))
    case 0x09: put(UInt8(ascii: "t"))
    case 0x0A: put(UInt8(ascii: "n"))
    case 0x0B: put(UInt8(ascii: "v"))
    case 0x0C: put(UInt8(ascii: "f"))
    case 0x0D: put(UInt8(ascii: "r"))
    case 0x1B: put(UInt8(ascii: "e"))
    case 0x22, 0x5C: put(UInt8(code))
    case 0x85: put(UInt8(ascii: "N"))
    case 0xA0: put(UInt8(ascii: "_"))
    case 0x2028: put(UInt8(ascii: "L"))
    case 0x2029: put(UInt8(ascii: "P"))
    default:
      let digits: UInt32 = code <= 0xFF ? 2 : code <= 0xFFFF ? 4 : 8
      put(digits == 2 ? UInt8(ascii: "x") : digits == 4 ? UInt8(ascii: "u") : UInt8(ascii: "U"))
      for k in (0..<digits).reversed() {
        let digit = UInt8(code >> (k * 4) & 0xF)
        put(digit < 10 ? 0x30 + digit : 0x37 + digit)
      }
    }
  }

  private mutating func writeLiteral(_ text: UnsafeBufferPointer<UInt8>) {
    indicator("|", afterSpace: true)
    if text[0] == 0x20 || YAMLStringAnalysis.breakWidth(text, 0) > 0 { indicator("2") }
    let (last, beforeLast) = YAMLStringAnalysis.finalBreaks(text)
    if !last {
      indicator("-")
    } else if beforeLast {
      indicator("+")
    }
    putBreak()
    isIndentation = true
    afterBlank = true
    var wasBreak = true
    var i = 0
    while i < text.count {
      let width = YAMLStringAnalysis.breakWidth(text, i)
      if width > 0 {
        copyBreak(text, width, &i)
        isIndentation = true
        wasBreak = true
      } else {
        if wasBreak { startLine() }
        copy(text, &i)
        isIndentation = false
        wasBreak = false
      }
    }
  }
}
