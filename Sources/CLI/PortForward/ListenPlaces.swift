import Posix

// Where port-forward listens: `--address`.

/// An address that is listened on. Of `localhost` either of its two will do; any other must be had.
struct ListenPlace: Hashable {
  let host: String
  let isOfLocalhost: Bool

  var network: String { host.contains(":") ? "tcp6" : "tcp4" }

  /// The places that words mean, each once, in order.
  static func all(_ words: [String]) throws -> [ListenPlace] {
    var places: [String: ListenPlace] = [:]
    for word in words {
      if word == "localhost" {
        for host in ["127.0.0.1", "::1"] where places[host] == nil { places[host] = ListenPlace(host: host, isOfLocalhost: true) }
      } else {
        guard SocketAddress.isNumeric(word) else { throw Failure("\(word) is not a valid IP") }
        places[word] = ListenPlace(host: word, isOfLocalhost: false)
      }
    }
    return places.values.sorted { $0.host < $1.host }
  }
}

/// The listeners of one forwarded port.
struct PortListeners {
  let listeners: [Listener]
  /// The port that was listened on: where any would do, the first that was had.
  let local: UInt16
  /// Why it doesn't count; nil: it does.
  let problem: String?

  /// Listens at each place, and says where.
  init(_ pair: PortPair, at places: [ListenPlace], _ say: (String) -> Void) {
    var listeners: [Listener] = []
    var problems: [String] = []
    var local = pair.local
    var failed: Set<Bool> = []
    var hadLocalhost = false
    for place in places {
      let address = SocketAddress.tcp(host: place.host, port: local)
      do throws(SystemFailure) {
        let listener = try Listener(address)
        listeners.append(listener)
        if case .tcp(_, let port) = listener.address { local = port }
        if place.isOfLocalhost { hadLocalhost = true }
        say("Forwarding from \(listener.address) -> \(pair.remote)")
      } catch {
        failed.insert(place.isOfLocalhost)
        problems.append("unable to create listener: Error listen \(place.network) \(address): bind: \(error.text)")
      }
    }
    self.listeners = listeners
    self.local = local
    let isLost = failed.contains(false) || failed.contains(true) && !hadLocalhost
    problem = isLost ? "Listeners failed to create with the following errors: [\(problems.joined(separator: " "))]" : nil
  }
}
