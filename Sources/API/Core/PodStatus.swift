import APIMachinery

// x

extension CoreV1 {
  public static let podStatus = Definition(
    "core.v1.PodStatus", "",
    [
      Field("conditions", .array(.object { podCondition }), mergeKey: "type", patchStrategy: "merge"),
      Field("containerStatuses", .array(.object { containerStatus })),
      Field("ephemeralContainerStatuses", .array(.object { containerStatus })),
      Field("hostIP", .string),
      Field("hostIPs", .array(.object { hostIP }), mergeKey: "ip", patchStrategy: "merge", listType: "atomic"),
      Field("initContainerStatuses", .array(.object { containerStatus })),
      Field("message", .string),
      Field("nominatedNodeName", .string),
      Field("phase", .string),
      Field("podIP", .string),
      Field("podIPs", .array(.object { podIP }), mergeKey: "ip", patchStrategy: "merge"),
      Field("qosClass", .string),
      Field("reason", .string),
      Field("resize", .string),
      Field(
        "resourceClaimStatuses", .array(.object { podResourceClaimStatus }),
        mergeKey: "name", patchStrategy: "merge,retainKeys", listType: "map", mapKeys: ["name"]),
      Field("startTime", .time),
    ])

  public static let podCondition = Definition(
    "core.v1.PodCondition", "",
    [
      Field("lastProbeTime", .time),
      Field("lastTransitionTime", .time),
      Field("message", .string),
      Field("reason", .string),
      Field("status", .string, required: true),
      Field("type", .string, required: true),
    ])

  public static let podIP = Definition(
    "core.v1.PodIP", "",
    [
      Field("ip", .string)
    ])

  public static let hostIP = Definition(
    "core.v1.HostIP", "",
    [
      Field("ip", .string)
    ])

  public static let containerStatus = Definition(
    "core.v1.ContainerStatus", "",
    [
      Field("allocatedResources", .map(.quantity)),
      Field("containerID", .string),
      Field("image", .string, required: true),
      Field("imageID", .string, required: true),
      Field("lastState", .object { containerState }),
      Field("name", .string, required: true),
      Field("ready", .boolean, required: true),
      Field("resources", .object { resourceRequirements }),
      Field("restartCount", .int32, required: true),
      Field("started", .boolean),
      Field("state", .object { containerState }),
    ])

  public static let containerState = Definition(
    "core.v1.ContainerState", "",
    [
      Field("running", .object { containerStateRunning }),
      Field("terminated", .object { containerStateTerminated }),
      Field("waiting", .object { containerStateWaiting }),
    ])

  public static let containerStateWaiting = Definition(
    "core.v1.ContainerStateWaiting", "",
    [
      Field("message", .string),
      Field("reason", .string),
    ])

  public static let containerStateRunning = Definition(
    "core.v1.ContainerStateRunning", "",
    [
      Field("startedAt", .time)
    ])

  public static let containerStateTerminated = Definition(
    "core.v1.ContainerStateTerminated", "",
    [
      Field("containerID", .string),
      Field("exitCode", .int32, required: true),
      Field("finishedAt", .time),
      Field("message", .string),
      Field("reason", .string),
      Field("signal", .int32),
      Field("startedAt", .time),
    ])

  public static let podResourceClaimStatus = Definition(
    "core.v1.PodResourceClaimStatus", "",
    [
      Field("name", .string, required: true),
      Field("resourceClaimName", .string),
    ])
}
