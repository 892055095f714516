import Client
import Posix

// A connection to a program in a pod, for somebody who has asked for a port of the pod.

/// One connection, made and kept without waiting. Each direction ends by itself, and neither is read while the other side is full.
final class PortStream: StreamSource {
  /// Where a program may listen: at an address, and whether whoever answers there is to be judged first.
  struct Place {
    let address: SocketAddress
    /// Whether the program that listens there is the pod's; nil: whoever it is.
    var isOurs: (() -> Bool)?
  }

  private let loop: any EventLoop
  private weak var peer: (any StreamPeer)?
  private var places: ArraySlice<Place>
  private var state = State.connecting
  private enum State { case connecting, joined, over }
  private var socket: Socket?
  private var watch: LoopWatch?
  private var patience: LoopTimer?
  private var firstProblem: String?

  private var waiting: [UInt8] = []
  private var sent = 0
  private var inputEnds = false
  private var hasEndedInput = false
  private var outputEnds = false
  /// Whether the client has room for nothing.
  private var isHeld = false

  /// How much waits for a program that doesn't read before no more is taken.
  private static let full = 1 << 18
  private static let piece = 1 << 16
  /// How many pieces are read before others get their turn.
  private static let turn = 8
  private static let longestConnecting: Int64 = 10_000_000_000

  /// - Parameter places: are tried one after another.
  init(_ loop: any EventLoop, _ places: [Place], _ peer: any StreamPeer) {
    self.loop = loop
    self.peer = peer
    self.places = places[...]
    // The peer is told nothing before it knows us.
    loop.after(nanoseconds: 0) { [self] in connect() }
  }

  // MARK: Connecting

  private func connect() {
    guard state == .connecting else { return }
    guard let place = places.popFirst() else { return end(.failed(firstProblem ?? "the pod has no address")) }
    do throws(SystemFailure) {
      let (socket, isPending) = try Socket.beginConnecting(to: place.address)
      self.socket = socket
      let watch = LoopWatch(loop, socket.number) { [self] in ready($0, place) }
      self.watch = watch
      guard isPending else { return connected(place) }
      try watch.want(.write)
      patience = loop.after(nanoseconds: PortStream.longestConnecting) { [self] in
        patience = nil
        failed(place, nil)
      }
    } catch {
      failed(place, error.text)
    }
  }

  /// - Parameter why: nil where its time was up.
  private func failed(_ place: Place, _ why: String?) {
    drop()
    firstProblem = firstProblem ?? "dial tcp \(place.address): " + (why.map { "connect: \($0)" } ?? "i/o timeout")
    connect()
  }

  private func connected(_ place: Place) {
    guard let socket else { return }
    // A port that nobody listens on may be the one that the system chose for our own end: it has met itself.
    let isItself = socket.localAddress.map { $0 == socket.peerAddress } ?? false
    guard !isItself, place.isOurs?() ?? true else { return failed(place, "connection refused") }
    if let patience { loop.cancel(patience) }
    patience = nil
    socket.sendAtOnce()
    state = .joined
    pump()
  }

  // MARK: Moving bytes

  private func pump() {
    write()
    follow()
  }

  private func follow() {
    guard state == .joined else { return }
    var wanted: Poller.Interest = []
    if !outputEnds, !isHeld { wanted.insert(.read) }
    if sent < waiting.count { wanted.insert(.write) }
    do throws(SystemFailure) { try watch?.want(wanted) } catch { end(.failed(error.text)) }
  }

  private func ready(_ ready: Poller.Interest, _ place: Place) {
    if state == .connecting {
      if let failure = socket?.problem { return failed(place, failure.text) }
      return connected(place)
    }
    if ready.contains(.write) || ready.contains(.gone) { write() }
    if !ready.isDisjoint(with: [.read, .gone]), !isHeld { read() }
    follow()
  }

  private func read() {
    for _ in 0..<PortStream.turn where state == .joined && !outputEnds {
      guard let socket, let peer else { return cancel() }
      let moved = withUnsafeTemporaryAllocation(byteCount: PortStream.piece, alignment: 16) { scratch -> Socket.Moved in
        let moved = socket.read(into: scratch)
        if case .bytes(let count) = moved { peer.output(Array(scratch[..<count])) }
        return moved
      }
      switch moved {
      case .bytes: break
      case .wait: return
      case .end:
        outputEnds = true
        peer.outputEnded()
        endIfDone()
      }
      if peer.isFull {
        isHeld = true
        return
      }
    }
  }

  private func write() {
    guard state == .joined, let socket else { return }
    let wasFull = isFull
    while sent < waiting.count {
      switch waiting.withUnsafeBytes({ socket.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .bytes(let count): sent += count
      case .wait:
        if sent > PortStream.full {
          waiting.removeFirst(sent)
          sent = 0
        }
        if wasFull, !isFull { peer?.hasRoomForInput() }
        return
      case .end:
        // It hears nothing any more; what it has said is still read.
        hasEndedInput = true
        sent = waiting.count
      }
    }
    waiting.removeAll(keepingCapacity: true)
    sent = 0
    if inputEnds, !hasEndedInput {
      hasEndedInput = true
      socket.endWriting()
    }
    if wasFull { peer?.hasRoomForInput() }
    endIfDone()
  }

  private func endIfDone() { if outputEnds, hasEndedInput { end(.success) } }

  // MARK: From whoever asked

  var isFull: Bool { waiting.count - sent >= PortStream.full }

  func input(_ bytes: [UInt8]) {
    guard state != .over, !inputEnds, !hasEndedInput else { return }
    waiting += bytes
    pump()
  }

  func endInput() {
    guard state != .over, !inputEnds else { return }
    inputEnds = true
    pump()
  }

  func resize(columns: Int, rows: Int) {}

  func resume() {
    guard isHeld else { return }
    isHeld = false
    follow()
  }

  func cancel() {
    peer = nil
    end(.success)
  }

  // MARK: Its end

  private func end(_ how: StreamEnd) {
    guard state != .over else { return }
    state = .over
    drop()
    (waiting, sent, places) = ([], 0, [])
    let told = peer
    peer = nil
    told?.ended(how)
  }

  private func drop() {
    watch?.end()
    watch = nil
    if let patience { loop.cancel(patience) }
    patience = nil
    socket?.end()
    socket = nil
  }
}
