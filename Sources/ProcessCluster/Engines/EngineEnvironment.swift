// What an engine's client finds in its environment.

/// What an engine's client finds in its environment: how it reaches its engine and its registries, and nothing else of ours.
struct EngineEnvironment: Sendable {
  let variables: [(name: String, value: String)]

  private static let names = [
    "PATH", "HOME", "USER", "LOGNAME", "TMPDIR", "LANG", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME",
    "DBUS_SESSION_BUS_ADDRESS", "SSH_AUTH_SOCK", "SSL_CERT_FILE", "SSL_CERT_DIR", "REGISTRY_AUTH_FILE", "HTTP_PROXY", "HTTPS_PROXY",
    "NO_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "no_proxy", "all_proxy", "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT",
    "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY", "DOCKER_API_VERSION", "CONTAINER_HOST", "CONTAINER_CONNECTION", "CONTAINER_SSHKEY",
    "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "CONTAINERS_REGISTRIES_CONF", "STORAGE_DRIVER", "STORAGE_OPTS", "NETAVARK_FW",
  ]
  /// Other variables that a client, or what it is written in, may look at begin so.
  private static let prefixes = [
    "DOCKER_", "CONTAINER", "PODMAN_", "BUILDAH_", "NETAVARK_", "LD_", "DYLD_", "GO", "_", "LISTEN_", "NOTIFY_", "XDG_", "STORAGE_", "SSL_",
    "LC_", "KCTL_TOKEN",
  ]

  /// - Parameter named: reads our own environment.
  init(of named: (String) -> String?) {
    variables = EngineEnvironment.names.compactMap { name in named(name).map { (name, $0) } }
  }

  /// Where it has a terminal.
  var inTerminal: [(name: String, value: String)] { variables + [("TERM", "xterm")] }

  subscript(name: String) -> String? { variables.first { $0.name == name }?.value }

  /// Whether a client might take a container's variable for its own, were it to find it.
  static func mayTake(_ name: String) -> Bool { names.contains(name) || prefixes.contains { name.hasPrefix($0) } }
}
