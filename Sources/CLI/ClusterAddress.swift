import Formats

// A cluster's address, as a context has it: which backend opens it, and what that is told.

/// `sim:default`, `http://127.0.0.1:8001`, `kubectl:prod`: a scheme, and what its backend makes of the rest.
struct ClusterAddress: Hashable {
  let scheme: String
  let rest: String

  /// - Parameter schemes: those that are known; an address without one of them that ends in a port is a server's, as kubectl takes it.
  init?(_ text: String, schemes: [String]) {
    guard let colon = text.firstIndex(of: ":") else { return nil }
    let scheme = String(text[..<colon])
    if !schemes.contains(scheme), !text.contains("//"), let port = text.split(separator: ":", omittingEmptySubsequences: false).last,
      UInt16(port) != nil
    {
      self.scheme = "http"
      rest = "//" + text
    } else {
      self.scheme = scheme
      rest = String(text[text.index(after: colon)...])
    }
  }

  /// Where only kubectl reaches a server: over TLS, with credentials, or by another proxy.
  static func needsKubectl(_ cluster: Value, user: Value) -> Bool {
    let server = cluster["server"].text
    if server.hasPrefix("https:") { return true }
    return server.hasPrefix("http:") && (!user.members.isEmpty || cluster.has("proxy-url"))
  }
}
