import Formats

// How a connection becomes a WebSocket.

/// The handshake of RFC 6455, section 4.
public enum WebSocketHandshake {
  /// Whether a request wants to become a WebSocket.
  public static func isWanted(_ head: RequestHead) -> Bool {
    head.header.lists("Connection", "upgrade") && head.header.lists("Upgrade", "websocket")
  }

  /// The subprotocols that a request offers, in its order.
  public static func protocols(_ head: RequestHead) -> [String] {
    head.header.all("Sec-WebSocket-Protocol").flatMap { $0.utf8.split(separator: 44) }.map { Header.trimmed(Substring($0)) }
  }

  /// The header of the answer that accepts a request, status 101.
  /// - Parameter subprotocol: the one of those offered that is spoken from now on; nil where none was offered.
  public static func acceptance(of head: RequestHead, subprotocol: String?) throws(HTTPProblem) -> [Header.Field] {
    guard head.method == "GET", head.minor == 1 else { throw HTTPProblem(400, "a WebSocket begins with a GET of HTTP/1.1") }
    guard head.header["Sec-WebSocket-Version"] == "13" else {
      throw HTTPProblem(426, "the WebSocket's version must be 13")
    }
    guard let key = head.header["Sec-WebSocket-Key"], head.header.count("Sec-WebSocket-Key") == 1, key.utf8.count == 24 else {
      throw HTTPProblem(400, "the WebSocket's key must be 16 bytes in base64")
    }
    var fields = [
      Header.Field("Upgrade", "websocket"), Header.Field("Connection", "Upgrade"), Header.Field("Sec-WebSocket-Accept", answer(to: key)),
    ]
    if let subprotocol { fields.append(Header.Field("Sec-WebSocket-Protocol", subprotocol)) }
    return fields
  }

  /// What proves that whoever answers has understood the key.
  static func answer(to key: String) -> String {
    Base64.encode(SHA1.digest(Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)))
  }

  /// A client's request fields.
  static func request(key: String, protocols: [String]) -> [Header.Field] {
    [
      Header.Field("Connection", "Upgrade"), Header.Field("Upgrade", "websocket"), Header.Field("Sec-WebSocket-Version", "13"),
      Header.Field("Sec-WebSocket-Key", key), Header.Field("Sec-WebSocket-Protocol", protocols.joined(separator: ", ")),
    ]
  }
}
