import APIMachinery
import Client
import Formats

// What runs containers, as the kubelet sees it: Kubernetes' container runtime interface, cut to what we need.

/// How a container ended, or is known to end.
public struct Exit: Equatable, Sendable {
  public var at: Instant
  public var code: Int
  /// `Completed`, `Error`, `OOMKilled`, `StartError`
  public var reason: String
  /// The termination message.
  public var message: String

  public init(at: Instant, code: Int, reason: String? = nil, message: String = "") {
    self.at = at
    self.code = code
    self.reason = reason ?? (code == 0 ? "Completed" : "Error")
    self.message = message
  }
}

/// One run of a container.
public struct Run: Equatable, Sendable {
  /// 64 hexadecimal digits.
  public var id: String
  /// The image as the spec names it.
  public var image: String
  public var startedAt: Instant
  /// When and how it ends: foretold where the runtime knows, nil while it doesn't.
  public var exit: Exit?

  public init(id: String, image: String, startedAt: Instant, exit: Exit? = nil) {
    self.id = id
    self.image = image
    self.startedAt = startedAt
    self.exit = exit
  }

  public func isRunning(at now: Instant) -> Bool { exit.map { $0.at > now } ?? true }
  /// The exit, if it has happened.
  public func ended(by now: Instant) -> Exit? { exit.flatMap { $0.at <= now ? $0 : nil } }
}

/// A pull that a runtime has begun.
public struct Pull: Sendable {
  public let began: Instant
  public let until: Instant
  /// Why it fails, in the runtime's words; nil where it succeeds.
  public let error: String?

  public init(began: Instant, until: Instant, error: String? = nil) {
    self.began = began
    self.until = until
    self.error = error
  }
}

/// A container about to run.
public struct ContainerRequest {
  public let pod: Value
  /// The container's spec.
  public let spec: Value
  /// How often it was started before.
  public let attempt: Int
  public let now: Instant

  public init(pod: Value, spec: Value, attempt: Int, now: Instant) {
    self.pod = pod
    self.spec = spec
    self.attempt = attempt
    self.now = now
  }
}

/// What a probe of a run will find.
public struct ProbeForecast: Equatable, Sendable {
  /// What it says while it fails; nil: it never fails.
  public var failure: String?
  /// From when on it succeeds; nil: it never does.
  public var succeedsFrom: Instant?

  public init(failure: String?, succeedsFrom: Instant?) {
    self.failure = failure
    self.succeedsFrom = succeedsFrom
  }

  public static let success = ProbeForecast(failure: nil, succeedsFrom: Instant(nanoseconds: .min))

  public func succeeds(at time: Instant) -> Bool { failure == nil || succeedsFrom.map { time >= $0 } ?? false }
}

/// Runs containers.
public protocol ContainerRuntime: AnyObject {
  func hasImage(_ image: String, node: String) -> Bool
  /// The images on a node, the latest pulled first.
  func images(node: String) -> [String]
  /// Begins to pull an image; it is there when the pull is over.
  func pull(_ image: String, node: String, now: Instant) -> Pull
  /// How long a container takes to be created before it runs.
  func startDelay(_ request: ContainerRequest) -> Duration
  func start(_ request: ContainerRequest) -> Run
  /// How the container ends once it is asked to (SIGTERM), with `grace` to do so.
  func stop(_ run: Run, spec: Value, pod: Value, now: Instant, grace: Duration) -> Exit
  /// How long a lifecycle hook takes, and why it fails.
  func hook(_ handler: Value, spec: Value, now: Instant) -> (takes: Duration, failure: String?)
  func forecast(_ probe: Value, of run: Run, spec: Value, pod: Value) -> ProbeForecast
}

/// The image's name as a runtime lists it: with the tag that is meant.
public func taggedImage(_ image: String) -> String {
  let last = image.split(separator: "/").last ?? ""
  return last.utf8.contains(58) || last.utf8.contains(64) ? image : image + ":latest"
}

/// Whether an image's name can be read (a reference as distribution defines it, roughly).
public func isImageName(_ image: String) -> Bool {
  guard !image.isEmpty else { return false }
  var path = Substring(image)
  if let at = path.firstIndex(of: "@") {
    guard path[path.index(after: at)...].utf8.contains(58) else { return false }
    path = path[..<at]
  }
  let parts = path.split(separator: "/", omittingEmptySubsequences: false)
  for (i, part) in parts.enumerated() {
    guard !part.isEmpty else { return false }
    var name = part
    if let colon = part.lastIndex(of: ":") {
      guard i == 0 && parts.count > 1 || i == parts.count - 1 else { return false }
      let tag = part[part.index(after: colon)...]
      guard !tag.isEmpty, tag.utf8.count <= 128, tag.utf8.allSatisfy({ isWord($0) || $0 == 45 || $0 == 46 }) else { return false }
      name = part[..<colon]
    }
    // A registry's host may have capitals; a path may not.
    let isHost = i == 0 && parts.count > 1 && (part.utf8.contains(46) || part.utf8.contains(58) || part == "localhost")
    guard let first = name.utf8.first, let last = name.utf8.last, isWord(first), first != 95, isWord(last), last != 95 else { return false }
    for byte in name.utf8 {
      if !isHost, byte >= 65, byte <= 90 { return false }
      guard isWord(byte) || byte == 45 || byte == 46 else { return false }
    }
  }
  return true
}

private func isWord(_ byte: UInt8) -> Bool {
  byte >= 97 && byte <= 122 || byte >= 65 && byte <= 90 || byte >= 48 && byte <= 57 || byte == 95
}
