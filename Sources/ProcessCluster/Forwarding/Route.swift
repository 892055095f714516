import CPosix
import KubeProxy

// Which endpoint is next.

/// An endpoint of a Service as the forwarder knows it: it stays while a connection does.
final class EndpointState {
  let place: ServiceEndpoint.Place
  let address: cposix_place
  var active = 0
  var connections = 0
  var refusals = 0

  init?(_ place: ServiceEndpoint.Place) {
    guard let address = cposix_place(place.address, place.port) else { return nil }
    self.place = place
    self.address = address
  }
}

/// A client by its address alone.
struct ClientAddress: Hashable {
  let high: UInt64
  let low: UInt64

  init(_ place: cposix_place) {
    high = place.high
    low = place.low
  }
}

/// One rule in force: whom its connections go to.
final class Route {
  unowned let service: ServiceState
  private(set) var open: [EndpointState] = []
  private var balance = Balance.roundRobin
  private var affinity: Int64?
  private var next = 0
  private var stays: [ClientAddress: Stay] = [:]
  private var sweepAt = Route.firstSweep

  private struct Stay {
    let endpoint: EndpointState
    var until: Int64
  }

  private static let firstSweep = 1024

  init(_ service: ServiceState) { self.service = service }

  /// Takes a rule as it is now.
  func update(_ rule: ForwardingRule, _ state: (ServiceEndpoint.Place) -> EndpointState?) {
    open = rule.open.compactMap { state($0.place) }
    balance = rule.balance
    affinity = rule.affinity.map { $0.components.seconds * 1_000_000_000 }
    if affinity == nil { stays = [:] }
  }

  /// How many clients it remembers.
  var stayCount: Int { stays.count }

  func isOpen(_ endpoint: EndpointState) -> Bool { open.contains { $0 === endpoint } }

  /// The endpoint for a new connection of a client, none of those that were tried; nil: there is none.
  func choose(for client: cposix_place, tried: [EndpointState], now: Int64) -> EndpointState? {
    guard let affinity else { return spread(tried) }
    let address = ClientAddress(client)
    if let stay = stays[address], stay.until > now, isOpen(stay.endpoint), !tried.contains(where: { $0 === stay.endpoint }) {
      stays[address]?.until = now + affinity
      return stay.endpoint
    }
    let endpoint = spread(tried)
    stays[address] = endpoint.map { Stay(endpoint: $0, until: now + affinity) }
    if stays.count >= sweepAt {
      stays = stays.filter { $0.value.until > now }
      sweepAt = max(Route.firstSweep, stays.count * 2)
    }
    return endpoint
  }

  private func spread(_ tried: [EndpointState]) -> EndpointState? {
    let count = open.count
    guard count > 0 else { return nil }
    var best = -1
    for step in 0..<count {
      let i = (next &+ step) % count
      if !tried.isEmpty, tried.contains(where: { $0 === open[i] }) { continue }
      if best < 0 || open[i].active < open[best].active { best = i }
      // In turn, or nobody has fewer.
      if balance == .roundRobin || open[best].active == 0 { break }
    }
    guard best >= 0 else { return nil }
    next = (best + 1) % count
    return open[best]
  }
}

extension cposix_place {
  /// A numeric address.
  init?(_ address: String, _ port: UInt16) {
    self.init()
    guard cposix_parse_place(address, port, &self) == 0 else { return nil }
  }
}
