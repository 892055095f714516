import CPosix
import KubeProxy
import Testing

@testable import ProcessCluster

struct RouteTests {
  private let service = ServiceState(ServiceKey("default", "web"))

  private func route(_ count: Int, balance: Balance = .roundRobin, affinity: Duration? = nil) throws -> Route {
    let endpoints = (1...count).map { ServiceEndpoint(.init("127.64.0.\($0)", 80), .ready) }
    service.update([
      ForwardingRule(
        id: "p", portName: "p", listens: [ListenAddress("127.96.0.1", 80)], endpoints: endpoints, balance: balance, affinity: affinity)
    ])
    return try #require(service.listens.first?.route)
  }

  private func client(_ number: Int) throws -> cposix_place { try #require(cposix_place("127.0.0.\(number)", 1234)) }

  private func chosen(_ route: Route, _ client: Int = 1, tried: [EndpointState] = [], now: Int64 = 0) throws -> String? {
    route.choose(for: try self.client(client), tried: tried, now: now)?.place.address
  }

  @Test func eachHasItsTurn() throws {
    let route = try route(3)
    let picks = try (0..<6).map { _ in try chosen(route) }
    #expect(picks == ["127.64.0.1", "127.64.0.2", "127.64.0.3", "127.64.0.1", "127.64.0.2", "127.64.0.3"])
  }

  @Test func whoWasTriedIsPassedOver() throws {
    let route = try route(2)
    #expect(try chosen(route, tried: [route.open[0]]) == "127.64.0.2")
    #expect(try chosen(route, tried: route.open) == nil)
  }

  @Test func theLeastBurdenedIsNext() throws {
    let route = try route(3, balance: .leastConnections)
    route.open[0].active = 2
    route.open[1].active = 1
    route.open[2].active = 2
    #expect(try chosen(route) == "127.64.0.2")
    route.open[1].active = 2
    #expect(try (0..<3).map { _ in try chosen(route) } == ["127.64.0.3", "127.64.0.1", "127.64.0.2"], "equals have their turns")
  }

  @Test func aClientStaysAsLongAsItsEndpointDoes() throws {
    let second: Int64 = 1_000_000_000
    let route = try route(3, affinity: .seconds(10))
    #expect(try chosen(route, 1) == "127.64.0.1")
    #expect(try chosen(route, 2) == "127.64.0.2")
    #expect(try chosen(route, 1, now: 9 * second) == "127.64.0.1")
    #expect(try chosen(route, 1, now: 18 * second) == "127.64.0.1", "each connection renews it")
    #expect(try chosen(route, 2, now: 18 * second) == "127.64.0.3", "it has been away for too long")
    #expect(try chosen(route, 1, tried: [route.open[0]], now: 19 * second) == "127.64.0.1".replacingLast(with: "2"))
    let same = try self.route(1, affinity: .seconds(10))
    #expect(same === route)
    #expect(try chosen(route, 1, now: 20 * second) == "127.64.0.1", "its endpoint takes nothing new")
  }

  @Test func clientsThatAreLongGoneAreForgotten() throws {
    let route = try route(2, affinity: .seconds(10))
    for i in 0..<5000 {
      _ = route.choose(for: try #require(cposix_place("10.0.\(i / 250).\(i % 250)", 1)), tried: [], now: Int64(i) * 1_000_000_000)
    }
    #expect(route.stayCount < 1100)
  }
}

extension String {
  fileprivate func replacingLast(with end: String) -> String { dropLast() + end }
}
