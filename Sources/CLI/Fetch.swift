import Formats
import Posix

// Manifests from URLs, fetched by the installed curl.

/// Fetches what a URL names.
enum Fetch {
  static func body(of url: String, _ session: Session) throws -> [UInt8] {
    guard Plugins.find("curl", session) != nil else {
      throw Failure("cannot read \"\(url)\": curl is not installed", hints: ["fetch it by other means and pipe it to -f -"])
    }
    let child: Child.Outcome
    do throws(SystemFailure) {
      child = try Child.run("curl", ["-sSL", "--max-time", "60", "--write-out", "\n%{http_code}", "--", url])
    } catch {
      throw Failure("cannot run curl: \(error.text)")
    }
    let said = String(decoding: child.complaint, as: UTF8.self).split(separator: "\n").last.map(String.init) ?? ""
    let host = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first.map(String.init) ?? url
    switch child.code {
    case 0: break
    case 6: throw PlainFailure("Unable to connect to the server: dial tcp: lookup \(host.prefix { $0 != ":" }): no such host")
    case 7: throw PlainFailure("The connection to the server \(host) was refused - did you specify the right host or port?")
    default: throw Failure("unable to read URL \"\(url)\": \(said)")
    }
    guard let mark = child.output.lastIndex(of: 10) else { throw Failure("unable to read URL \"\(url)\": curl told no status") }
    let status = String(decoding: child.output[(mark + 1)...], as: UTF8.self)
    guard status.hasPrefix("2") else {
      throw Failure("unable to read URL \"\(url)\", server reported \(status), status code=\(status)")
    }
    return Array(child.output[..<mark])
  }
}
