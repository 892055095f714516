import APIMachinery

// x

extension CoreV1 {
  public static let node = Definition(
    "core.v1.Node", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { nodeSpec }),
      Field("status", .object { nodeStatus }),
    ])

  public static let nodeSpec = Definition(
    "core.v1.NodeSpec", "",
    [
      Field("configSource", .object { nodeConfigSource }),
      Field("externalID", .string),
      Field("podCIDR", .string),
      Field("podCIDRs", .array(.string), patchStrategy: "merge"),
      Field("providerID", .string),
      Field("taints", .array(.object { taint })),
      Field("unschedulable", .boolean),
    ])

  public static let nodeStatus = Definition(
    "core.v1.NodeStatus", "",
    [
      Field("addresses", .array(.object { nodeAddress }), mergeKey: "type", patchStrategy: "merge"),
      Field("allocatable", .map(.quantity)),
      Field("capacity", .map(.quantity)),
      Field("conditions", .array(.object { nodeCondition }), mergeKey: "type", patchStrategy: "merge"),
      Field("config", .object { nodeConfigStatus }),
      Field("daemonEndpoints", .object { nodeDaemonEndpoints }),
      Field("images", .array(.object { containerImage })),
      Field("nodeInfo", .object { nodeSystemInfo }),
      Field("phase", .string),
      Field("volumesAttached", .array(.object { attachedVolume })),
      Field("volumesInUse", .array(.string)),
    ])

  public static let taint = Definition(
    "core.v1.Taint", "",
    [
      Field("effect", .string, required: true),
      Field("key", .string, required: true),
      Field("timeAdded", .time),
      Field("value", .string),
    ])

  public static let nodeAddress = Definition(
    "core.v1.NodeAddress", "",
    [
      Field("address", .string, required: true),
      Field("type", .string, required: true),
    ])

  public static let nodeCondition = Definition(
    "core.v1.NodeCondition", "",
    [
      Field("lastHeartbeatTime", .time),
      Field("lastTransitionTime", .time),
      Field("message", .string),
      Field("reason", .string),
      Field("status", .string, required: true),
      Field("type", .string, required: true),
    ])

  public static let nodeDaemonEndpoints = Definition(
    "core.v1.NodeDaemonEndpoints", "",
    [
      Field("kubeletEndpoint", .object { daemonEndpoint })
    ])

  public static let daemonEndpoint = Definition(
    "core.v1.DaemonEndpoint", "",
    [
      Field("Port", .int32, required: true)
    ])

  public static let nodeSystemInfo = Definition(
    "core.v1.NodeSystemInfo", "",
    [
      Field("architecture", .string, required: true),
      Field("bootID", .string, required: true),
      Field("containerRuntimeVersion", .string, required: true),
      Field("kernelVersion", .string, required: true),
      Field("kubeProxyVersion", .string, required: true),
      Field("kubeletVersion", .string, required: true),
      Field("machineID", .string, required: true),
      Field("operatingSystem", .string, required: true),
      Field("osImage", .string, required: true),
      Field("systemUUID", .string, required: true),
    ])

  public static let containerImage = Definition(
    "core.v1.ContainerImage", "",
    [
      Field("names", .array(.string)),
      Field("sizeBytes", .int64),
    ])

  public static let attachedVolume = Definition(
    "core.v1.AttachedVolume", "",
    [
      Field("devicePath", .string, required: true),
      Field("name", .string, required: true),
    ])

  public static let nodeConfigSource = Definition(
    "core.v1.NodeConfigSource", "",
    [
      Field("configMap", .object { configMapNodeConfigSource })
    ])

  public static let configMapNodeConfigSource = Definition(
    "core.v1.ConfigMapNodeConfigSource", "",
    [
      Field("kubeletConfigKey", .string, required: true),
      Field("name", .string, required: true),
      Field("namespace", .string, required: true),
      Field("resourceVersion", .string),
      Field("uid", .string),
    ])

  public static let nodeConfigStatus = Definition(
    "core.v1.NodeConfigStatus", "",
    [
      Field("active", .object { nodeConfigSource }),
      Field("assigned", .object { nodeConfigSource }),
      Field("error", .string),
      Field("lastKnownGood", .object { nodeConfigSource }),
    ])
}
