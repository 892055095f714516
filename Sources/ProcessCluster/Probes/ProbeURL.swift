// The URLs that probes ask, as Go's net/url builds and follows them.

/// A URL of a probe.
struct ProbeURL: Equatable, CustomStringConvertible {
  var scheme: String
  /// Without brackets.
  var host: String
  /// Nil: the scheme's own.
  var port: UInt16?
  /// Path and query, as they are sent; empty where nothing stands behind the port.
  var target: String
  /// What stands behind `#`, with it; never sent.
  var fragment = ""

  init(scheme: String, host: String, port: UInt16?, path: String) {
    self.scheme = scheme
    self.host = host
    self.port = port
    target = ""
    setTarget(path)
  }

  /// `127.0.0.1:8080`, `[::1]:8080`
  var authority: String {
    let name = host.contains(":") ? "[\(host)]" : host
    return port.map { "\(name):\($0)" } ?? name
  }

  var number: UInt16 { port ?? (scheme == "https" ? 443 : 80) }
  /// What a request's first line names.
  var sent: String { target.isEmpty ? "/" : target.hasPrefix("?") ? "/" + target : target }

  var description: String { "\(scheme)://\(authority)\(target)\(fragment)" }

  private mutating func setTarget(_ text: String) {
    let parts = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let path = ProbeURL.escaped(parts.first ?? "")
    target = path.isEmpty || path.hasPrefix("/") || path.hasPrefix("?") ? path : "/" + path
    fragment = parts.count > 1 && !parts[1].isEmpty ? "#" + ProbeURL.escaped(parts[1]) : ""
  }

  /// With percent signs in place of what can't stand in a URL; those that are there are left.
  private static func escaped(_ text: Substring) -> String {
    let hex = Array("0123456789ABCDEF".utf8)
    let unfit = Array("\"<>\\^`{|}".utf8)
    guard text.utf8.contains(where: { $0 <= 32 || $0 >= 127 || unfit.contains($0) }) else { return String(text) }
    var out: [UInt8] = []
    for byte in text.utf8 {
      if byte <= 32 || byte >= 127 || unfit.contains(byte) {
        out += [37, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

extension ProbeURL {
  /// Where a `Location` leads from here; nil where it can't be read.
  func following(_ location: String) -> ProbeURL? {
    var next = self
    next.fragment = ""
    if let mark = location.range(ofText: "://"), location[..<mark.lowerBound].allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) {
      next.scheme = location[..<mark.lowerBound].lowercased()
      return next.atHost(location[mark.upperBound...])
    }
    if location.hasPrefix("//") { return next.atHost(location.dropFirst(2)) }
    if location.hasPrefix("#") { return next }
    let path = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false).first ?? ""
    if location.hasPrefix("?") {
      next.setTarget(path + location)
    } else if location.hasPrefix("/") {
      next.setTarget(ProbeURL.withoutDots(location))
    } else {
      let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
      next.setTarget(ProbeURL.withoutDots(folder + location))
    }
    return next
  }

  /// `host:port/path?query` of this scheme.
  private func atHost(_ text: Substring) -> ProbeURL? {
    var next = self
    let end = text.firstIndex { $0 == "/" || $0 == "?" || $0 == "#" } ?? text.endIndex
    var authority = text[..<end]
    if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
    next.port = nil
    if authority.hasPrefix("["), let bracket = authority.firstIndex(of: "]") {
      next.host = String(authority[authority.index(after: authority.startIndex)..<bracket])
      authority = authority[authority.index(after: bracket)...]
    } else {
      next.host = String(authority.prefix { $0 != ":" })
      authority = authority.dropFirst(next.host.count)
    }
    if authority.hasPrefix(":"), authority.count > 1 {
      guard let port = UInt16(authority.dropFirst()) else { return nil }
      next.port = port
    } else if !authority.isEmpty, authority != ":" {
      return nil
    }
    guard !next.host.isEmpty else { return nil }
    next.setTarget(String(text[end...]))
    return next
  }

  /// A path without `.` and `..`; its query is left alone.
  private static func withoutDots(_ target: String) -> String {
    let end = target.firstIndex { $0 == "?" || $0 == "#" } ?? target.endIndex
    var kept: [Substring] = []
    let parts = target[..<end].split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    for part in parts {
      if part == ".." { _ = kept.popLast() } else if part != "." { kept.append(part) }
    }
    if let last = parts.last, last == "." || last == ".." { kept.append("") }
    return "/" + kept.joined(separator: "/") + target[end...]
  }
}

extension String {
  fileprivate func range(ofText text: String) -> Range<String.Index>? {
    var at = startIndex
    while at < endIndex {
      if self[at...].hasPrefix(text) { return at..<index(at, offsetBy: text.count) }
      at = index(after: at)
    }
    return nil
  }
}
