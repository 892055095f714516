import API
import APIMachinery
import Client
import Formats
import HTTP

// Ports of pods: over the channels of a WebSocket, and over SPDY, which kubectl speaks by itself or within a WebSocket.

/// How a client wants to be spoken to about a pod's ports.
enum PortForwardWay {
  /// The channels of a WebSocket, and the protocol's name where the client has named any.
  case channels(String?)
  /// SPDY within a WebSocket.
  case tunnel
  /// SPDY.
  case plain

  static let name = "portforward.k8s.io"
  static let tunnelName = "SPDY/3.1+portforward.k8s.io"
  /// As Kubernetes has it, and with the one message more by which our own clients and we tell each other that one direction has ended.
  /// Kubernetes has that only in the fifth version, which its kubelets don't speak for ports and which clients that offer it don't understand.
  static let channelNames = [Wire.portChannels, ChannelProtocol.v4.rawValue]

  /// Nil where it wants no such thing.
  init?(_ head: RequestHead) throws(HTTPProblem) {
    if WebSocketHandshake.isWanted(head) {
      let offered = WebSocketHandshake.protocols(head)
      if offered.contains(PortForwardWay.tunnelName) {
        self = .tunnel
      } else if let name = PortForwardWay.channelNames.first(where: offered.contains) {
        self = .channels(name)
      } else {
        guard offered.isEmpty else { throw HTTPProblem(400, "no protocol of \(offered) is spoken here") }
        self = .channels(nil)
      }
    } else if head.header.lists("Connection", "upgrade"), head.header.lists("Upgrade", "SPDY/3.1") {
      let offered = head.header.all("X-Stream-Protocol-Version").flatMap { $0.split(separator: ",") }
        .map { String($0.drop { $0 == " " }.prefix { $0 != " " }) }
      guard offered.contains(PortForwardWay.name) else {
        throw HTTPProblem(
          403,
          "unable to upgrade: unable to negotiate protocol: client supports [\(offered.joined(separator: " "))], server accepts [\(PortForwardWay.name)]"
        )
      }
      self = .plain
    } else {
      return nil
    }
  }

  /// The header of the answer that accepts it.
  func acceptance(of head: RequestHead) throws(HTTPProblem) -> [Header.Field] {
    switch self {
    case .channels(let name): try WebSocketHandshake.acceptance(of: head, subprotocol: name)
    case .tunnel: try WebSocketHandshake.acceptance(of: head, subprotocol: PortForwardWay.tunnelName)
    case .plain:
      [
        Header.Field("Connection", "Upgrade"), Header.Field("Upgrade", "SPDY/3.1"),
        Header.Field("X-Stream-Protocol-Version", PortForwardWay.name),
      ]
    }
  }
}

extension APIService {
  /// The most ports that one WebSocket has channels for.
  private static let mostPorts = 100

  /// Opens the way to a pod's ports; nil where it was opened, else what is answered instead.
  func portForward(_ call: Call, _ request: Request, _ query: Query, _ exchange: Exchange) throws(Status) -> Response? {
    let wanted = StreamRequest(.port(0), namespace: call.target.namespace ?? "", pod: call.target.name ?? "")
    let pod = try StreamTarget(of: wanted, in: cluster).pod
    guard let streams = cluster.streams else { return APIService.noPrograms }
    do throws(Status) { try streams.check(wanted) } catch { return APIService.refused(error) }
    let (way, header): (PortForwardWay, [Header.Field])
    do throws(HTTPProblem) {
      guard let asked = try PortForwardWay(request.head) else {
        return Answers.failure(Status(.badRequest, "Upgrade request required"))
      }
      (way, header) = (asked, try asked.acceptance(of: request.head))
    } catch {
      return Answers.text(error.text, status: error.status)
    }
    var ports: [UInt16] = []
    if case .channels = way { ports = try APIService.ports(query) }
    guard let tunnel = exchange.upgrade(header + stamp) else { return nil }
    switch way {
    case .channels(let name):
      ChannelPortForward(over: ServedWebSocket(tunnel), tellsEnds: name == Wire.portChannels).begin(ports, of: pod, streams)
    case .tunnel:
      let socket = ServedWebSocket(tunnel)
      let forward = SPDYPortForward(of: pod, streams, over: socket, loop)
      socket.onMessage = { bytes in bytes.withUnsafeBytes { forward.received($0) } }
      socket.onEnd = { forward.gone() }
    case .plain:
      let forward = SPDYPortForward(of: pod, streams, over: tunnel, loop)
      tunnel.onBytes = { forward.received($0) }
      tunnel.onEnd = { forward.gone() }
    }
    return nil
  }

  /// `ports=80&ports=81`, `ports=80,81`
  private static func ports(_ query: Query) throws(Status) -> [UInt16] {
    let words = query.all("ports").flatMap { $0.split(separator: ",", omittingEmptySubsequences: false) }
    guard !words.isEmpty, words.count <= mostPorts else {
      throw Status(.badRequest, words.isEmpty ? "query parameter \"ports\" is required" : "too many ports")
    }
    var ports: [UInt16] = []
    for word in words {
      guard let port = UInt16(word) else { throw Status(.badRequest, "unable to parse \"\(word)\" as a port") }
      guard port > 0 else { throw Status(.badRequest, "port \"\(word)\" must be > 0") }
      ports.append(port)
    }
    return ports
  }
}

extension Tunnel: SessionCarrier {}

extension ServedWebSocket: SessionCarrier {
  func end() { close() }
}
