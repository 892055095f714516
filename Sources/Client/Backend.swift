import Formats

// Where clusters come from: the composition root lists the backends, a context's server names one by its scheme.

/// A source of clusters for one scheme of addresses (`sim:default`).
public protocol Backend: AnyObject {
  /// What stands before the colon: `sim`, `process`, `http`.
  var scheme: String { get }
  /// What its addresses look like, for people: `sim:NAME`.
  var form: String { get }
  /// What its clusters say of their version, where that is known without opening one.
  var version: Value? { get }
  /// Opens the cluster at an address (what stands behind the scheme's colon), creating it where it may be created.
  func open(_ address: String, _ options: BackendOptions) throws -> any Client
}

extension Backend {
  public var form: String { "\(scheme):NAME" }
  public var version: Value? { nil }
}

/// What a backend is told when it opens a cluster.
public struct BackendOptions {
  /// The folder of our own state, made with mode 0700.
  public var home = ""
  /// The kubeconfig files that know the context a `kubectl:` address names; none: the user's own.
  public var kubeconfig: [String] = []
  /// Reads the environment (`KCTL_SIM_CLOCK`).
  public var environment: (String) -> String? = { _ in nil }
  /// `-v`: how much to tell through `trace`.
  public var verbosity = 0
  public var trace: (String) -> Void = { _ in }
  /// How long one request may take; nil: as long as it takes.
  public var requestTimeout: Duration?

  public init() {}
}
