import Posix

// An installed container engine, and how it is called: fork and exec of its command line, never a shell.

/// The engines that pods can be handed to, by the names that `runtimeClassName` has for them.
enum EngineKind: String, CaseIterable, Sendable {
  case podman, docker

  /// The options that stand before the engine's verb and take a value. What else is given is for the making of a container.
  fileprivate var globalOptions: Set<String> {
    switch self {
    case .podman:
      [
        "--cdi-spec-dir", "--cgroup-manager", "--conmon", "--connection", "-c", "--events-backend", "--hooks-dir", "--identity",
        "--imagestore",
        "--log-level", "--module", "--network-cmd-path", "--network-config-dir", "--root", "--runroot", "--runtime", "--runtime-flag",
        "--ssh", "--storage-driver", "--storage-opt", "--tmpdir", "--url", "--volumepath",
      ]
    case .docker: ["--config", "--context", "-c", "--host", "-H", "--log-level", "-l", "--tlscacert", "--tlscert", "--tlskey"]
    }
  }

  /// Those that take none.
  fileprivate var globalSwitches: Set<String> {
    switch self {
    case .podman: ["--remote", "-r", "--syslog", "--transient-store"]
    case .docker: ["--debug", "-D", "--tls", "--tlsverify"]
    }
  }
}

/// An installed engine with the user's own arguments for it.
struct ContainerEngine: Equatable, Sendable {
  let kind: EngineKind
  /// The client's file.
  let program: String
  /// What stands before the verb (`--runtime=runc`).
  let global: [String]
  /// What each container is made with besides (`--ulimit=nofile=1024:1024`).
  let creation: [String]

  /// - Parameter arguments: the user's, in any order: an option is known by its name, and its value, where it is a word of its own, follows it.
  init(_ kind: EngineKind, program: String, arguments: [String]) {
    self.kind = kind
    self.program = program
    var global: [String] = []
    var creation: [String] = []
    var isGlobal = false
    for word in arguments {
      if word.hasPrefix("-") {
        let name = String(word.prefix { $0 != "=" })
        isGlobal = kind.globalOptions.contains(name) || kind.globalSwitches.contains(name)
      }
      if isGlobal { global.append(word) } else { creation.append(word) }
    }
    self.global = global
    self.creation = creation
  }

  /// A whole command line.
  func words(_ words: [String]) -> [String] { [program] + global + words }

  /// What containers are made with that have another's network.
  var creationWithoutNetwork: [String] {
    var kept: [String] = []
    var isNetwork = false
    for word in creation {
      if word.hasPrefix("-") { isNetwork = ["--network", "--net"].contains(word.prefix { $0 != "=" }) }
      if !isNetwork { kept.append(word) }
    }
    return kept
  }
}
