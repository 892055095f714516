import APIMachinery
import Client
import Formats
import HTTP

// What a server, or whoever stands before it, says of a failure: as a Status.

extension Status {
  /// A Status object as it came; nil where it is none.
  init?(object: Value, code: Int? = nil) {
    guard object["kind"] == "Status", object["status"] != "Success" else { return nil }
    let code = object["code"].int.map { Int(clamping: $0) } ?? code ?? 500
    self.init(Reason(rawValue: object["reason"].text) ?? .unknown, object["message"].text, code: code > 0 ? code : 500)
    let details = object["details"]
    name = details["name"].text
    group = details["group"].text
    kind = details["kind"].text
    uid = details["uid"].text
    causes = details["causes"].items.map { Cause(reason: $0["reason"].text, message: $0["message"].text, field: $0["field"].text) }
    retryAfterSeconds = details["retryAfterSeconds"].int.flatMap { $0 > 0 ? Int(clamping: $0) : nil }
  }
}

/// Answers and connections that failed, told as client-go and kubectl tell them.
enum Failures {
  /// What a request was about, for answers that don't say it themselves.
  struct About {
    var verb: String
    var kind: Kind?
    var name = ""
  }

  /// The failure that an answer tells of: by its Status, or by whatever text a proxy has put there.
  static func status(_ head: ResponseHead, _ body: [UInt8], _ about: About) -> Status {
    var status: Status
    if let object = try? JSON.parse(body), let told = Status(object: object, code: head.status) {
      status = told
    } else {
      status = untold(head.status, text(body), about)
    }
    if let after = head.header["Retry-After"].flatMap({ Int($0) }), after > 0, status.retryAfterSeconds == nil {
      status.retryAfterSeconds = after
    }
    status.hints = hints(head)
    return status
  }

  static func hints(_ head: ResponseHead) -> [String] { head.header.all(Wire.hint).compactMap { URLText.decoded(Substring($0)) } }

  /// A body without a Status.
  private static func untold(_ code: Int, _ said: String, _ about: About) -> Status {
    let (reason, text): (Status.Reason, String) =
      switch code {
      case 400: (.badRequest, "the server rejected our request for an unknown reason")
      case 401: (.unauthorized, "the server has asked for the client to provide credentials")
      case 403: (.forbidden, said)
      case 404: (.notFound, "the server could not find the requested resource")
      case 405: (.methodNotAllowed, "the server does not allow this method on the requested resource")
      case 406:
        (.notAcceptable, said == "unknown" ? "the server was unable to respond with a content type that the client supports" : said)
      case 409: (about.verb == "post" ? .alreadyExists : .conflict, "the server reported a conflict")
      case 415: (.unsupportedMediaType, said)
      case 422: (.invalid, "the server rejected our request due to an error in our request")
      case 429: (.tooManyRequests, "the server has received too many requests and has asked us to try again later")
      case 503: (.serviceUnavailable, "the server is currently unable to handle the request")
      case 504:
        (.timeout, "the server was unable to return a response in the time allotted, but may still be processing the request")
      case 500...: (.internalError, "an error on the server (\(JSON.quoted(said))) has prevented the request from succeeding")
      default: (.unknown, "the server responded with the status code \(code) but did not return more information")
      }
    var status = Status(reason, text, code: code)
    if let kind = about.kind {
      status.message += " (\([about.verb, kind.qualifiedPlural, about.name].filter { !$0.isEmpty }.joined(separator: " ")))"
      (status.group, status.kind, status.name) = (kind.group, kind.plural, about.name)
    }
    status.causes = [Status.Cause(reason: "UnexpectedServerResponse", message: said, field: "")]
    return status
  }

  /// A body as a text for people: its beginning, or `unknown` where it is none.
  private static func text(_ body: [UInt8]) -> String {
    guard let text = String(validating: body.prefix(2048), as: UTF8.self) else { return "unknown" }
    let trimmed = text.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed()
    return trimmed.isEmpty ? "unknown" : String(trimmed)
  }

  /// What kubectl's proxy says by itself where it reaches no server or gets no credentials: its error's text, and nothing else.
  static func proxied(_ head: ResponseHead, _ body: [UInt8]) -> Status? {
    let said = text(body)
    guard head.status == 500, head.header["Content-Type"]?.hasPrefix("text/plain") ?? false, !said.hasPrefix("Internal Server Error") else {
      return nil
    }
    let words = said.split(separator: " ")
    if said.hasSuffix("connect: connection refused"), let dial = words.firstIndex(of: "tcp"), words.indices.contains(dial + 1) {
      let server = words[dial + 1].hasSuffix(":") ? words[dial + 1].dropLast() : words[dial + 1]
      return .unanswered("The connection to the server \(server) was refused - did you specify the right host or port?")
    }
    return .unanswered("Unable to connect to the server: \(said)")
  }

  /// No answer at all.
  static func status(_ problem: ClientProblem, _ client: HTTPClient) -> Status {
    let network =
      switch client.address {
      case .tcp: "dial tcp \(client.address)"
      case .unix(let path): "dial unix \(path)"
      }
    return switch problem {
    case .unreachable(let failure) where failure.isRefused:
      .unanswered("The connection to the server \(server(client)) was refused - did you specify the right host or port?")
    case .unreachable(let failure): unreachable("\(network): connect: \(failure.text)", isPassing: failure.isBusy || failure.isShortage)
    case .timedOut(answering: false):
      .unanswered("Unable to connect to the server: context deadline exceeded (Client.Timeout exceeded while awaiting headers)")
    case .timedOut: cut("context deadline exceeded (Client.Timeout or context cancellation while reading body)")
    case .ended(answering: false): .unanswered("Unable to connect to the server: EOF")
    case .ended: cut("unexpected EOF")
    case .malformed(let problem):
      .unanswered("Unable to connect to the server: net/http: HTTP/1.x transport connection broken: \(problem.text)")
    case .interrupted: .unanswered("interrupted")
    }
  }

  /// - Parameter isPassing: it isn't that nobody is there, but that there is no room just now, here or at the door.
  private static func unreachable(_ why: String, isPassing: Bool) -> Status {
    var status = Status.unanswered("Unable to connect to the server: \(why)")
    if isPassing { status.retryAfterSeconds = 1 }
    return status
  }

  private static func cut(_ why: String) -> Status {
    .unanswered("error: unexpected error when reading response body. Please retry. Original error: \(why)")
  }

  private static func server(_ client: HTTPClient) -> String {
    if case .unix(let path) = client.address { path } else { client.host }
  }

  /// The texts of an answer's `Warning` fields.
  static func warnings(_ header: Header) -> [String] {
    header.all("Warning").flatMap { field -> [String] in
      var texts: [String] = []
      var rest = field.utf8[...]
      // Code and agent, the text in quotes, perhaps a date in quotes; then a comma and another.
      while let quote = rest.firstIndex(of: 34) {
        let code = rest[..<quote].split(separator: 32).first.map { String(Substring($0)) }
        rest = rest[rest.index(after: quote)...]
        var text: [UInt8] = []
        while let byte = rest.popFirst(), byte != 34 { text.append(byte == 92 ? rest.popFirst() ?? 92 : byte) }
        if code == "299" { texts.append(String(decoding: text, as: UTF8.self)) }
        guard let comma = rest.firstIndex(of: 44) else { break }
        rest = rest[rest.index(after: comma)...]
      }
      return texts
    }
  }
}
