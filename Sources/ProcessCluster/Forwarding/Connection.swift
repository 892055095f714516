import CPosix
import KubeProxy

// A client's TCP connection and the one to an endpoint that it goes on by.

/// One end of a forwarded connection.
final class Side: Watched {
  let connection: Connection
  /// Whether something may have come since it was last read empty.
  fileprivate var mayRead = false
  /// Whether its end has come, to be read after what is before it.
  fileprivate var isEnding = false
  /// Whether its end has been read.
  fileprivate var hasEnded = false
  /// Whether nothing can be sent to it any more.
  fileprivate var isDeaf = false
  /// What was read from it and waits for room at the other side.
  fileprivate var block: UnsafeMutableRawPointer?
  fileprivate var blockStart = 0
  fileprivate var blockEnd = 0

  init(_ descriptor: Int32, _ connection: Connection) {
    self.connection = connection
    super.init(descriptor)
  }

  override func ready(_ ready: Int32, _ loop: ForwardingLoop) {
    if ready.canRead { mayRead = true }
    if ready.isEnding { isEnding = true }
    connection.ready(self, ready, loop)
  }

  override func goOn(_ loop: ForwardingLoop) { connection.pump(self, loop) }

  fileprivate func dropBlock(_ loop: ForwardingLoop) {
    if let block { loop.pool.give(block) }
    block = nil
  }
}

/// A forwarded TCP connection. Each direction ends by itself, and neither is read while the other side is full.
final class Connection {
  private enum State { case connecting, joined, closed }

  private let peer: cposix_place
  private let route: Route
  private let service: ServiceState
  private var state = State.connecting
  private var client: Side?
  private var server: Side?
  private var endpoint: EndpointState?
  private var tried: [EndpointState] = []
  /// When the next endpoint is tried.
  private(set) var deadline: Int64 = 0

  /// How many blocks are moved before others get their turn.
  private static let turn = 8

  init(_ accepted: Int32, _ peer: cposix_place, _ route: Route) {
    self.peer = peer
    self.route = route
    service = route.service
    service.connections += 1
    client = Side(accepted, self)
  }

  var isConnecting: Bool { state == .connecting && server != nil }

  // MARK: Finding an endpoint

  func begin(_ loop: ForwardingLoop) {
    connect(loop)
    // The client is heard once somebody listens: until then its bytes wait with the system.
    if state != .closed, let client, !loop.watch(client) { close(loop, isAbrupt: true) }
  }

  /// Goes to the next endpoint, and the next, until one takes it.
  private func connect(_ loop: ForwardingLoop) {
    while let endpoint = route.choose(for: peer, tried: tried, now: loop.now) {
      var address = endpoint.address
      var isPending: Int32 = 0
      let descriptor = cposix_connect_to(&address, 0, &isPending)
      guard descriptor >= 0 else {
        if Int(cposix_cause(-descriptor)) == CPOSIX_NO_DESCRIPTORS {
          loop.starve()
          break
        }
        refused(by: endpoint)
        continue
      }
      let server = Side(descriptor, self)
      self.server = server
      self.endpoint = endpoint
      loop.began(endpoint, service)
      guard loop.watch(server) else { break }
      if isPending == 0 {
        join()
      } else {
        deadline = loop.now + loop.limits.connecting.nanoseconds
        loop.connects(self)
      }
      return
    }
    service.failures += 1
    close(loop, isAbrupt: true)
  }

  private func join() {
    state = .joined
    tried = []
  }

  private func refused(by endpoint: EndpointState) {
    endpoint.refusals += 1
    tried.append(endpoint)
  }

  private func giveUp(_ loop: ForwardingLoop) {
    guard let server, let endpoint else { return }
    loop.close(server)
    self.server = nil
    self.endpoint = nil
    loop.ended(endpoint, service)
    refused(by: endpoint)
    connect(loop)
  }

  /// Its endpoint has had its time.
  func expire(_ loop: ForwardingLoop) { if isConnecting, deadline <= loop.now { giveUp(loop) } }

  // MARK: Moving bytes

  fileprivate func ready(_ side: Side, _ ready: Int32, _ loop: ForwardingLoop) {
    if state == .connecting {
      guard side === server, ready.canWrite || ready.isEnding else { return }
      guard cposix_connected(side.descriptor) == 0 else { return giveUp(loop) }
      join()
      if let client, client.mayRead { pump(client, loop) }
    }
    // It had ended its stream and has now gone altogether: nothing can be said to it any more.
    if ready.isGone, side.hasEnded { return close(loop, isAbrupt: true) }
    if ready.canRead { pump(side, loop) }
    if ready.canWrite, state == .joined, let other = other(side), other.block != nil { pump(other, loop) }
  }

  private func other(_ side: Side) -> Side? { side === client ? server : client }

  /// Moves what has come at one side on to the other, as far as it takes it.
  fileprivate func pump(_ from: Side, _ loop: ForwardingLoop) {
    guard state == .joined, let to = other(from) else { return }
    if from.block != nil, !flush(from, to, loop) { return }
    var turns = Connection.turn
    while from.mayRead, !from.hasEnded, !to.isDeaf {
      if turns == 0 { return loop.postpone(from) }
      turns -= 1
      let count = cposix_receive(from.descriptor, loop.scratch, BufferPool.blockSize)
      guard count > 0 else {
        if count == Moved.again { from.mayRead = false } else { end(of: from, to, isBroken: count < 0, loop) }
        return
      }
      // Less than was asked for: what comes later is told anew, unless it is the end, which has been told.
      if count < BufferPool.blockSize, !from.isEnding { from.mayRead = false }
      note(count, from)
      let sent = cposix_send(to.descriptor, loop.scratch, count)
      if sent == count { continue }
      guard sent >= 0 || sent == Moved.again else { return deafen(to, from, loop) }
      let taken = max(0, sent)
      let block = loop.pool.take()
      block.copyMemory(from: loop.scratch + taken, byteCount: count - taken)
      from.block = block
      from.blockStart = 0
      from.blockEnd = count - taken
      return
    }
  }

  private func note(_ count: Int, _ from: Side) {
    if from === client { service.bytesFromClients += count } else { service.bytesToClients += count }
  }

  /// Sends what waits; whether all of it has gone.
  private func flush(_ from: Side, _ to: Side, _ loop: ForwardingLoop) -> Bool {
    guard let block = from.block else { return true }
    let sent = cposix_send(to.descriptor, block + from.blockStart, from.blockEnd - from.blockStart)
    if sent == Moved.again { return false }
    guard sent >= 0 else {
      deafen(to, from, loop)
      return false
    }
    from.blockStart += sent
    guard from.blockStart == from.blockEnd else { return false }
    from.dropBlock(loop)
    return true
  }

  /// A side takes nothing any more: what it has said before is still passed on.
  private func deafen(_ to: Side, _ from: Side, _ loop: ForwardingLoop) {
    to.isDeaf = true
    from.dropBlock(loop)
    to.mayRead = true
    to.isEnding = true
    if to.hasEnded { close(loop, isAbrupt: true) } else { pump(to, loop) }
  }

  /// A side has said all: the other one hears so. Nothing of it waits, for else it would not have been read.
  private func end(of from: Side, _ to: Side, isBroken: Bool, _ loop: ForwardingLoop) {
    from.hasEnded = true
    if isBroken || from.isDeaf { return close(loop, isAbrupt: isBroken) }
    if to.hasEnded { return close(loop, isAbrupt: false) }
    cposix_shut_write(to.descriptor)
  }

  // MARK: The end

  func close(_ loop: ForwardingLoop, isAbrupt: Bool) {
    guard state != .closed else { return }
    state = .closed
    for side in [client, server] {
      guard let side else { continue }
      side.dropBlock(loop)
      loop.close(side, isAbrupt: isAbrupt)
    }
    client = nil
    server = nil
    if let endpoint { loop.ended(endpoint, service) }
    endpoint = nil
  }
}
