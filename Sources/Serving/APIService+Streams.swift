import API
import APIMachinery
import Client
import Formats
import HTTP

// Streams into containers: exec and attach.

extension APIService {
  /// The subresources of a pod that are streams.
  static let streams = ["exec", "attach", "portforward"]

  /// Opens a stream; nil where it was opened, else what is answered instead.
  func stream(_ call: Call, _ request: Request, _ query: Query, _ exchange: Exchange) throws(Status) -> Response? {
    if call.target.subresource == "portforward" { return try portForward(call, request, query, exchange) }
    let wanted = try streamRequest(call, query)
    let target = try StreamTarget(of: wanted, in: cluster)
    guard let streams = cluster.streams else { return APIService.noPrograms }
    var one = wanted
    one.container = target.container
    guard WebSocketHandshake.isWanted(request.head) else {
      do throws(Status) { try streams.check(one) } catch { return APIService.refused(error) }
      return APIService.noUpgrade
    }
    let offered = WebSocketHandshake.protocols(request.head)
    guard let spoken = ChannelProtocol(offered: offered) else {
      return Answers.text("no protocol of \(offered) is spoken here: \(ChannelProtocol.allCases.map(\.rawValue))", status: 400)
    }
    let header: [Header.Field]
    do throws(HTTPProblem) {
      header = try WebSocketHandshake.acceptance(of: request.head, subprotocol: spoken.rawValue)
    } catch {
      return Answers.text(error.text, status: error.status)
    }
    return try open(one, streams, exchange, header)
  }

  /// What is answered where containers run no programs.
  static var noPrograms: Response {
    var refused = Answers.text(StreamTarget.noPrograms, status: 405)
    refused.header.append(Header.Field(Wire.hint, URLText.encoded(StreamTarget.hint)))
    return refused
  }

  private func open(
    _ request: StreamRequest, _ streams: any ContainerStreams, _ exchange: Exchange, _ header: [Header.Field]
  ) throws(Status) -> Response? {
    let command = RemoteCommand(request)
    let source: any StreamSource
    do throws(Status) {
      source = try streams.open(request, command)
    } catch {
      return APIService.refused(error)
    }
    guard let tunnel = exchange.upgrade(header + stamp) else {
      source.cancel()
      return nil
    }
    commands[ObjectIdentifier(command)] = command
    command.onEnd = { [weak self, unowned command] in self?.commands[ObjectIdentifier(command)] = nil }
    command.begin(source, over: ServedWebSocket(tunnel))
    return nil
  }

  private func streamRequest(_ call: Call, _ query: Query) throws(Status) -> StreamRequest {
    let (namespace, pod) = (call.target.namespace ?? "", call.target.name ?? "")
    let purpose: StreamRequest.Purpose
    switch call.target.subresource {
    case "exec":
      let words = query.all("command")
      guard !words.isEmpty else { throw Status(.badRequest, "you must specify at least one command for the container") }
      purpose = .exec(words)
    case "attach": purpose = .attach
    default: throw Status(.notFound, "the server could not find the requested resource")
    }
    var request = StreamRequest(purpose, namespace: namespace, pod: pod)
    request.container = query["container"] ?? ""
    request.hasInput = try query.flag("stdin")
    request.hasOutput = try query.flag("stdout")
    request.hasErrors = try query.flag("stderr")
    request.hasTerminal = try query.flag("tty")
    guard request.hasInput || request.hasOutput || request.hasErrors else {
      throw Status(.badRequest, "you must specify at least 1 of stdin, stdout, stderr")
    }
    if request.hasTerminal { request.hasErrors = false }
    return request
  }

  /// What a kubelet says stands as a text where a connection was to be upgraded.
  static func refused(_ status: Status) -> Response { Answers.text(status.message, status: status.code) }

  private static let noUpgrade = Answers.text(
    "this server streams over WebSocket only (\(ChannelProtocol.allCases.map(\.rawValue).joined(separator: ", ")))", status: 400)
}
