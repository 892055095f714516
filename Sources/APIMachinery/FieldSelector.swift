import Formats

// Which objects are meant, by some of their fields: `status.phase=Running,spec.nodeName!=`.

/// A field selector.
public struct FieldSelector: Hashable, Sendable {
  public struct Term: Hashable, Sendable {
    public let field: String
    public let value: String
    public let isEqual: Bool

    public init(_ field: String, _ value: String, isEqual: Bool = true) {
      self.field = field
      self.value = value
      self.isEqual = isEqual
    }
  }

  /// All must hold.
  public let terms: [Term]

  public static let everything = FieldSelector([])

  public init(_ terms: [Term]) { self.terms = terms }

  /// Reads a field selector; throws fields.ParseSelector's words.
  public init(_ text: String) throws(Malformed) {
    var terms: [Term] = []
    for part in FieldSelector.split(text).sorted(by: Members.precedes) where !part.isEmpty {
      guard let (field, isEqual, raw) = FieldSelector.term(part) else {
        throw Malformed("invalid selector: '\(text)'; can't understand '\(part)'")
      }
      terms.append(Term(field, try FieldSelector.unescape(raw), isEqual: isEqual))
    }
    self.init(terms)
  }

  public var isEmpty: Bool { terms.isEmpty }

  /// `value` gives a field's text; absent fields read as empty.
  public func matches(_ value: (String) -> String) -> Bool {
    for term in terms where (value(term.field) == term.value) != term.isEqual { return false }
    return true
  }

  /// The value a field must have, where the selector says one.
  public func required(_ field: String) -> String? { terms.first { $0.field == field && $0.isEqual }?.value }

  /// At commas that no backslash precedes.
  private static func split(_ text: String) -> [String] {
    var parts: [String] = []
    var part = ""
    var isEscaped = false
    for c in text.unicodeScalars {
      if isEscaped {
        isEscaped = false
      } else if c == "\\" {
        isEscaped = true
      } else if c == "," {
        parts.append(part)
        part = ""
        continue
      }
      part.unicodeScalars.append(c)
    }
    return parts + [part]
  }

  private static func term(_ part: String) -> (field: String, isEqual: Bool, raw: String)? {
    let bytes = Array(part.utf8)
    for i in bytes.indices {
      let isBeforeEquals = i + 1 < bytes.count && bytes[i + 1] == UInt8(ascii: "=")
      let length: Int
      if bytes[i] == UInt8(ascii: "!"), isBeforeEquals {
        length = 2
      } else if bytes[i] == UInt8(ascii: "=") {
        length = isBeforeEquals ? 2 : 1
      } else {
        continue
      }
      return (
        String(decoding: bytes[..<i], as: UTF8.self), bytes[i] == UInt8(ascii: "="), String(decoding: bytes[(i + length)...], as: UTF8.self)
      )
    }
    return nil
  }

  private static func unescape(_ text: String) throws(Malformed) -> String {
    var out = ""
    var isEscaped = false
    for c in text.unicodeScalars {
      if isEscaped {
        guard c == "\\" || c == "," || c == "=" else { throw Malformed("invalid field selector: invalid escape sequence: \\\(c)") }
        out.unicodeScalars.append(c)
        isEscaped = false
      } else if c == "\\" {
        isEscaped = true
      } else if c == "," || c == "=" {
        throw Malformed("invalid field selector: unescaped character in value: \(c.value)")
      } else {
        out.unicodeScalars.append(c)
      }
    }
    if isEscaped { throw Malformed("invalid field selector: invalid escape sequence: \\") }
    return out
  }
}

extension FieldSelector: CustomStringConvertible {
  public var description: String {
    terms.map { term in
      var value = ""
      for c in term.value.unicodeScalars {
        if c == "\\" || c == "," || c == "=" { value += "\\" }
        value.unicodeScalars.append(c)
      }
      return term.field + (term.isEqual ? "=" : "!=") + value
    }.joined(separator: ",")
  }
}
