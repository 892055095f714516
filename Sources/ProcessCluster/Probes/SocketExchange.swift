import Posix

// A request over plain HTTP, on the event loop.

/// Sends a request over a connection of its own and reads the answer.
final class SocketExchange: HTTPExchange {
  private let children: Children
  private let dial: Dial
  private let bytes: [UInt8]
  private var sent = 0
  private var socket: Socket?
  /// `127.0.0.1:40000->127.0.0.1:80`
  private var ends = ""
  private var response = ProbeResponse()
  private var done: ((Result<ProbeResponse, ExchangeProblem>) -> Void)?

  init(_ children: Children, _ tools: ProbeTools, _ request: HTTPProbeRequest) {
    self.children = children
    dial = Dial(children, tools, host: request.url.host, port: request.url.number)
    bytes = request.bytes
  }

  var hasHead: Bool { response.hasHead }

  func begin(_ done: @escaping (Result<ProbeResponse, ExchangeProblem>) -> Void) {
    self.done = done
    dial.begin { [self] result in
      switch result {
      case .success(let socket): talk(socket)
      case .failure(let problem): end(.failure(.dial(problem)))
      }
    }
  }

  private func talk(_ socket: Socket) {
    self.socket = socket
    ends = [socket.localAddress, socket.peerAddress].map { $0?.description ?? "" }.joined(separator: "->")
    do throws(SystemFailure) {
      try children.loop.watch(socket.number, .read) { [self] _ in receive() }
    } catch {
      self.socket = nil
      return end(.failure(.dial(DialProblem(text: error.text, isOurs: true))))
    }
    send()
  }

  private func send() {
    guard let socket else { return }
    while sent < bytes.count {
      switch bytes.withUnsafeBytes({ socket.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .bytes(let count): sent += count
      case .wait: return children.loop.change(socket.number, [.read, .write])
      // Whoever refuses the rest may have answered already.
      case .end: sent = bytes.count
      }
    }
    children.loop.change(socket.number, .read)
  }

  private func receive() {
    if sent < bytes.count { send() }
    guard let socket else { return }
    do throws(ResponseProblem) {
      switch try take(socket) {
      case .bytes(let count): try response.feed(UnsafeRawBufferPointer(rebasing: children.scratch[..<count]))
      case .end: try response.end()
      case .wait: return
      }
      if response.isOver { end(.success(response)) }
    } catch {
      end(.failure(.answer(error)))
    }
  }

  private func take(_ socket: Socket) throws(ResponseProblem) -> Socket.Moved {
    do throws(SystemFailure) {
      return try socket.take(into: children.scratch)
    } catch {
      let text = "read tcp \(ends): read: \(error.text)"
      throw response.hasHead ? .body(text) : .head(text)
    }
  }

  private func end(_ result: Result<ProbeResponse, ExchangeProblem>) {
    close()
    let tell = done
    done = nil
    tell?(result)
  }

  private func close() {
    guard let socket else { return }
    children.loop.unwatch(socket.number)
    socket.end()
    self.socket = nil
  }

  func cancel() {
    done = nil
    dial.cancel()
    close()
  }
}
