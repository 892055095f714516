import KubeProxy

// A Service in force.

/// What the forwarder keeps of one Service.
final class ServiceState {
  let key: ServiceKey
  private var endpoints: [ServiceEndpoint.Place: EndpointState] = [:]
  private var routes: [String: Route] = [:]
  /// Where it is to listen, and by which route each address leads on.
  private(set) var listens: [(address: ListenAddress, route: Route)] = []

  var connections = 0
  var active = 0
  var failures = 0
  var bytesFromClients = 0
  var bytesToClients = 0

  init(_ key: ServiceKey) { self.key = key }

  /// Takes its rules as they are now.
  func update(_ rules: [ForwardingRule]) {
    var known: [ServiceEndpoint.Place: EndpointState] = [:]
    var kept: [String: Route] = [:]
    listens = []
    for rule in rules {
      for endpoint in rule.endpoints where known[endpoint.place] == nil {
        known[endpoint.place] = endpoints[endpoint.place] ?? EndpointState(endpoint.place)
      }
      let route = routes[rule.id] ?? Route(self)
      route.update(rule) { known[$0] }
      kept[rule.id] = route
      for listen in rule.listens { listens.append((listen, route)) }
    }
    // One that still has connections is known again where it comes back.
    for (place, state) in endpoints where state.active > 0 && known[place] == nil { known[place] = state }
    endpoints = known
    routes = kept
  }

  var counters: ServiceCounters {
    ServiceCounters(
      service: key, connections: connections, active: active, failures: failures, bytesFromClients: bytesFromClients,
      bytesToClients: bytesToClients,
      endpoints: endpoints.values.sorted { $0.place < $1.place }.map {
        ServiceCounters.Endpoint(place: $0.place, connections: $0.connections, active: $0.active, refusals: $0.refusals)
      })
  }
}
