// One end of a SPDY session: the end that streams are begun with. There are no windows: what comes too fast or leaves too slowly is held
// back by the connection under it, as Kubernetes does.

/// What carries a session's bytes.
protocol SessionCarrier: AnyObject {
  /// Whether so much waits to be sent that no more should come before `onRoom`.
  var isFull: Bool { get }
  /// Told once when there is room again.
  var onRoom: (() -> Void)? { get set }
  /// While it is set nothing is read.
  var isPaused: Bool { get set }
  func send(_ bytes: [UInt8])
  /// Closes it behind what was sent.
  func end()
}

/// A session and its streams. Whoever made it hands it what comes, and keeps it as long as that may be.
final class SPDYSession {
  private let carrier: any SessionCarrier
  private var reader = SPDYReader()
  private var writer = SPDYWriter()
  private var streams: [UInt32: SPDYStream] = [:]
  private var lastBegun: UInt32 = 0
  private var isLeaving = false
  private var isOver = false

  /// How many streams there may be at a time.
  private static let mostStreams = 4096
  /// The longest data frame that is sent.
  private static let piece = 1 << 16

  /// Whether a stream with these headers may begin; else it is refused.
  var accepts: (SPDYHeaders) -> Bool = { _ in true }
  /// Told of a stream that the other end has begun.
  var onStream: ((SPDYStream) -> Void)?
  /// Told once: no stream lives any more.
  var onEnd: (() -> Void)?

  init(_ carrier: any SessionCarrier) { self.carrier = carrier }

  /// How many streams live.
  var streamCount: Int { streams.count }

  func received(_ bytes: UnsafeRawBufferPointer) {
    guard !isOver else { return }
    do throws(SPDYProblem) {
      for frame in try reader.read(bytes) where !isOver { take(frame) }
    } catch {
      send(.goAway(lastBegun))
      carrier.end()
      gone()
    }
  }

  /// The carrier carries nothing any more.
  func gone() {
    guard !isOver else { return }
    isOver = true
    let left = streams.values.sorted { $0.id < $1.id }
    streams = [:]
    for stream in left { stream.broken() }
    onStream = nil
    let told = onEnd
    onEnd = nil
    told?()
  }

  private func take(_ frame: SPDYFrame) {
    switch frame {
    case .begin(let id, let headers, let isLast): begin(id, headers, isLast: isLast)
    case .data(let id, let bytes, let isLast):
      // What comes for a stream that has ended is late, and lost.
      guard let stream = streams[id] else { return }
      if !bytes.isEmpty { stream.heard(bytes) }
      if isLast { stream.heardAll() }
      forget(stream)
    case .headers(let id, _, let isLast), .reply(let id, _, let isLast):
      guard isLast, let stream = streams[id] else { return }
      stream.heardAll()
      forget(stream)
    case .reset(let id, _):
      streams.removeValue(forKey: id)?.broken()
      endIfEmpty()
    // Ours are even, and we send none.
    case .ping(let id): if id & 1 == 1 { send(.ping(id)) }
    case .goAway:
      isLeaving = true
      endIfEmpty()
    case .other: break
    }
  }

  private func begin(_ id: UInt32, _ headers: SPDYHeaders, isLast: Bool) {
    guard id & 1 == 1, id > lastBegun else { return send(.reset(id, .protocolError)) }
    lastBegun = id
    guard !isLeaving, streams.count < SPDYSession.mostStreams, accepts(headers) else { return send(.reset(id, .refused)) }
    let stream = SPDYStream(id, headers, self)
    streams[id] = stream
    send(.reply(id, SPDYHeaders(), isLast: false))
    onStream?(stream)
    if isLast { stream.heardAll() }
    forget(stream)
  }

  fileprivate func send(_ frame: SPDYFrame) { if !isOver { carrier.send(writer.bytes(frame)) } }

  fileprivate func send(_ bytes: [UInt8], on stream: UInt32) {
    var rest = bytes[...]
    while !rest.isEmpty {
      send(.data(stream, Array(rest.prefix(SPDYSession.piece)), isLast: false))
      rest = rest.dropFirst(SPDYSession.piece)
    }
  }

  /// Lets a stream go that is over both ways.
  fileprivate func forget(_ stream: SPDYStream) {
    guard stream.isOver, streams.removeValue(forKey: stream.id) != nil else { return }
    stream.silence()
    endIfEmpty()
  }

  private func endIfEmpty() {
    guard isLeaving, streams.isEmpty, !isOver else { return }
    carrier.end()
    gone()
  }
}

/// A stream that the other end has begun. Each direction ends by itself.
final class SPDYStream {
  let id: UInt32
  let headers: SPDYHeaders
  private weak var session: SPDYSession?
  private var hasSentAll = false
  private var hasHeardAll = false

  var onData: (([UInt8]) -> Void)?
  /// The other end sends no more.
  var onFinish: (() -> Void)?
  /// Told once: the stream was broken off, by the other end or with the session.
  var onBreak: (() -> Void)?

  fileprivate init(_ id: UInt32, _ headers: SPDYHeaders, _ session: SPDYSession) {
    self.id = id
    self.headers = headers
    self.session = session
  }

  var isOver: Bool { hasSentAll && hasHeardAll }

  func send(_ bytes: [UInt8]) { if !hasSentAll { session?.send(bytes, on: id) } }

  /// Says that nothing more comes.
  func finish() {
    guard !hasSentAll else { return }
    hasSentAll = true
    session?.send(.data(id, [], isLast: true))
    session?.forget(self)
  }

  /// Breaks it off.
  func reset(_ why: SPDYReset) {
    guard !isOver else { return }
    silence()
    session?.send(.reset(id, why))
    session?.forget(self)
  }

  fileprivate func heard(_ bytes: [UInt8]) { if !hasHeardAll { onData?(bytes) } }

  fileprivate func heardAll() {
    guard !hasHeardAll else { return }
    hasHeardAll = true
    onFinish?()
  }

  fileprivate func broken() {
    let told = onBreak
    silence()
    told?()
  }

  fileprivate func silence() {
    (hasSentAll, hasHeardAll) = (true, true)
    (onData, onFinish, onBreak) = (nil, nil, nil)
  }
}
