import APIMachinery
import HTTP

// /livez, /readyz and /healthz.

/// What load balancers and people ask to see whether the server is well. One that answers is: it answers from the thread that serves.
enum Health {
  private static let checks = ["ping", "log", "storage"]

  static func answer(_ name: String, check: String?, isVerbose: Bool) throws(Status) -> Response {
    if let check {
      guard checks.contains(check) else { throw Status(.notFound, "the server could not find the requested resource") }
      return Answers.text("ok")
    }
    guard isVerbose else { return Answers.text("ok") }
    return Answers.text(checks.map { "[+]\($0) ok\n" }.joined() + "\(name) check passed\n")
  }
}
