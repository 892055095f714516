import APIMachinery
import HTTP
import Posix

// Where a cluster's API is, as a context's address says.

/// `//HOST[:PORT][/PREFIX]`: what stands behind `http:`.
struct RemoteAddress: Hashable {
  var host: String
  var port: UInt16
  /// A path that stands before the API's own; empty, or with a slash before and none behind.
  var prefix: String

  init(_ text: String) throws(Status) {
    let whole = "http:\(text)"
    guard text.hasPrefix("//") else { throw RemoteAddress.wrong(whole, "expected http://HOST:PORT") }
    let rest = text.dropFirst(2)
    let authority = rest.prefix { $0 != "/" }
    guard !authority.contains("@") else {
      throw RemoteAddress.wrong(whole, "credentials are nothing for an address: name a context of your kubeconfig")
    }
    guard !rest.contains(where: { "?# ".contains($0) }) else { throw RemoteAddress.wrong(whole, "expected no query") }
    var host = authority
    port = 80
    if let colon = authority.lastIndex(of: ":"), authority.last != "]" {
      guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else {
        throw RemoteAddress.wrong(whole, "expected a port from 1 to 65535")
      }
      (host, port) = (authority[..<colon], number)
    }
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    guard !host.isEmpty, SocketAddress.isNumeric(String(host)) || RemoteAddress.isName(host) else {
      throw RemoteAddress.wrong(whole, "expected a host's name or its numeric address")
    }
    self.host = String(host)
    var prefix = rest.dropFirst(authority.count)
    while prefix.hasSuffix("/") { prefix = prefix.dropLast() }
    self.prefix = String(prefix)
  }

  /// What a request's `Host` says, and what failures call it.
  var shown: String { "\(host.contains(":") ? "[\(host)]" : host):\(port)" }

  /// Where to connect; a name is looked up by the system's own means.
  func socketAddress() throws(Status) -> SocketAddress {
    if host == "localhost" { return .tcp(host: "127.0.0.1", port: port) }
    if SocketAddress.isNumeric(host) { return .tcp(host: host, port: port) }
    let found: Child.Outcome
    do throws(SystemFailure) {
      found = try Child.run("getent", ["ahosts", host])
    } catch {
      throw .unanswered(
        "Unable to connect to the server: dial tcp: lookup \(host): cannot run getent: \(error.text)",
        hints: ["use a numeric address"])
    }
    let words = String(decoding: found.output, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
    guard let first = words.first(where: SocketAddress.isNumeric) else {
      throw .unanswered("Unable to connect to the server: dial tcp: lookup \(host): no such host")
    }
    return .tcp(host: first, port: port)
  }

  /// Letters, digits, dots, dashes: nothing that getent could take for an option.
  private static func isName(_ host: Substring) -> Bool {
    host.utf8.count < 254 && !host.hasPrefix("-")
      && host.utf8.allSatisfy { 48...57 ~= $0 || 65...90 ~= $0 || 97...122 ~= $0 || $0 == 45 || $0 == 46 || $0 == 95 }
  }

  private static func wrong(_ address: String, _ why: String) -> Status {
    .unanswered("error: invalid address \"\(address)\": \(why)")
  }
}
