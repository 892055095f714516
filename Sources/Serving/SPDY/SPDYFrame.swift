// What goes over a SPDY session (SPDY/3.1, section 2), as far as Kubernetes' clients use it.

/// A frame, with its headers in the clear.
enum SPDYFrame: Equatable {
  /// A stream begins; `isLast`: its sender sends nothing on it.
  case begin(UInt32, SPDYHeaders, isLast: Bool)
  case reply(UInt32, SPDYHeaders, isLast: Bool)
  /// A part of what is sent on a stream; `isLast`: nothing comes behind it.
  case data(UInt32, [UInt8], isLast: Bool)
  case reset(UInt32, SPDYReset)
  case ping(UInt32)
  /// No stream is begun any more; the last that was taken.
  case goAway(UInt32)
  /// More headers of a stream. They say nothing here.
  case headers(UInt32, SPDYHeaders, isLast: Bool)
  /// Settings and windows. Kubernetes' clients keep none: what comes too fast is held back by the connection itself.
  case other
}

/// Why a stream ends at once.
enum SPDYReset: UInt32 {
  case protocolError = 1
  case invalidStream = 2
  case refused = 3
  case cancelled = 5
  case internalError = 6
  case inUse = 8
  /// Whatever else there is.
  case unknown = 0xFFFF_FFFF
}

/// What is wrong with a session's bytes: nothing of it can be read any more.
struct SPDYProblem: Error, Equatable {
  let text: String
  init(_ text: String) { self.text = text }
}

/// Names and values, in lower case and in the order in which they came.
struct SPDYHeaders: Equatable {
  var fields: [(name: String, value: String)]

  init(_ fields: [(name: String, value: String)] = []) { self.fields = fields }

  subscript(name: String) -> String { fields.first { $0.name == name }?.value ?? "" }

  static func == (a: SPDYHeaders, b: SPDYHeaders) -> Bool { a.fields.elementsEqual(b.fields) { $0 == $1 } }

  /// A block as it is before compression.
  var block: [UInt8] {
    SPDYHeaders.number(fields.count) + fields.flatMap { SPDYHeaders.counted($0.name) + SPDYHeaders.counted($0.value) }
  }

  init(block: [UInt8]) throws(SPDYProblem) {
    var rest = block[...]
    func number() throws(SPDYProblem) -> Int {
      guard rest.count >= 4 else { throw SPDYProblem("a header block ends early") }
      defer { rest = rest.dropFirst(4) }
      return rest.prefix(4).reduce(0) { $0 << 8 | Int($1) }
    }
    func text() throws(SPDYProblem) -> String {
      let count = try number()
      guard rest.count >= count else { throw SPDYProblem("a header block ends early") }
      defer { rest = rest.dropFirst(count) }
      return String(decoding: rest.prefix(count), as: UTF8.self)
    }
    fields = []
    let count = try number()
    // Each takes eight bytes at least, whatever their number is said to be.
    guard count <= rest.count / 8 else { throw SPDYProblem("a header block ends early") }
    for _ in 0..<count {
      let name = try text()
      fields.append((name.lowercased(), try text()))
    }
  }

  static func counted(_ text: String) -> [UInt8] { number(text.utf8.count) + text.utf8 }
  static func number(_ count: Int) -> [UInt8] { SPDYWriter.bytes(of: UInt32(truncatingIfNeeded: count)) }
}
