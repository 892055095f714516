// What goes over a WebSocket (RFC 6455).

/// A message, or one of the frames by which the ends speak of the connection itself.
public struct WebSocketMessage: Hashable, Sendable {
  public enum Kind: UInt8, Sendable {
    case text = 1
    case binary = 2
    case close = 8
    case ping = 9
    case pong = 10
    var speaksOfConnection: Bool { rawValue >= 8 }
  }

  public var kind: Kind
  public var bytes: [UInt8]

  public init(_ kind: Kind, _ bytes: [UInt8]) {
    self.kind = kind
    self.bytes = bytes
  }

  /// Says that nothing more will come: with a code of RFC 6455, section 7.4, and perhaps a few words.
  public static func close(_ code: UInt16, _ reason: String = "") -> WebSocketMessage {
    WebSocketMessage(.close, [UInt8(code >> 8), UInt8(code & 255)] + reason.utf8.prefix(123))
  }

  /// The message as one frame.
  /// - Parameter mask: what a client's frames are masked with; a server's are not.
  public func frame(mask: UInt32? = nil) -> [UInt8] {
    var out: [UInt8] = [0x80 | kind.rawValue]
    out.reserveCapacity(bytes.count + 14)
    let flag: UInt8 = mask == nil ? 0 : 0x80
    switch bytes.count {
    case ..<126: out.append(flag | UInt8(bytes.count))
    case ..<65536:
      out.append(flag | 126)
      WebSocketMessage.append(UInt64(bytes.count), bytes: 2, to: &out)
    default:
      out.append(flag | 127)
      WebSocketMessage.append(UInt64(bytes.count), bytes: 8, to: &out)
    }
    guard let mask else { return out + bytes }
    WebSocketMessage.append(UInt64(mask), bytes: 4, to: &out)
    let start = out.count
    out += bytes
    for i in 0..<bytes.count { out[start + i] ^= UInt8(truncatingIfNeeded: mask >> UInt32(24 - i % 4 * 8)) }
    return out
  }

  private static func append(_ number: UInt64, bytes: Int, to out: inout [UInt8]) {
    for i in (0..<bytes).reversed() { out.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * i))) }
  }
}
