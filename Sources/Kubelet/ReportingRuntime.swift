import APIMachinery
import Formats

// A runtime that doesn't know the future, as any of real processes: it is asked, and reports when there is something to report.

/// A container of a pod, by names.
public struct ContainerKey: Hashable, Sendable {
  public let namespace: String
  public let pod: String
  /// The pod's uid.
  public let uid: String
  public let container: String

  public init(namespace: String, pod: String, uid: String, container: String) {
    self.namespace = namespace
    self.pod = pod
    self.uid = uid
    self.container = container
  }
}

/// One run of a container.
public struct RunKey: Hashable, Sendable {
  public let container: ContainerKey
  /// `Run.id`: given by the kubelet with the request to start.
  public let id: String

  public init(_ container: ContainerKey, id: String) {
    self.container = container
    self.id = id
  }
}

/// What a runtime makes of a container's image.
public enum ImageUse: Equatable, Sendable {
  /// It is needed on the node: looked for (`look`), and pulled where it is missing (`pull`).
  case pulled
  /// It is only written down: the command names a program of the machine.
  case recorded
  /// The container can't run here: why, for its status (`ErrImageNeverPull`) and for people.
  case refused(reason: String, message: String)
}

/// Whether a runtime has an image.
public enum ImagePresence: Equatable, Sendable {
  case present, missing
  /// It can't be told, and why (`ImageInspectError`).
  case unknown(String)
}

/// Why a container did not start, in the runtime's words.
public enum StartFailure: Error, Equatable, Sendable {
  /// A volume of its pod can't be mounted: the pod is tried again after a while (an event's reason is `FailedMount`).
  case mount(String)
  /// Nothing came into being (`CreateContainerError`).
  case create(String)
  /// It was made and could not run (`RunContainerError`).
  case run(String)

  public var message: String {
    switch self {
    case .mount(let text), .create(let text), .run(let text): text
    }
  }
}

/// A container's lifecycle hook.
public enum Hook: Equatable, Sendable { case postStart, preStop }

/// What a probe has found.
public enum ProbeResult: Equatable, Sendable {
  case success
  /// It fails, and what it said (`HTTP probe failed with statuscode: 500`).
  case failure(String)
  /// It could not be asked: the result counts for nothing.
  case unknown(String)
}

/// A hook or a probe to be run for a container.
public struct HandlerRequest {
  public let run: RunKey
  /// The hook, or the probe: `exec`, `httpGet`, `tcpSocket`, `grpc`, `sleep`.
  public let handler: Value
  /// The container's spec.
  public let spec: Value
  public let pod: Value
  /// The pod's address.
  public let address: String
  /// How long it may take; nil: as long as it likes.
  public let timeout: Duration?

  public init(run: RunKey, handler: Value, spec: Value, pod: Value, address: String, timeout: Duration?) {
    self.run = run
    self.handler = handler
    self.spec = spec
    self.pod = pod
    self.address = address
    self.timeout = timeout
  }
}

/// A run that a runtime has, running or ended: told to a kubelet that comes anew.
public struct FoundRun: Equatable, Sendable {
  public let container: String
  /// How often the container was started before: `ContainerRequest.attempt`.
  public let attempt: Int
  public let run: Run

  public init(container: String, attempt: Int, run: Run) {
    self.container = container
    self.attempt = attempt
    self.run = run
  }
}

/// Runs containers, and reports what becomes of them to a `RuntimeReports`: at any time on the kubelet's thread, within a request too.
///
/// Every start is answered by `started` or `failed`, and every start that didn't fail by one `ended`, stopped before it ran or not. What it
/// knows of its runs outlives the process that asked for them.
public protocol ReportingRuntime: ContainerRuntime {
  /// What it makes of a container's image; asked before anything is pulled or started.
  func image(of spec: Value, in pod: Value) -> ImageUse
  /// Looks whether an image is there: answered by `looked`.
  func look(for image: String, for container: ContainerKey)
  /// Pulls an image for a container: answered by `pulled`.
  func pull(_ image: String, for container: ContainerKey)
  func start(_ run: RunKey, _ request: ContainerRequest)
  /// SIGTERM now, SIGKILL to all that is left after the grace; asked again, the earlier end holds. A hook that still runs ends with it.
  func stop(_ run: RunKey, grace: Duration)
  /// Runs a hook: answered by `hookEnded` unless the run ends before.
  func hook(_ hook: Hook, _ request: HandlerRequest)
  /// Asks a container how it is: answered by `probed` unless the run ends before.
  func probe(_ kind: ProbeKind, _ request: HandlerRequest)
  /// An ended run that nobody will ask for any more.
  func remove(_ run: RunKey)
  /// A pod that is gone: what still runs of it is stopped, and then everything of it is removed, its address too.
  func release(pod uid: String, grace: Duration)
  /// The runs of a pod that it has, older ones first.
  func runs(ofPod uid: String) -> [FoundRun]
  /// The uids of all pods of which it has anything.
  var pods: [String] { get }
}

/// Takes a runtime's reports: the kubelet.
public protocol RuntimeReports: AnyObject {
  /// Whether an image is there that was looked for.
  func looked(for container: ContainerKey, _ presence: ImagePresence)
  /// An image is there, or why it isn't.
  func pulled(for container: ContainerKey, error: String?)
  func started(_ run: RunKey, at time: Instant)
  func failed(_ run: RunKey, _ failure: StartFailure)
  func ended(_ run: RunKey, _ exit: Exit)
  /// A hook is over; `failure` is told in an event.
  func hookEnded(_ hook: Hook, of run: RunKey, failure: String?)
  func probed(_ kind: ProbeKind, of run: RunKey, _ result: ProbeResult)
}
