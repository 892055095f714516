import Posix

// Connecting, told in the words of Go's net.

/// Why there is no connection.
struct DialProblem: Error, Equatable {
  /// `dial tcp 127.0.0.1:80: connect: connection refused`
  let text: String
  /// Whether it is this machine that has run short of something, and says nothing about the other end.
  var isOurs = false

  var outcome: ProbeOutcome { isOurs ? .unknown(text) : .failure(text) }
}

/// One connection being made, by name or address, on an event loop.
final class Dial {
  private let children: Children
  private let tools: ProbeTools
  private let host: String
  private let port: UInt16
  private var socket: Socket?
  private var lookup: NameLookup?
  private var done: ((Result<Socket, DialProblem>) -> Void)?

  init(_ children: Children, _ tools: ProbeTools, host: String, port: UInt16) {
    self.children = children
    self.tools = tools
    self.host = host
    self.port = port
  }

  /// Told once, perhaps at once.
  func begin(_ done: @escaping (Result<Socket, DialProblem>) -> Void) {
    self.done = done
    if SocketAddress.isNumeric(host) { return connect(to: host) }
    let lookup = NameLookup(children, tools, host)
    self.lookup = lookup
    lookup.begin { [self] result in
      self.lookup = nil
      switch result {
      case .success(let address): connect(to: address)
      case .failure(let problem): end(.failure(problem))
      }
    }
  }

  /// What is told where its time is over.
  var timeoutText: String {
    SocketAddress.isNumeric(host)
      ? "dial tcp \(SocketAddress.tcp(host: host, port: port)): i/o timeout" : "dial tcp: lookup \(host): i/o timeout"
  }

  func cancel() {
    done = nil
    lookup?.cancel()
    lookup = nil
    if let socket { children.loop.unwatch(socket.number) }
    socket = nil
  }

  private func connect(to numeric: String) {
    let address = SocketAddress.tcp(host: numeric, port: port)
    do throws(SystemFailure) {
      let (socket, isPending) = try Socket.beginConnecting(to: address)
      guard isPending else { return connected(socket, address) }
      self.socket = socket
      try children.loop.watch(socket.number, .write) { [self] _ in
        children.loop.unwatch(socket.number)
        self.socket = nil
        if let problem = socket.problem { end(.failure(Dial.problem(problem, address))) } else { connected(socket, address) }
      }
    } catch {
      socket = nil
      end(.failure(Dial.problem(error, address)))
    }
  }

  private func connected(_ socket: Socket, _ address: SocketAddress) {
    // A port that nobody listens on may be the one that the system chose for our own end: it has met itself.
    if let local = socket.localAddress, local == socket.peerAddress {
      return end(.failure(DialProblem(text: "dial tcp \(address): connect: connection refused")))
    }
    socket.sendAtOnce()
    end(.success(socket))
  }

  private static func problem(_ failure: SystemFailure, _ address: SocketAddress) -> DialProblem {
    DialProblem(text: "dial tcp \(address): \(failure.isShortage ? "socket" : "connect"): \(failure.text)", isOurs: failure.isShortage)
  }

  private func end(_ result: Result<Socket, DialProblem>) {
    let tell = done
    done = nil
    tell?(result)
  }
}

/// A host's name being looked up. A static program can't ask the C library, so that `getent` does.
final class NameLookup {
  private let children: Children
  private let tools: ProbeTools
  private let name: String
  private var run: ChildRun?

  init(_ children: Children, _ tools: ProbeTools, _ name: String) {
    self.children = children
    self.tools = tools
    self.name = name
  }

  func begin(_ done: @escaping (Result<String, DialProblem>) -> Void) {
    if name == "localhost" { return done(.success("127.0.0.1")) }
    guard !name.hasPrefix("-") else { return done(.failure(missing)) }
    do throws(GroupChild.StartFailure) {
      run = try children.start(tools.program([tools.getent, "ahosts", name])) { [self] end in
        run = nil
        let words = String(decoding: end.output, as: UTF8.self).split { $0 == " " || $0 == "\n" }.map(String.init)
        if let address = words.first(where: SocketAddress.isNumeric) { done(.success(address)) } else { done(.failure(missing)) }
      }
    } catch {
      done(.failure(DialProblem(text: "dial tcp: lookup \(name): cannot run \(tools.getent): \(error.problem.text)", isOurs: true)))
    }
  }

  func cancel() {
    run?.cancel()
    run = nil
  }

  private var missing: DialProblem { DialProblem(text: "dial tcp: lookup \(name): no such host") }
}
