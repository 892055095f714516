// How names, labels and keys must look: apimachinery's util/validation, with its texts.

/// Rules for texts. Each returns what is wrong, in Kubernetes' words; nothing where all is well.
public enum Names {
  // MARK: DNS

  public static func dns1123Label(_ text: String) -> [String] {
    var problems = tooLong(text, 63)
    if !isLabel(text.utf8, digitFirst: true) {
      problems.append(
        isSubdomain(text)
          ? "must not contain dots"
          : pattern(
            "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', "
              + "and must start and end with an alphanumeric character", dnsLabel, ["my-name", "123-abc"]))
    }
    return problems
  }

  public static func dns1123Subdomain(_ text: String) -> [String] {
    var problems = tooLong(text, 253)
    if !isSubdomain(text) {
      problems.append(
        pattern(
          "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', "
            + "and must start and end with an alphanumeric character", dnsSubdomain, ["example.com"]))
    }
    return problems
  }

  public static func dns1035Label(_ text: String) -> [String] {
    var problems = tooLong(text, 63)
    if !isLabel(text.utf8, digitFirst: false) {
      problems.append(
        pattern(
          "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, "
            + "and end with an alphanumeric character", "[a-z]([-a-z0-9]*[a-z0-9])?", ["my-name", "abc-123"]))
    }
    return problems
  }

  /// `*.example.com`
  public static func wildcardDNS1123Subdomain(_ text: String) -> [String] {
    var problems = tooLong(text, 253)
    if !text.hasPrefix("*.") || !isSubdomain(String(text.dropFirst(2))) {
      problems.append(
        pattern(
          "a wildcard DNS-1123 subdomain must start with '*.', followed by a valid DNS subdomain, which must consist of "
            + "lower case alphanumeric characters, '-' or '.' and end with an alphanumeric character", "\\*\\." + dnsSubdomain,
          ["*.example.com"]))
    }
    return problems
  }

  // MARK: Labels

  /// A label's or annotation's key: `app`, `example.com/app`.
  public static func qualifiedName(_ text: String) -> [String] {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    let rule = pattern(
      "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
      "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]", ["MyName", "my.name", "123-abc"])
    guard parts.count <= 2, let name = parts.last else {
      return ["a qualified name \(rule) with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"]
    }
    var problems: [String] = []
    if parts.count == 2 {
      problems = parts[0].isEmpty ? ["prefix part must be non-empty"] : dns1123Subdomain(parts[0]).map { "prefix part \($0)" }
    }
    if name.isEmpty {
      problems.append("name part must be non-empty")
    } else if name.utf8.count > 63 {
      problems.append("name part must be no more than 63 characters")
    }
    if !isQualified(name) { problems.append("name part \(rule)") }
    return problems
  }

  public static func labelValue(_ text: String) -> [String] {
    var problems = tooLong(text, 63)
    if !text.isEmpty, !isQualified(text) {
      problems.append(
        pattern(
          "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', "
            + "and must start and end with an alphanumeric character", "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?",
          ["MyValue", "my_value", "12345"]))
    }
    return problems
  }

  // MARK: Keys and identifiers

  public static func cIdentifier(_ text: String) -> [String] {
    if matches(text, first: { isLetter($0) || $0 == underscore }, rest: { isAlphanumeric($0) || $0 == underscore }) { return [] }
    return [
      pattern(
        "a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_'",
        "[A-Za-z_][A-Za-z0-9_]*", ["my_name", "MY_NAME", "MyName"])
    ]
  }

  public static func envVarName(_ text: String) -> [String] {
    var problems: [String] = []
    if !matches(text, first: { isKeyByte($0) && !isDigit($0) }, rest: isKeyByte) {
      problems.append(
        pattern(
          "a valid environment variable name must consist of alphabetic characters, digits, '_', '-', or '.', "
            + "and must not start with a digit", "[-._a-zA-Z][-._a-zA-Z0-9]*", ["my.env-name", "MY_ENV.NAME", "MyEnvName1"]))
    }
    return problems + changesFolder(text)
  }

  public static func configMapKey(_ text: String) -> [String] {
    var problems = tooLong(text, 253)
    if !matches(text, first: isKeyByte, rest: isKeyByte) {
      problems.append(
        pattern(
          "a valid config key must consist of alphanumeric characters, '-', '_' or '.'", "[-._a-zA-Z0-9]+",
          ["key.name", "KEY_NAME", "key-name"]))
    }
    return problems + changesFolder(text)
  }

  public static func httpHeaderName(_ text: String) -> [String] {
    if matches(text, first: { isAlphanumeric($0) || $0 == hyphen }, rest: { isAlphanumeric($0) || $0 == hyphen }) { return [] }
    return [pattern("a valid HTTP header must consist of alphanumeric characters or '-'", "[-A-Za-z0-9]+", ["X-Header-Name"])]
  }

  /// `50%`
  public static func percent(_ text: String) -> [String] {
    let digits = text.utf8.dropLast()
    if text.utf8.last == UInt8(ascii: "%"), !digits.isEmpty, digits.allSatisfy(isDigit) { return [] }
    return [pattern("a valid percent string must be a numeric string followed by an ending '%'", "[0-9]+%", ["1%", "93%"])]
  }

  /// A finalizer or condition-like name in a domain: `example.com/foo`.
  public static func domainPrefixedPath(_ text: String) -> [String] {
    guard let slash = text.firstIndex(of: "/"), !text[..<slash].isEmpty, !text[text.index(after: slash)...].isEmpty else {
      return ["must be a domain-prefixed path (such as \"acme.io/foo\")"]
    }
    var problems = dns1123Subdomain(String(text[..<slash])).map { "host \($0)" }
    let path = text[text.index(after: slash)...].utf8
    let others = Array("/~%!$&'()*+,;=:@-._".utf8)
    if !path.allSatisfy({ isAlphanumeric($0) || others.contains($0) }) {
      problems.append(pattern("Invalid path", "[A-Za-z0-9/\\-._~%!$&'()*+,;=:]+", []))
    }
    return problems
  }

  // MARK: Ports and paths

  /// A port's name (IANA_SVC_NAME).
  public static func portName(_ text: String) -> [String] {
    var problems = tooLong(text, 15)
    if text.isEmpty || !text.utf8.allSatisfy(isLabelByte) {
      problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
    }
    if !text.utf8.contains(where: isLower) { problems.append("must contain at least one letter (a-z)") }
    if text.contains("--") { problems.append("must not contain consecutive hyphens") }
    if text.utf8.first == hyphen || text.utf8.last == hyphen { problems.append("must not begin or end with a hyphen") }
    return problems
  }

  public static func portNumber(_ port: Int64) -> [String] { inRange(port, 1, 65535) }

  public static func inRange(_ value: Int64, _ low: Int64, _ high: Int64) -> [String] {
    (low...high).contains(value) ? [] : ["must be between \(low) and \(high), inclusive"]
  }

  /// A name that stands in a URL's path.
  public static func pathSegment(_ text: String) -> [String] {
    if text == "." { return ["may not be '.'"] }
    if text == ".." { return ["may not be '..'"] }
    return pathSegmentPrefix(text)
  }

  private static func pathSegmentPrefix(_ text: String) -> [String] {
    ["/", "%"].filter { text.contains($0) }.map { "may not contain '\($0)'" }
  }

  /// An HTTP path: a slash first.
  public static func httpPath(_ text: String) -> [String] { text.hasPrefix("/") ? [] : ["must be an absolute path"] }

  // MARK: Internals

  static let dnsLabel = "[a-z0-9]([-a-z0-9]*[a-z0-9])?"
  static let dnsSubdomain = dnsLabel + "(\\." + dnsLabel + ")*"
  private static let hyphen = UInt8(ascii: "-")
  private static let underscore = UInt8(ascii: "_")
  private static let dot = UInt8(ascii: ".")

  static func tooLong(_ text: String, _ limit: Int) -> [String] {
    text.utf8.count > limit ? ["must be no more than \(limit) characters"] : []
  }

  /// validation.RegexError.
  public static func pattern(_ rule: String, _ expression: String, _ examples: [String]) -> String {
    if examples.isEmpty { return "\(rule) (regex used for validation is '\(expression)')" }
    let list = examples.map { "'\($0)', " }.joined(separator: " or ")
    return "\(rule) (e.g. \(list)regex used for validation is '\(expression)')"
  }

  private static func changesFolder(_ text: String) -> [String] {
    if text == "." { return ["must not be '.'"] }
    if text == ".." { return ["must not be '..'"] }
    return text.hasPrefix("..") ? ["must not start with '..'"] : []
  }

  @inline(__always) private static func isLower(_ b: UInt8) -> Bool { b &- UInt8(ascii: "a") < 26 }
  @inline(__always) private static func isLetter(_ b: UInt8) -> Bool { (b | 0x20) &- UInt8(ascii: "a") < 26 }
  @inline(__always) private static func isAlphanumeric(_ b: UInt8) -> Bool { isLetter(b) || isDigit(b) }
  @inline(__always) private static func isLabelByte(_ b: UInt8) -> Bool { isLower(b) || isDigit(b) || b == hyphen }
  @inline(__always) private static func isKeyByte(_ b: UInt8) -> Bool {
    isAlphanumeric(b) || b == hyphen || b == underscore || b == dot
  }

  private static func matches(_ text: String, first: (UInt8) -> Bool, rest: (UInt8) -> Bool) -> Bool {
    guard let head = text.utf8.first, first(head) else { return false }
    return text.utf8.dropFirst().allSatisfy(rest)
  }

  /// `[A-Za-z0-9]` at both ends, `-_.` between.
  private static func isQualified(_ text: String) -> Bool {
    let bytes = text.utf8
    guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else { return false }
    return bytes.allSatisfy(isKeyByte)
  }

  private static func isLabel(_ bytes: some BidirectionalCollection<UInt8>, digitFirst: Bool) -> Bool {
    guard let first = bytes.first, let last = bytes.last else { return false }
    guard isLower(first) || (digitFirst && isDigit(first)), last != hyphen else { return false }
    return bytes.allSatisfy(isLabelByte)
  }

  private static func isSubdomain(_ text: String) -> Bool {
    var previous = dot
    for byte in text.utf8 {
      if byte == dot {
        if previous == dot || previous == hyphen { return false }
      } else if byte == hyphen {
        if previous == dot { return false }
      } else if !isLower(byte), !isDigit(byte) {
        return false
      }
      previous = byte
    }
    return previous != dot && previous != hyphen
  }
}

extension NameRule {
  /// What is wrong with an object's name; with `isPrefix` the text is a generateName, whose last hyphens don't count.
  public func problems(with name: String, isPrefix: Bool = false) -> [String] {
    if self == .path { return isPrefix ? Names.pathSegment(name).filter { !$0.hasPrefix("may not be") } : Names.pathSegment(name) }
    var name = name
    // Kubernetes masks one trailing hyphen.
    if isPrefix, name.utf8.count > 1, name.hasSuffix("-") { name = String(name.dropLast()) + "a" }
    return switch self {
    case .subdomain: Names.dns1123Subdomain(name)
    case .label: Names.dns1123Label(name)
    case .label1035: Names.dns1035Label(name)
    case .path: []
    }
  }
}
