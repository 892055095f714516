import CPosix
import KubeProxy

// UDP: datagrams of one client go to one endpoint for as long as they keep coming.

/// Takes UDP datagrams.
final class DatagramDoor: Door {
  private var flows: [ClientPort: Flow] = [:]

  /// How many datagrams are taken before others get their turn.
  private static let turn = 64

  /// A client's address and port.
  private struct ClientPort: Hashable {
    let address: ClientAddress
    let port: UInt16

    init(_ place: cposix_place) {
      address = ClientAddress(place)
      port = place.port
    }
  }

  /// Where there are no endpoints nothing is listened on: the system says so to whoever comes.
  override func follow(_ loop: ForwardingLoop) -> ListenProblem.Cause? {
    // A flow has no end of its own: what takes nothing new loses it.
    for flow in Array(flows.values) where !route.isOpen(flow.endpoint) { end(flow, loop) }
    if route.open.isEmpty {
      loop.close(self)
      return nil
    }
    guard descriptor < 0 else { return nil }
    if let cause = bind(backlog: 0) { return cause }
    if loop.watch(self) { return nil }
    loop.close(self)
    return .noDescriptors
  }

  override func close(_ loop: ForwardingLoop) {
    for flow in Array(flows.values) { end(flow, loop) }
    loop.close(self)
  }

  /// Ends the flows that have been silent for too long.
  func sweep(_ loop: ForwardingLoop, before time: Int64) {
    for flow in Array(flows.values) where flow.lastMoved < time { end(flow, loop) }
  }

  override func ready(_ ready: Int32, _ loop: ForwardingLoop) { goOn(loop) }

  override func goOn(_ loop: ForwardingLoop) {
    for _ in 0..<DatagramDoor.turn {
      var client = cposix_place()
      let count = cposix_receive_from(descriptor, loop.scratch, BufferPool.blockSize, &client)
      if count == Moved.again { return }
      if count >= 0 { forward(count, client, loop) }
    }
    loop.postpone(self)
  }

  /// Sends the datagram in the loop's memory on; an endpoint that isn't there is passed over.
  private func forward(_ count: Int, _ client: cposix_place, _ loop: ForwardingLoop) {
    var tried: [EndpointState] = []
    route.service.bytesFromClients += count
    while let flow = flows[ClientPort(client)] ?? begin(client, tried, loop) {
      flow.lastMoved = loop.now
      if cposix_send(flow.descriptor, loop.scratch, count) != Moved.broken { return }
      flow.endpoint.refusals += 1
      tried.append(flow.endpoint)
      end(flow, loop)
    }
    route.service.failures += 1
  }

  private func begin(_ client: cposix_place, _ tried: [EndpointState], _ loop: ForwardingLoop) -> Flow? {
    guard loop.hasRoom, let endpoint = route.choose(for: client, tried: tried, now: loop.now) else { return nil }
    var address = endpoint.address
    var isPending: Int32 = 0
    let descriptor = cposix_connect_to(&address, 1, &isPending)
    guard descriptor >= 0 else {
      if Int(cposix_cause(-descriptor)) == CPOSIX_NO_DESCRIPTORS { loop.starve() }
      return nil
    }
    let flow = Flow(descriptor, self, client, endpoint)
    route.service.connections += 1
    loop.began(endpoint, route.service)
    flows[ClientPort(client)] = flow
    loop.flowBegan()
    guard loop.watch(flow) else {
      end(flow, loop)
      return nil
    }
    return flow
  }

  fileprivate func end(_ flow: Flow, _ loop: ForwardingLoop) {
    guard flow.descriptor >= 0 else { return }
    flows[ClientPort(flow.client)] = nil
    loop.close(flow)
    loop.flowEnded()
    loop.ended(flow.endpoint, route.service)
  }

  /// Sends an answer in the loop's memory back; what the client's side has no room for is lost, as datagrams are.
  fileprivate func answer(_ count: Int, _ flow: Flow, _ loop: ForwardingLoop) {
    var client = flow.client
    route.service.bytesToClients += count
    _ = cposix_send_to(descriptor, loop.scratch, count, &client)
  }

  fileprivate func fail(_ flow: Flow, _ loop: ForwardingLoop) {
    flow.endpoint.refusals += 1
    route.service.failures += 1
    end(flow, loop)
  }
}

/// The datagrams of one client.
final class Flow: Watched {
  private unowned let door: DatagramDoor
  let client: cposix_place
  let endpoint: EndpointState
  fileprivate(set) var lastMoved: Int64 = 0

  init(_ descriptor: Int32, _ door: DatagramDoor, _ client: cposix_place, _ endpoint: EndpointState) {
    self.door = door
    self.client = client
    self.endpoint = endpoint
    super.init(descriptor)
  }

  override func ready(_ ready: Int32, _ loop: ForwardingLoop) { if ready.canRead { goOn(loop) } }

  override func goOn(_ loop: ForwardingLoop) {
    for _ in 0..<64 {
      let count = cposix_receive(descriptor, loop.scratch, BufferPool.blockSize)
      if count == Moved.again { return }
      // The endpoint's port is closed.
      if count == Moved.broken { return door.fail(self, loop) }
      lastMoved = loop.now
      door.answer(count, self, loop)
    }
    loop.postpone(self)
  }
}
