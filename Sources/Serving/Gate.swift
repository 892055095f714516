import APIMachinery
import HTTP
import Posix

// Who may ask anything at all.

/// Keeps out whom the server is not for: strangers without the token, and web pages that a browser lets speak to this machine.
public struct Gate: Sendable {
  /// What clients must send as `Authorization: Bearer …`; nil: nothing.
  public var token: [UInt8]?
  private let hosts: Set<String>

  /// - Parameter listening: the addresses that clients may name in `Host`.
  public init(listening: [SocketAddress], token: [UInt8]?) {
    self.token = token
    var hosts = Set<String>()
    for case .tcp(let host, let port) in listening {
      hosts.insert(SocketAddress.tcp(host: host, port: port).description)
      if host.hasPrefix("127.") || host == "::1" { hosts.insert("localhost:\(port)") }
      if port == 80 {
        hosts.insert(host)
        hosts.insert("localhost")
      }
    }
    self.hosts = hosts
  }

  /// Why a request is refused; nil: it is not.
  func refusal(_ head: RequestHead, at address: SocketAddress, isPublic: Bool) -> Status? {
    if case .tcp = address, token == nil {
      // A name that resolves to this machine for the sake of a page from elsewhere (DNS rebinding).
      guard let host = head.header["Host"], hosts.contains(host) || hosts.contains(host.lowercased()) else {
        return Status(.forbidden, "the Host header must name the address that is listened on", code: 403)
      }
    }
    if let origin = head.header["Origin"] {
      guard hosts.contains(where: { origin == "http://\($0)" }) else {
        return Status(.forbidden, "requests from other origins are refused")
      }
    }
    if let site = head.header["Sec-Fetch-Site"], site != "same-origin", site != "none" {
      return Status(.forbidden, "requests from other sites are refused")
    }
    guard let token, !isPublic else { return nil }
    guard case .tcp = address else { return nil }
    let given = head.header["Authorization"] ?? ""
    guard given.utf8.count > 7, Header.same(String(given.prefix(7)), "Bearer "), Gate.same(Array(given.utf8.dropFirst(7)), token) else {
      return Status(.unauthorized, "Unauthorized")
    }
    return nil
  }

  /// Compares in a time that tells nothing of where they differ.
  static func same(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    var difference = a.count ^ b.count
    for i in a.indices { difference |= Int(a[i] ^ (b.isEmpty ? 0 : b[i % b.count])) }
    return difference == 0
  }
}
