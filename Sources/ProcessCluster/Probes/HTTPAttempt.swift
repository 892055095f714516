import APIMachinery
import Posix

// HTTP, asked as kubelet asks it.

/// Asks by HTTP and follows where the same host sends it.
final class HTTPAttempt: ProbeAttempt {
  private let children: Children
  private let tools: ProbeTools
  private let timeout: Duration?
  private let first: ProbeURL
  private var request: HTTPProbeRequest
  private var redirects = 0
  private var exchange: (any HTTPExchange)?
  private var done: ((ProbeOutcome) -> Void)?

  private static let mostRedirects = 10

  init(_ children: Children, _ tools: ProbeTools, _ request: HTTPProbeRequest, timeout: Duration?) {
    self.children = children
    self.tools = tools
    self.request = request
    self.timeout = timeout
    first = request.url
  }

  func begin(_ done: @escaping (ProbeOutcome) -> Void) {
    self.done = done
    if let problem = request.problem { return end(.failure(said(problem))) }
    ask()
  }

  private func ask() {
    let exchange: any HTTPExchange =
      request.url.scheme == "https"
      ? CurlExchange(children, tools, request, timeout: timeout) : SocketExchange(children, tools, request)
    self.exchange = exchange
    exchange.begin { [self] result in
      self.exchange = nil
      switch result {
      case .success(let response): answered(response)
      case .failure(.dial(let problem)): end(problem.isOurs ? .unknown(said(problem.text)) : .failure(said(problem.text)))
      case .failure(.answer(.head(let text))): end(.failure(said(text)))
      case .failure(.answer(.body(let text))): end(request.judgesStatus ? .unknown(text) : .success)
      case .failure(.tool(let text)): end(.unknown(text))
      }
    }
  }

  private func answered(_ response: ProbeResponse) {
    guard let location = response.redirect else { return end(response.outcome(judgesStatus: request.judgesStatus)) }
    guard let next = request.url.following(location) else {
      return end(.failure(said("failed to parse Location header \(goQuoted(location))")))
    }
    guard next.host == first.host else { return end(response.outcome(judgesStatus: request.judgesStatus)) }
    redirects += 1
    guard redirects < HTTPAttempt.mostRedirects else {
      return end(.failure("Get \(goQuoted(location)): stopped after \(HTTPAttempt.mostRedirects) redirects"))
    }
    request = request.redirected(to: next, by: location)
    guard next.scheme == "http" || next.scheme == "https" else {
      return end(.failure(said("unsupported protocol scheme \(goQuoted(next.scheme))")))
    }
    ask()
  }

  /// `Get "http://127.0.0.1:80/": EOF`
  private func said(_ text: String) -> String { "Get \(goQuoted("\(request.url)")): \(text)" }

  private func end(_ outcome: ProbeOutcome) {
    let tell = done
    done = nil
    tell?(outcome)
  }

  var timeoutOutcome: ProbeOutcome {
    guard exchange?.hasHead == true else {
      return .failure(said("context deadline exceeded (Client.Timeout exceeded while awaiting headers)"))
    }
    // As in Kubernetes: an answer that breaks off tells nothing about the container.
    return request.judgesStatus
      ? .unknown("context deadline exceeded (Client.Timeout or context cancellation while reading body)") : .success
  }

  func cancel() {
    done = nil
    exchange?.cancel()
    exchange = nil
  }
}

/// Why there is no answer.
enum ExchangeProblem: Error {
  case dial(DialProblem)
  case answer(ResponseProblem)
  /// A program that we need is missing.
  case tool(String)
}

/// One request and its answer. It tells what came of it once, perhaps within `begin`.
protocol HTTPExchange: AnyObject {
  func begin(_ done: @escaping (Result<ProbeResponse, ExchangeProblem>) -> Void)
  /// Whether a status has come.
  var hasHead: Bool { get }
  func cancel()
}
