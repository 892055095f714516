import Arguments

// The flags that every command takes.

/// What the flags that every command takes say.
public struct Globals: Sendable {
  public var namespace: String?
  public var context: String?
  public var cluster: String?
  public var kubeconfig: String?
  public var server: String?
  public var requestTimeout = "0"
  public var verbosity = 0
  /// Flags that only concern real clusters and are refused, in order.
  public var refused: [String] = []

  public init() {}

  public static var flags: [Flag<Globals>] {
    [
      .text("namespace", "n", \.namespace, value: "NAMESPACE", completes: .asked("namespaces"), "the namespace to work in"),
      .text(
        "context", nil, \.context, value: "CONTEXT", completes: .asked("contexts"),
        "the context to use ($KCTL_CONTEXT, else the current one)"),
      .text("cluster", nil, \.cluster, value: "CLUSTER", completes: .asked("clusters"), "the cluster of the configuration to use"),
      .text("kubeconfig", nil, \.kubeconfig, value: "FILE", completes: .files, "the configuration file to use"),
      .text("server", "s", \.server, value: "ADDRESS", "the address of a cluster: sim:NAME, http://HOST:PORT, unix:PATH"),
      .text(
        "request-timeout", nil, \.requestTimeout, value: "DURATION", default: "0",
        "how long one request or watch may take; 0 is without end"),
      .number("v", "v", \.verbosity, default: "0", "how much to tell on standard error: 6 names what was read, advanced and written"),
    ]
      + [
        ("user", "USER"), ("as", "USER"), ("as-group", "GROUP"), ("as-uid", "UID"), ("token", "TOKEN"), ("username", "USER"),
        ("password", "PASSWORD"), ("client-certificate", "FILE"), ("client-key", "FILE"), ("certificate-authority", "FILE"),
        ("tls-server-name", "NAME"), ("cache-dir", "FOLDER"), ("profile", "NAME"), ("profile-output", "FILE"), ("vmodule", "LIST"),
        ("log-flush-frequency", "DURATION"),
      ].map { refusal($0.0, value: $0.1) }
      + ["insecure-skip-tls-verify", "disable-compression", "match-server-version", "warnings-as-errors"].map { refusal($0, value: "") }
  }

  private static func refusal(_ name: String, value: String) -> Flag<Globals> {
    Flag(FlagWords(name, value: value, bare: value.isEmpty ? "true" : nil, hidden: true, "")) { options, _ in options.refused.append(name) }
  }
}
