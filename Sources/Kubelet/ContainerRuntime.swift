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

/// A container about to run.
public struct ContainerRequest {
  public let pod: Value
  /// The container's spec.
  public let spec: Value
  /// How often it was started before.
  public let attempt: Int
  public let now: Instant
  /// The pod's address: its status may not name it yet.
  public let address: String

  public init(pod: Value, spec: Value, attempt: Int, now: Instant, address: String = "") {
    self.pod = pod
    self.spec = spec
    self.attempt = attempt
    self.now = now
    self.address = address
  }
}

/// What all that runs containers has. What it knows of their future makes the difference: a `ForetellingRuntime` says at once how
/// a start, a stop, a hook or a probe will go, a `ReportingRuntime` is asked for it and tells later.
public protocol ContainerRuntime: AnyObject {
  /// What precedes a container's id in a status: `containerd` of `containerd://…`.
  var scheme: String { get }
  func hasImage(_ image: String, node: String) -> Bool
  /// The images on a node, the latest pulled first.
  func images(node: String) -> [String]
  /// The address that a pod is to have, asked once and the pod's as long as it is; nil: the next of its node's range.
  func address(of pod: Value) -> String?
}

extension ContainerRuntime {
  public var scheme: String { "containerd" }
  public func address(of pod: Value) -> String? { nil }
}

/// A kubelet's runtime, by what it knows of the future.
enum Runtime {
  case foretelling(any ForetellingRuntime)
  case reporting(any ReportingRuntime)

  var any: any ContainerRuntime {
    switch self {
    case .foretelling(let runtime): runtime
    case .reporting(let runtime): runtime
    }
  }
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
