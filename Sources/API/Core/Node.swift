import APIMachinery

// Nodes: the machines that pods run on.

extension Kinds {
  public static let node = Kind(
    group: "", version: "v1", name: "Node", plural: "nodes", shortNames: ["no"], namespaced: false, subresources: ["status"],
    schema: CoreV1.node, columns: nodeColumns,
    rules: Rules {
      $0.defaults = defaultNode
      $0.validate = Validation.node
      $0.validateUpdate = Validation.nodeUpdate
      $0.statusFields = ["status"]
      $0.fieldSelectors = ["spec.unschedulable"]
    }, summary: CoreV1.node.doc)
}

extension CoreV1 {
  public static let node = Definition(
    "core.v1.Node", "A machine of the cluster, and what it offers.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { nodeSpec }, "How the node should be used.", always: true),
      Field("status", .object { nodeStatus }, "What the node last reported.", always: true),
    ])

  public static let nodeSpec = Definition(
    "core.v1.NodeSpec", "What is wanted of a node.",
    [
      Field("podCIDR", .string, "The range of addresses for the node's pods."),
      Field("podCIDRs", .array(.string), "The same by address family, at most one each of IPv4 and IPv6.", patchStrategy: "merge"),
      Field("providerID", .string, "The machine's name at the cloud provider."),
      Field("unschedulable", .boolean, "Whether new pods stay away; cordon sets it."),
      Field("taints", .array(.object { taint }), "Marks that keep pods away unless they tolerate them."),
      Field("configSource", .object { nodeConfigSource }, "Formerly where the kubelet's configuration came from; no longer used."),
      Field("externalID", .string, "An old name of the machine; no longer used."),
    ])

  public static let nodeStatus = Definition(
    "core.v1.NodeStatus", "What a node offers and how it is.",
    [
      Field("capacity", .map(.quantity), "All that the machine has, by resource.", goType: "v1.ResourceList"),
      Field("allocatable", .map(.quantity), "What of it pods may use.", goType: "v1.ResourceList"),
      Field("phase", .string, "No longer used.", goType: "v1.NodePhase"),
      Field(
        "conditions", .array(.object { nodeCondition }), "Whether the node is ready and what presses it.",
        mergeKey: "type", patchStrategy: "merge"),
      Field(
        "addresses", .array(.object { nodeAddress }), "The addresses and host names that the node is reached by.",
        mergeKey: "type", patchStrategy: "merge"),
      Field("daemonEndpoints", .object { nodeDaemonEndpoints }, "Ports of daemons on the node.", always: true),
      Field("nodeInfo", .object { nodeSystemInfo }, "Versions and identifiers of the machine and its software.", always: true),
      Field("images", .array(.object { containerImage }), "The container images that are on the node."),
      Field("volumesInUse", .array(.string), "Attachable volumes that pods here use.", goType: "[]v1.UniqueVolumeName"),
      Field("volumesAttached", .array(.object { attachedVolume }), "Volumes that are attached to the node."),
      Field("config", .object { nodeConfigStatus }, "Formerly the state of the kubelet's dynamic configuration."),
    ])

  public static let taint = Definition(
    "core.v1.Taint", "A mark on a node that repels pods without a matching toleration.",
    [
      Field("key", .string, "The taint's key.", required: true),
      Field("value", .string, "The taint's value."),
      Field("effect", .string, "NoSchedule, PreferNoSchedule or NoExecute.", required: true, goType: "v1.TaintEffect"),
      Field("timeAdded", .time, "When the taint was put there; only for NoExecute."),
    ])

  public static let nodeAddress = Definition(
    "core.v1.NodeAddress", "One address of a node.",
    [
      Field("type", .string, "Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.", required: true, goType: "v1.NodeAddressType"),
      Field("address", .string, "The address.", required: true),
    ])

  public static let nodeCondition = Definition(
    "core.v1.NodeCondition", "One aspect of a node's health.",
    [
      Field(
        "type", .string, "Ready, MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable.",
        required: true, goType: "v1.NodeConditionType"),
      Field("status", .string, "True, False or Unknown.", required: true, goType: "v1.ConditionStatus"),
      Field("lastHeartbeatTime", .time, "When the node last reported it.", always: true),
      Field("lastTransitionTime", .time, "When the status last changed.", always: true),
      Field("reason", .string, "Why, in one word for machines."),
      Field("message", .string, "Why, for people."),
    ])

  public static let nodeDaemonEndpoints = Definition(
    "core.v1.NodeDaemonEndpoints", "Ports of daemons on a node.",
    [
      Field("kubeletEndpoint", .object { daemonEndpoint }, "Where the kubelet listens.", always: true)
    ])

  public static let daemonEndpoint = Definition(
    "core.v1.DaemonEndpoint", "A daemon's port.",
    [
      Field("Port", .int32, "The port's number.", required: true)
    ])

  public static let nodeSystemInfo = Definition(
    "core.v1.NodeSystemInfo", "Versions and identifiers of a machine and its software.",
    [
      Field("machineID", .string, "The machine's identifier, as in /etc/machine-id.", required: true),
      Field("systemUUID", .string, "The machine's UUID, as its firmware says.", required: true),
      Field("bootID", .string, "An identifier that is new at each boot.", required: true),
      Field("kernelVersion", .string, "The kernel's release.", required: true),
      Field("osImage", .string, "The operating system's name.", required: true),
      Field("containerRuntimeVersion", .string, "The container runtime and its version.", required: true),
      Field("kubeletVersion", .string, "The kubelet's version.", required: true),
      Field("kubeProxyVersion", .string, "The proxy's version.", required: true),
      Field("operatingSystem", .string, "The operating system in one word: linux or windows.", required: true),
      Field("architecture", .string, "The processor's architecture: amd64, arm64 ...", required: true),
    ])

  public static let containerImage = Definition(
    "core.v1.ContainerImage", "An image on a node.",
    [
      Field("names", .array(.string), "The names that the image is known by.", always: true),
      Field("sizeBytes", .int64, "Its size in bytes."),
    ])

  public static let attachedVolume = Definition(
    "core.v1.AttachedVolume", "A volume that is attached to a node.",
    [
      Field("name", .string, "The volume's unique name.", required: true, goType: "v1.UniqueVolumeName"),
      Field("devicePath", .string, "The device that it appears as.", required: true),
    ])

  public static let nodeConfigSource = Definition(
    "core.v1.NodeConfigSource", "Where a kubelet's configuration came from; no longer used.",
    [
      Field("configMap", .object { configMapNodeConfigSource }, "The ConfigMap that held it.")
    ])

  public static let configMapNodeConfigSource = Definition(
    "core.v1.ConfigMapNodeConfigSource", "A ConfigMap with a kubelet's configuration; no longer used.",
    [
      Field("namespace", .string, "Its namespace.", required: true),
      Field("name", .string, "Its name.", required: true),
      Field("uid", .string, "Its UID.", goType: "types.UID"),
      Field("resourceVersion", .string, "Its revision."),
      Field("kubeletConfigKey", .string, "The key that holds the configuration.", required: true),
    ])

  public static let nodeConfigStatus = Definition(
    "core.v1.NodeConfigStatus", "The state of a kubelet's dynamic configuration; no longer used.",
    [
      Field("assigned", .object { nodeConfigSource }, "What the node was told to use."),
      Field("active", .object { nodeConfigSource }, "What it uses."),
      Field("lastKnownGood", .object { nodeConfigSource }, "What it falls back to."),
      Field("error", .string, "What is wrong with what it was told to use."),
    ])
}
