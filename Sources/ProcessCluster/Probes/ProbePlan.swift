import APIMachinery
import Formats

// What a handler asks for: decided before anything is done.

/// A handler of a probe or hook, read.
enum ProbePlan: Equatable {
  case exec([String])
  case http(HTTPProbeRequest)
  case connect(host: String, port: UInt16)
  case grpc(host: String, port: UInt16, service: String)
  case sleep(Duration)
  /// It can't be asked, and why.
  case refused(String)

  init(_ handler: Value, _ context: ProbeContext, _ purpose: ProbePurpose) {
    do throws(PortProblem) {
      self = try ProbePlan.read(handler, context, purpose)
    } catch {
      self = .refused(error.text)
    }
  }

  private static func read(_ handler: Value, _ context: ProbeContext, _ purpose: ProbePurpose) throws(PortProblem) -> ProbePlan {
    if handler["exec"].object != nil { return .exec(handler["exec", "command"].items.map { context.expand($0.text) }) }
    let http = handler["httpGet"]
    if http.object != nil {
      let url = ProbeURL(
        scheme: http["scheme"].text.isEmpty ? "http" : http["scheme"].text.lowercased(), host: host(http["host"], context),
        port: try context.port(http["port"]), path: context.expand(http["path"].text))
      guard url.scheme == "http" || url.scheme == "https" else { return .refused("unsupported protocol scheme \(goQuoted(url.scheme))") }
      let header = http["httpHeaders"].items.map { (name: $0["name"].text, value: context.expand($0["value"].text)) }
      return .http(HTTPProbeRequest(url, header: header, purpose))
    }
    let tcp = handler["tcpSocket"]
    if tcp.object != nil { return .connect(host: host(tcp["host"], context), port: try context.port(tcp["port"])) }
    let grpc = handler["grpc"]
    if grpc.object != nil {
      return .grpc(host: context.address, port: try context.port(grpc["port"]), service: context.expand(grpc["service"].text))
    }
    if handler["sleep"].object != nil { return .sleep(.seconds(min(max(handler["sleep", "seconds"].int ?? 0, 0), 1_000_000_000))) }
    return .refused("missing probe handler")
  }

  private static func host(_ value: Value, _ context: ProbeContext) -> String {
    let named = context.expand(value.text)
    return named.isEmpty ? context.address : named
  }
}
