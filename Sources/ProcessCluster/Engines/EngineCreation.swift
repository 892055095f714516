import API
import Formats
import Kubelet

// What an engine is told to make of a container's manifest.

/// How a container is made: a pure function of its manifest.
struct EngineCreation {
  /// The command line.
  private(set) var words: [String]
  /// What the client finds in its environment besides its own: values, which may be secret, stand on no command line.
  private(set) var environment: [(name: String, value: String)] = []
  /// What it would take for its own there goes by a file, a line each; empty: there is none.
  private(set) var file: [(name: String, value: String)] = []

  /// What there is besides the manifest.
  struct Place {
    /// The pod's address.
    var address: String
    var hostname: String
    /// The pods' folder, which labels all containers of the cluster.
    var cluster: String
    /// Where the variables that go by a file are to be found.
    var environmentFile: String
    /// What becomes the termination message.
    var messageFile: String
  }

  init(_ made: EngineContainer, _ spec: Value, of pod: Value, setup: ContainerSetup, _ place: Place) throws(StartFailure) {
    words = EngineCreation.beginning(made, pod, container: spec["name"].text, place)
    // What its manifest leaves to the image is the image's.
    if spec["stdin"].bool == true { words.append("--interactive") }
    if spec["tty"].bool == true { words.append("--tty") }
    if let sandbox = made.sandbox {
      words += ["--network", "container:" + sandbox]
      // With the network comes the name; for Docker by itself.
      if made.engine.kind == .podman { words += ["--uts", "container:" + sandbox] }
    } else {
      words += EngineCreation.network(pod, [spec], place)
    }
    words += try EngineCreation.rights(spec, pod)
    words += EngineCreation.limits(spec)
    words += try EngineCreation.mounts(setup.mounts, spec)
    words += try EngineCreation.mount(place.messageFile, at: spec["terminationMessagePath"].string ?? "/dev/termination-log", [])
    let folder = spec["workingDir"].text
    if !folder.isEmpty { words += ["--workdir", folder] }
    try take(setup.environment, place)
    words += made.sandbox == nil ? made.engine.creation : made.engine.creationWithoutNetwork
    let program = setup.command.first
    if let program {
      guard !program.isEmpty else { throw .run("exec: \"\": no command was given") }
      words += ["--entrypoint", program]
    }
    words += [spec["image"].text] + setup.command.dropFirst() + setup.arguments
  }

  /// The container that holds the network of a pod of several: it does nothing, and has no part in what they do.
  /// - Parameter program: a program that runs in any image, and waits for ever.
  init(sandbox made: EngineContainer, of pod: Value, image: String, program: String, _ place: Place) throws(StartFailure) {
    words = EngineCreation.beginning(made, pod, container: "POD", place)
    words[0] = "run"
    words.insert("--detach", at: 1)
    words += EngineCreation.network(pod, pod["spec"]["containers"].items, place)
    words += ["--user", "0"] + (try EngineCreation.mount(program, at: "/.kctl-pause", ["ro"]))
    words += made.engine.creation + ["--entrypoint", "/.kctl-pause", image]
  }

  private static func beginning(_ made: EngineContainer, _ pod: Value, container: String, _ place: Place) -> [String] {
    // Nothing is pulled unasked, and the log is ours.
    var words = ["create", "--name", made.name, "--pull", "never", "--log-driver", "none", "--no-healthcheck"]
    // Our own proxy is none of its.
    if made.engine.kind == .podman { words.append("--http-proxy=false") }
    for (name, value) in [
      (EngineContainer.clusterLabel, place.cluster), ("io.kubernetes.pod.namespace", pod.namespace), ("io.kubernetes.pod.name", pod.name),
      ("io.kubernetes.pod.uid", pod.uid), ("io.kubernetes.container.name", container),
    ] { words += ["--label", "\(name)=\(value)"] }
    return words
  }

  // MARK: Network

  private static func network(_ pod: Value, _ containers: [Value], _ place: Place) -> [String] {
    let spec = pod["spec"]
    if spec["hostNetwork"].bool == true { return ["--network", "host"] }
    var words = ["--hostname", place.hostname]
    for port in EnginePort.all(of: containers, in: pod, address: place.address) { words += ["--publish", port.text] }
    for entry in spec["hostAliases"].items {
      for name in entry["hostnames"].items { words += ["--add-host", "\(name.text):\(entry["ip"].text)"] }
    }
    for server in spec["dnsConfig"]["nameservers"].items { words += ["--dns", server.text] }
    for domain in spec["dnsConfig"]["searches"].items { words += ["--dns-search", domain.text] }
    return words
  }

  // MARK: Rights and limits

  private static func rights(_ spec: Value, _ pod: Value) throws(StartFailure) -> [String] {
    var words: [String] = []
    let owner = ProcessOwner(spec, pod)
    if let user = owner.user {
      words += ["--user", owner.group.map { "\(user):\($0)" } ?? "\(user)"]
    } else if owner.group != nil {
      throw .create("runAsGroup is specified without a runAsUser")
    }
    for group in owner.supplementaryGroups ?? [] { words += ["--group-add", String(group)] }
    let security = spec["securityContext"]
    if security["privileged"].bool == true { words.append("--privileged") }
    if security["readOnlyRootFilesystem"].bool == true { words.append("--read-only") }
    if security["allowPrivilegeEscalation"].bool == false { words += ["--security-opt", "no-new-privileges"] }
    let profile = security["seccompProfile"]["type"].string ?? pod["spec"]["securityContext"]["seccompProfile"]["type"].text
    if profile == "Unconfined" { words += ["--security-opt", "seccomp=unconfined"] }
    for name in security["capabilities"]["add"].items { words += ["--cap-add", name.text] }
    for name in security["capabilities"]["drop"].items { words += ["--cap-drop", name.text] }
    if pod["spec"]["hostPID"].bool == true { words += ["--pid", "host"] }
    if pod["spec"]["hostIPC"].bool == true { words += ["--ipc", "host"] }
    return words
  }

  private static func limits(_ spec: Value) -> [String] {
    let limits = ContainerLimits(spec)
    var words: [String] = []
    if let bytes = limits.memoryBytes { words += ["--memory", "\(bytes)b"] }
    if let milli = limits.processorMilli {
      let digits = String(milli % 1000)
      words += ["--cpus", "\(milli / 1000)." + String(repeating: "0", count: 3 - digits.utf8.count) + digits]
    }
    return words
  }

  // MARK: Mounts

  private static func mounts(_ mounts: [VolumeMount], _ spec: Value) throws(StartFailure) -> [String] {
    var words: [String] = []
    for (i, mount) in mounts.enumerated() {
      var options = mount.isReadOnly ? ["ro"] : []
      switch spec["volumeMounts"][i]["mountPropagation"].text {
      case "HostToContainer": options.append("rslave")
      case "Bidirectional": options.append("rshared")
      default: break
      }
      words += try self.mount(mount.path, at: mount.mountPath, options)
    }
    return words
  }

  private static func mount(_ path: String, at place: String, _ options: [String]) throws(StartFailure) -> [String] {
    // Both engines take colons, and neither has a way to write one that is meant.
    guard !path.contains(":"), !place.contains(":") else {
      throw .create("no engine mounts \"\(path)\" at \"\(place)\": a colon in either has another meaning to it")
    }
    return ["--volume", ([path, place] + (options.isEmpty ? [] : [options.joined(separator: ",")])).joined(separator: ":")]
  }

  // MARK: Environment

  private mutating func take(_ variables: [(name: String, value: String)], _ place: Place) throws(StartFailure) {
    for variable in variables {
      guard EngineEnvironment.mayTake(variable.name) else {
        environment.append(variable)
        words += ["--env", variable.name]
        continue
      }
      guard !variable.value.contains(where: \.isNewline) else {
        throw .create("environment variable \"\(variable.name)\" is of several lines, and can't be handed to an engine under that name")
      }
      file.append(variable)
    }
    if !file.isEmpty { words += ["--env-file", place.environmentFile] }
  }
}
