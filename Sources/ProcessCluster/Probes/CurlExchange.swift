import APIMachinery
import HTTP
import Posix

// A request over https, which the installed curl makes for us.

/// Sends a request by curl and reads the answer as the server gave it. No certificate is judged, as kubelet judges none.
final class CurlExchange: HTTPExchange {
  private let children: Children
  private let tools: ProbeTools
  private let request: HTTPProbeRequest
  private let timeout: Duration?
  private var run: ChildRun?
  private var dial: Dial?
  private var response = ProbeResponse()
  private var done: ((Result<ProbeResponse, ExchangeProblem>) -> Void)?

  init(_ children: Children, _ tools: ProbeTools, _ request: HTTPProbeRequest, timeout: Duration?) {
    self.children = children
    self.tools = tools
    self.request = request
    self.timeout = timeout
  }

  var hasHead: Bool { response.hasHead }

  func begin(_ done: @escaping (Result<ProbeResponse, ExchangeProblem>) -> Void) {
    self.done = done
    do throws(GroupChild.StartFailure) {
      // What is asked goes by its input: arguments can be read by everybody on this machine, and headers may hold secrets.
      run = try children.start(
        tools.program([tools.curl, "-q", "-K", "-"], hasInput: true), input: Array(CurlExchange.settings(request, timeout).utf8),
        take: { [self] in receive($0) },
        done: { [self] in
          run = nil
          finish($0)
        })
    } catch {
      let why = error.problem.isMissing ? "which is not installed on this machine" : "which cannot be run: \(error.problem.text)"
      end(.failure(.tool("https probes are made with \(goQuoted(tools.curl)), \(why)")))
    }
  }

  static func settings(_ request: HTTPProbeRequest, _ timeout: Duration?) -> String {
    var lines = ["silent", "show-error", "include", "raw", "no-buffer", "insecure", "http1.1", "globoff", "path-as-is"]
    lines += ["noproxy = \"*\"", "url = \(quoted("\(request.url.scheme)://\(request.url.authority)\(request.url.sent)"))"]
    // Should we not be there any more to end it.
    if let timeout { lines.append("max-time = \(timeout.wholeSeconds + 2)") }
    var header = request.header + [Header.Field("Connection", "close")]
    for name in ["User-Agent", "Accept"] where !header.contains(where: { Header.same($0.name, name) }) {
      lines.append("header = \(quoted(name + ":"))")
    }
    if header[0] == Header.Field("Host", request.url.authority) { header.removeFirst() }
    for field in header { lines.append("header = \(quoted(field.value.isEmpty ? field.name + ";" : "\(field.name): \(field.value)"))") }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func quoted(_ text: String) -> String {
    var out = "\""
    for character in text.unicodeScalars {
      if character == "\"" || character == "\\" { out += "\\" }
      out.unicodeScalars.append(character)
    }
    return out + "\""
  }

  private func receive(_ bytes: UnsafeRawBufferPointer) {
    guard done != nil else { return }
    do throws(ResponseProblem) {
      try response.feed(bytes)
    } catch {
      return end(.failure(.answer(error)))
    }
    if response.isOver { end(.success(response)) }
  }

  private func finish(_ end: ChildRun.End) {
    guard done != nil else { return }
    switch end.code {
    // It has ended as the server did: where that was too early, the answer tells.
    case 0, 18, 52: finishAnswer()
    case 56 where response.hasHead: finishAnswer()
    case 7: tellRefusal(end)
    default: self.end(.failure(.answer(.head(CurlExchange.text(end)))))
    }
  }

  /// curl has said all that it was told.
  private func finishAnswer() {
    do throws(ResponseProblem) {
      try response.end()
      end(.success(response))
    } catch {
      end(.failure(.answer(error)))
    }
  }

  /// curl doesn't tell why it could not connect: we see for ourselves.
  private func tellRefusal(_ end: ChildRun.End) {
    let dial = Dial(children, tools, host: request.url.host, port: request.url.number)
    self.dial = dial
    dial.begin { [self] result in
      self.dial = nil
      switch result {
      case .success(let socket):
        socket.end()
        self.end(.failure(.answer(.head(CurlExchange.text(end)))))
      case .failure(let problem): self.end(.failure(.dial(problem)))
      }
    }
  }

  private static func text(_ end: ChildRun.End) -> String {
    let first = String(decoding: end.complaint, as: UTF8.self).split(whereSeparator: \.isNewline).first
    return first.map(String.init) ?? "curl exited with \(end.code)"
  }

  private func end(_ result: Result<ProbeResponse, ExchangeProblem>) {
    run?.cancel()
    run = nil
    let tell = done
    done = nil
    tell?(result)
  }

  func cancel() {
    done = nil
    run?.cancel()
    run = nil
    dial?.cancel()
    dial = nil
  }
}
