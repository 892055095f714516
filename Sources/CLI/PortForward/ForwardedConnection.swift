import APIMachinery
import Client
import Posix

// A local connection and the stream to the pod that it goes on by.

/// One forwarded connection. Each direction ends by itself, and neither is read while the other side is full.
final class ForwardedConnection {
  private let loop: any EventLoop
  private let local: Socket
  private let stream: any PodStream
  private var localWatch: LoopWatch?
  private var streamWatch: LoopWatch?
  /// What the pod has said and waits for room.
  private var output: [UInt8] = []
  private var written = 0
  private var localEnds = false
  private var podEnds = false
  private var hasEndedLocal = false
  private var end: StreamEnd?
  private var idle: LoopTimer?
  private var onEnd: ((StreamEnd) -> Void)?

  private static let full = 1 << 18
  private static let piece = 1 << 16
  /// How many pieces are read before others get their turn.
  private static let turn = 8
  /// How long it may be silent once the local side has ended, where the pod can't be told of it.
  private static let silence: Int64 = 10_000_000_000

  init(_ loop: any EventLoop, _ local: Socket, _ stream: any PodStream) {
    self.loop = loop
    self.local = local
    self.stream = stream
  }

  /// - Parameter onEnd: told once, perhaps at once.
  func begin(onEnd: @escaping (StreamEnd) -> Void) {
    self.onEnd = onEnd
    localWatch = LoopWatch(loop, local.number) { [self] in localReady($0) }
    streamWatch = LoopWatch(loop, stream.descriptor) { [self] in streamReady($0) }
    follow()
  }

  /// Breaks it off.
  func cancel() {
    onEnd = nil
    close(.success)
  }

  private func localReady(_ ready: Poller.Interest) {
    if ready.contains(.write) || ready.contains(.gone) { write() }
    if !ready.isDisjoint(with: [.read, .gone]) { readLocal() }
    follow()
  }

  private func streamReady(_ ready: Poller.Interest) {
    stream.flush()
    if !ready.isDisjoint(with: [.read, .gone]) { readStream() }
    follow()
  }

  /// Watches both sides for what can be done now.
  private func follow() {
    guard onEnd != nil else { return }
    var (ofLocal, ofStream): (Poller.Interest, Poller.Interest) = ([], [])
    if !localEnds, end == nil, !stream.isFull { ofLocal.insert(.read) }
    if written < output.count { ofLocal.insert(.write) }
    if end == nil, output.count - written < ForwardedConnection.full { ofStream.insert(.read) }
    if stream.hasUnsent { ofStream.insert(.write) }
    do throws(SystemFailure) {
      try localWatch?.want(ofLocal)
      try streamWatch?.want(ofStream)
    } catch {
      close(.failed(error.text))
    }
  }

  // MARK: To the pod

  private func readLocal() {
    for _ in 0..<ForwardedConnection.turn where !localEnds && end == nil && !stream.isFull {
      let moved = withUnsafeTemporaryAllocation(byteCount: ForwardedConnection.piece, alignment: 16) { scratch -> Socket.Moved in
        let moved = local.read(into: scratch)
        if case .bytes(let count) = moved { stream.send(Array(scratch[..<count])) }
        return moved
      }
      switch moved {
      case .bytes: break
      case .wait: return
      case .end:
        localEnds = true
        stream.endInput()
        awaitSilence()
      }
    }
  }

  /// A pod that can't be told that the local side has ended may keep the connection for ever.
  private func awaitSilence() {
    guard localEnds, !stream.tellsEndOfInput, onEnd != nil else { return }
    if let idle { loop.cancel(idle) }
    idle = loop.after(nanoseconds: ForwardedConnection.silence) { [self] in
      idle = nil
      close(.success)
    }
  }

  // MARK: From the pod

  private func readStream() {
    guard end == nil else { return }
    do throws(Status) {
      for piece in try stream.received() { take(piece) }
    } catch {
      end = .failed(error.message)
    }
    awaitSilence()
    write()
  }

  private func take(_ piece: StreamPiece) {
    switch piece {
    case .output(let bytes): if !hasEndedLocal { output += bytes }
    case .errors: break
    case .outputEnded: podEnds = true
    case .ended(let how): end = how
    }
  }

  private func write() {
    while written < output.count {
      switch output.withUnsafeBytes({ local.write(UnsafeRawBufferPointer(rebasing: $0[written...])) }) {
      case .bytes(let count): written += count
      case .wait:
        if written > ForwardedConnection.full {
          output.removeFirst(written)
          written = 0
        }
        return
      // Who hears nothing any more has gone.
      case .end: return close(.success)
      }
    }
    output.removeAll(keepingCapacity: true)
    written = 0
    if let end { return close(end) }
    if podEnds, !hasEndedLocal {
      hasEndedLocal = true
      local.endWriting()
    }
  }

  private func close(_ how: StreamEnd) {
    let told = onEnd
    onEnd = nil
    localWatch?.end()
    streamWatch?.end()
    (localWatch, streamWatch) = (nil, nil)
    if let idle { loop.cancel(idle) }
    idle = nil
    local.end()
    stream.end()
    told?(how)
  }
}
