import APIMachinery
import HTTP

// What an HTTP probe sends.

/// An HTTP probe's request, as kubelet makes it.
struct HTTPProbeRequest: Equatable {
  var url: ProbeURL
  /// All that is sent but `Connection`, the Host first.
  private(set) var header: [Header.Field]
  /// Whether the Host is the handler's own and not the URL's.
  private let namesHost: Bool
  /// Whether an answer's status counts: a hook is content with any.
  let judgesStatus: Bool
  /// What can't be sent, in Go's words.
  let problem: String?

  init(_ url: ProbeURL, header given: [(name: String, value: String)], _ purpose: ProbePurpose) {
    self.url = url
    judgesStatus = purpose == .probe
    let fields = given.map { Header.Field($0.name, $0.value) }
    problem = HTTPProbeRequest.problem(fields)
    func has(_ name: String) -> Bool { fields.contains { Header.same($0.name, name) } }
    let host = fields.first { Header.same($0.name, "Host") }?.value ?? ""
    namesHost = !host.isEmpty
    header = [Header.Field("Host", namesHost ? host : url.authority)]
    if !has("User-Agent") { header.append(Header.Field("User-Agent", purpose == .probe ? "kube-probe/1.28" : "kube-lifecycle/1.28")) }
    if !has("Accept") { header.append(Header.Field("Accept", "*/*")) }
    // These are given empty to be left out.
    let optional = ["User-Agent", "Accept"]
    header += fields.filter { field in
      let mayBeEmpty = !optional.contains { Header.same(field.name, $0) }
      return !["Host", "Connection", "Content-Length", "Transfer-Encoding"].contains { Header.same(field.name, $0) }
        && (mayBeEmpty || !field.value.isEmpty)
    }
  }

  /// The request at another place, as a redirect leads there.
  func redirected(to next: ProbeURL, by location: String) -> HTTPProbeRequest {
    var request = self
    request.url = next
    // A Host that was asked for holds as long as the way there names none.
    if !namesHost || location.hasPrefix("//") || location.hasPrefix("http:") || location.hasPrefix("https:") {
      request.header[0] = Header.Field("Host", next.authority)
    }
    return request
  }

  var bytes: [UInt8] {
    Array("GET \(url.sent) HTTP/1.1".utf8) + Header.lines(header + [Header.Field("Connection", "close")]) + Array("\r\n\r\n".utf8)
  }

  private static func problem(_ fields: [Header.Field]) -> String? {
    let marks = Array("!#$%&'*+-.^_`|~".utf8)
    for field in fields {
      let isName =
        !field.name.isEmpty
        && field.name.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 32) || marks.contains($0) }
      if !isName { return "net/http: invalid header field name \(goQuoted(field.name))" }
      if field.value.utf8.contains(where: { $0 < 32 && $0 != 9 || $0 == 127 }) {
        return "net/http: invalid header field value for \(goQuoted(field.name))"
      }
    }
    return nil
  }
}
