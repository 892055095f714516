// From a connection's bytes to messages, strictly: what RFC 6455 forbids ends the connection.

/// What is wrong with what came over a WebSocket, and the code by which its sender is told.
public struct WebSocketProblem: Error, Hashable, Sendable {
  public let code: UInt16
  public let text: String

  init(_ code: UInt16, _ text: String) {
    self.code = code
    self.text = text
  }
}

/// Reads one end's messages.
public struct WebSocketReader: Sendable {
  /// Whether the other end is a client, whose frames must be masked; a server's must not be.
  private let fromClient: Bool
  private let longest: Int
  private var buffer: [UInt8] = []
  /// The beginning of a message that comes in several frames.
  private var begun: WebSocketMessage?

  /// - Parameter longest: how many bytes a message may have.
  public init(fromClient: Bool, longest: Int = 1 << 24) {
    self.fromClient = fromClient
    self.longest = longest
  }

  public mutating func read(_ bytes: [UInt8]) throws(WebSocketProblem) -> [WebSocketMessage] {
    buffer += bytes
    return try messages()
  }

  /// Takes what has come; returns the messages that are whole with it. A message may have come in frames: it is returned as one.
  public mutating func read(_ bytes: UnsafeRawBufferPointer) throws(WebSocketProblem) -> [WebSocketMessage] {
    buffer.append(contentsOf: bytes)
    return try messages()
  }

  private mutating func messages() throws(WebSocketProblem) -> [WebSocketMessage] {
    var messages: [WebSocketMessage] = []
    var at = 0
    while let (frame, end) = try frame(from: at) {
      at = end
      if let message = try joined(frame) { messages.append(message) }
    }
    if at == buffer.count { buffer.removeAll(keepingCapacity: buffer.capacity <= 1 << 16) } else { buffer.removeFirst(at) }
    return messages
  }

  private struct Frame {
    let isLast: Bool
    /// Nil: it goes on with a message.
    let kind: WebSocketMessage.Kind?
    let bytes: [UInt8]
  }

  /// The frame that begins at `at`, and where it ends; nil where it is not whole yet.
  private func frame(from at: Int) throws(WebSocketProblem) -> (Frame, Int)? {
    guard buffer.count - at >= 2 else { return nil }
    let (first, second) = (buffer[at], buffer[at + 1])
    guard first & 0x70 == 0 else { throw WebSocketProblem(1002, "reserved bits are set") }
    let kind = WebSocketMessage.Kind(rawValue: first & 15)
    guard kind != nil || first & 15 == 0 else { throw WebSocketProblem(1002, "unknown opcode \(first & 15)") }
    let isMasked = second & 0x80 != 0
    guard isMasked == fromClient else {
      throw WebSocketProblem(1002, fromClient ? "a client's frame must be masked" : "a server's frame must not be masked")
    }
    let isLast = first & 0x80 != 0
    let short = Int(second & 127)
    if let kind, kind.speaksOfConnection {
      guard short < 126, isLast else { throw WebSocketProblem(1002, "a control frame is too long") }
    }
    let lengthSize = short == 126 ? 2 : short == 127 ? 8 : 0
    var start = at + 2 + lengthSize + (isMasked ? 4 : 0)
    guard buffer.count >= start else { return nil }
    var length = UInt64(short)
    if lengthSize > 0 { length = buffer[(at + 2)..<(at + 2 + lengthSize)].reduce(0) { $0 << 8 | UInt64($1) } }
    guard length <= UInt64(longest) else { throw WebSocketProblem(1009, "the message is longer than \(longest) bytes") }
    guard buffer.count - start >= Int(length) else { return nil }
    var bytes = Array(buffer[start..<(start + Int(length))])
    if isMasked {
      let mask = Array(buffer[(start - 4)..<start])
      for i in bytes.indices { bytes[i] ^= mask[i & 3] }
    }
    start += Int(length)
    return (Frame(isLast: isLast, kind: kind, bytes: bytes), start)
  }

  private mutating func joined(_ frame: Frame) throws(WebSocketProblem) -> WebSocketMessage? {
    if let kind = frame.kind, kind.speaksOfConnection { return WebSocketMessage(kind, frame.bytes) }
    var message: WebSocketMessage
    switch (begun, frame.kind) {
    case (nil, let kind?): message = WebSocketMessage(kind, frame.bytes)
    case (var whole?, nil):
      guard whole.bytes.count + frame.bytes.count <= longest else {
        throw WebSocketProblem(1009, "the message is longer than \(longest) bytes")
      }
      begun = nil
      whole.bytes += frame.bytes
      message = whole
    case (nil, nil): throw WebSocketProblem(1002, "a message goes on that has not begun")
    case (_?, _?): throw WebSocketProblem(1002, "a message begins within another")
    }
    if frame.isLast { return message }
    begun = message
    return nil
  }
}
