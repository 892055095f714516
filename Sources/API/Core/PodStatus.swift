import APIMachinery

// What a pod's containers are doing.

extension CoreV1 {
  public static let podStatus = Definition(
    "core.v1.PodStatus", "What is known of a pod on its node.",
    [
      Field("phase", .string, "Pending, Running, Succeeded, Failed or Unknown.", goType: "v1.PodPhase"),
      Field(
        "conditions", .array(.object { podCondition }), "Whether the pod is scheduled, initialized and ready.",
        mergeKey: "type", patchStrategy: "merge"),
      Field("message", .string, "Why the pod is in this phase, for people."),
      Field("reason", .string, "The same in one word, as Evicted."),
      Field("nominatedNodeName", .string, "The node that other pods are being moved off for this one."),
      Field("hostIP", .string, "The node's address."),
      Field(
        "hostIPs", .array(.object { hostIP }), "The node's addresses, at most one each of IPv4 and IPv6.",
        mergeKey: "ip", patchStrategy: "merge", listType: "atomic"),
      Field("podIP", .string, "The pod's address."),
      Field(
        "podIPs", .array(.object { podIP }), "The pod's addresses, at most one each of IPv4 and IPv6.",
        mergeKey: "ip", patchStrategy: "merge"),
      Field("startTime", .time, "When the node took the pod."),
      Field("initContainerStatuses", .array(.object { containerStatus }), "What the init containers are doing."),
      Field("containerStatuses", .array(.object { containerStatus }), "What the containers are doing."),
      Field("qosClass", .string, "Guaranteed, Burstable or BestEffort, by requests and limits.", goType: "v1.PodQOSClass"),
      Field("ephemeralContainerStatuses", .array(.object { containerStatus }), "What the debugging containers are doing."),
      Field("resize", .string, "How a change of the containers' resources is getting on.", goType: "v1.PodResizeStatus"),
      Field(
        "resourceClaimStatuses", .array(.object { podResourceClaimStatus }), "Which claims were made for the pod.",
        mergeKey: "name", patchStrategy: "merge,retainKeys", listType: "map", mapKeys: ["name"]),
    ])

  public static let podCondition = Definition(
    "core.v1.PodCondition", "One aspect of a pod's state.",
    [
      Field(
        "type", .string, "PodScheduled, Initialized, ContainersReady, Ready or one of somebody's own.",
        required: true, goType: "v1.PodConditionType"),
      Field("status", .string, "True, False or Unknown.", required: true, goType: "v1.ConditionStatus"),
      Field("lastProbeTime", .time, "When it was last looked at.", always: true),
      Field("lastTransitionTime", .time, "When the status last changed.", always: true),
      Field("reason", .string, "Why, in one word for machines."),
      Field("message", .string, "Why, for people."),
    ])

  public static let podIP = Definition(
    "core.v1.PodIP", "An address of a pod.",
    [
      Field("ip", .string, "The address.")
    ])

  public static let hostIP = Definition(
    "core.v1.HostIP", "An address of a node.",
    [
      Field("ip", .string, "The address.")
    ])

  public static let containerStatus = Definition(
    "core.v1.ContainerStatus", "What one container is doing.",
    [
      Field("name", .string, "The container's name.", required: true),
      Field("state", .object { containerState }, "What it is doing now.", always: true),
      Field("lastState", .object { containerState }, "How it ended the last time.", always: true),
      Field("ready", .boolean, "Whether it is ready to serve.", required: true),
      Field("restartCount", .int32, "How often it was started again.", required: true),
      Field("image", .string, "The image that it runs.", required: true),
      Field("imageID", .string, "The image's digest.", required: true),
      Field("containerID", .string, "The runtime's identifier of the container."),
      Field("started", .boolean, "Whether its startup probe has succeeded.", pointer: true),
      Field("allocatedResources", .map(.quantity), "What the node has set aside for it.", goType: "v1.ResourceList"),
      Field("resources", .object { resourceRequirements }, "The limits that the runtime enforces."),
    ])

  public static let containerState = Definition(
    "core.v1.ContainerState", "What a container is doing: exactly one.",
    [
      Field("waiting", .object { containerStateWaiting }, "It is not running yet."),
      Field("running", .object { containerStateRunning }, "It is running."),
      Field("terminated", .object { containerStateTerminated }, "It has ended."),
    ])

  public static let containerStateWaiting = Definition(
    "core.v1.ContainerStateWaiting", "A container that isn't running yet.",
    [
      Field("reason", .string, "What it waits for in one word: ContainerCreating, CrashLoopBackOff ..."),
      Field("message", .string, "The same for people."),
    ])

  public static let containerStateRunning = Definition(
    "core.v1.ContainerStateRunning", "A running container.",
    [
      Field("startedAt", .time, "When it started.", always: true)
    ])

  public static let containerStateTerminated = Definition(
    "core.v1.ContainerStateTerminated", "An ended container.",
    [
      Field("exitCode", .int32, "Its exit code.", required: true),
      Field("signal", .int32, "The signal that ended it."),
      Field("reason", .string, "How it ended in one word: Completed, Error, OOMKilled ..."),
      Field("message", .string, "What it left to say, for people."),
      Field("startedAt", .time, "When it started.", always: true),
      Field("finishedAt", .time, "When it ended.", always: true),
      Field("containerID", .string, "The runtime's identifier of the container."),
    ])

  public static let podResourceClaimStatus = Definition(
    "core.v1.PodResourceClaimStatus", "A resource claim that was made for a pod.",
    [
      Field("name", .string, "The claim's name within the pod.", required: true),
      Field("resourceClaimName", .string, "The ResourceClaim.", pointer: true),
    ])
}
