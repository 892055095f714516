import Client
import Formats

// port-forward over the channels of a WebSocket: a pair of them for each port, and one connection each.

/// A client's WebSocket. Of a port's two channels the first carries what is said both ways, the second what went wrong; both begin with the
/// port's number. Only our own clients are told where one end of a channel is closed.
final class ChannelPortForward {
  private let socket: ServedWebSocket
  private let way: SharedWay
  private let tellsEnds: Bool
  private var channels: [Channel] = []

  init(over socket: ServedWebSocket, tellsEnds: Bool) {
    self.socket = socket
    self.tellsEnds = tellsEnds
    way = SharedWay(socket)
  }

  /// A port's channels.
  private final class Channel: PortSink {
    let number: UInt8
    weak var whole: ChannelPortForward?
    weak var port: ForwardedPort?

    init(_ number: UInt8, _ whole: ChannelPortForward) {
      self.number = number
      self.whole = whole
    }

    func send(_ bytes: [UInt8]) { whole?.socket.send([number] + bytes) }
    /// Who can't be told that the pod says no more is told that it is over.
    func endOutput() {
      guard let whole, !whole.tellsEnds else { return whole?.socket.send([ChannelProtocol.close, number]) ?? () }
      port?.cancel()
      finish(nil)
    }

    func finish(_ problem: String?) {
      if let problem { whole?.socket.send([number + 1] + problem.utf8) }
      whole?.endIfDone()
    }
  }

  /// Begins a connection to each port; one that can't be begun says why and ends.
  func begin(_ ports: [UInt16], of pod: Value, _ streams: any ContainerStreams) {
    var problems: [(channel: Channel, text: String)] = []
    for (i, number) in ports.enumerated() {
      let channel = Channel(UInt8(2 * i), self)
      let port = ForwardedPort(number, of: pod, way, to: channel)
      channels.append(channel)
      for own in [channel.number, channel.number + 1] { socket.send([own, UInt8(number & 255), UInt8(number >> 8)]) }
      if let problem = port.begin(streams) { problems.append((channel, problem)) } else { channel.port = port }
    }
    socket.onMessage = { [self] in take($0) }
    socket.onEnd = { [self] in way.cancelAll() }
    for problem in problems { problem.channel.finish(problem.text) }
  }

  private func take(_ message: [UInt8]) {
    guard let number = message.first else { return }
    if number == ChannelProtocol.close, tellsEnds {
      guard message.count == 2, let channel = channels.first(where: { $0.number == message[1] }) else { return }
      return channel.port?.endInput() ?? ()
    }
    guard message.count > 1, let channel = channels.first(where: { $0.number == number }) else { return }
    channel.port?.input(Array(message.dropFirst()))
  }

  private func endIfDone() {
    if channels.allSatisfy({ $0.port?.isOver ?? true }) { socket.close() }
  }
}
