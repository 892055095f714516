import APIMachinery

// Containers: an image, its command and its surroundings.

extension CoreV1 {
  public static let container = Definition(
    "core.v1.Container", "One program of a pod: its image, command and surroundings.",
    [
      Field("name", .string, "The container's name, unique in the pod.", required: true),
      Field("image", .string, "The image to run."),
      Field("command", .array(.string), "What to run instead of the image's entry point."),
      Field("args", .array(.string), "The arguments, instead of the image's."),
      Field("workingDir", .string, "The folder to start in."),
      Field(
        "ports", .array(.object { containerPort }), "Ports that the container listens on; for information, but names can be referred to.",
        mergeKey: "containerPort", patchStrategy: "merge", listType: "map", mapKeys: ["containerPort", "protocol"]),
      Field("envFrom", .array(.object { envFromSource }), "ConfigMaps and Secrets whose keys become environment variables."),
      Field("env", .array(.object { envVar }), "Environment variables.", mergeKey: "name", patchStrategy: "merge"),
      Field("resources", .object { resourceRequirements }, "What it needs at least and may use at most.", always: true),
      Field(
        "resizePolicy", .array(.object { containerResizePolicy }), "Whether it must restart when its resources change.",
        listType: "atomic"),
      Field(
        "restartPolicy", .string, "Always makes an init container run beside the others for the pod's life.",
        pointer: true, goType: "v1.ContainerRestartPolicy"),
      Field(
        "volumeMounts", .array(.object { volumeMount }), "Volumes and where they appear.",
        mergeKey: "mountPath", patchStrategy: "merge"),
      Field(
        "volumeDevices", .array(.object { volumeDevice }), "Block devices and where they appear.",
        mergeKey: "devicePath", patchStrategy: "merge"),
      Field("livenessProbe", .object { probe }, "Checks that it still works; restarted if not."),
      Field("readinessProbe", .object { probe }, "Checks that it can serve; taken out of Services if not."),
      Field("startupProbe", .object { probe }, "Checks that it has started; the other probes wait for it."),
      Field("lifecycle", .object { lifecycle }, "What to do after the start and before the end."),
      Field("terminationMessagePath", .string, "The file whose text becomes the message when it ends."),
      Field(
        "terminationMessagePolicy", .string, "File, or FallbackToLogsOnError to use the log's end when a failed container left no file.",
        goType: "v1.TerminationMessagePolicy"),
      Field("imagePullPolicy", .string, "When to pull the image: Always, IfNotPresent or Never.", goType: "v1.PullPolicy"),
      Field("securityContext", .object { securityContext }, "User, capabilities and other safety settings."),
      Field("stdin", .boolean, "Whether it has a standard input to attach to."),
      Field("stdinOnce", .boolean, "Whether the input is closed after the first client leaves."),
      Field("tty", .boolean, "Whether it gets a terminal."),
    ])

  public static let ephemeralContainer = Definition(
    "core.v1.EphemeralContainer", "A container added to a running pod for debugging.",
    [
      Field("name", .string, "The container's name, unique in the pod.", required: true),
      Field("image", .string, "The image to run."),
      Field("command", .array(.string), "What to run instead of the image's entry point."),
      Field("args", .array(.string), "The arguments, instead of the image's."),
      Field("workingDir", .string, "The folder to start in."),
      Field(
        "ports", .array(.object { containerPort }), "Not allowed here.",
        mergeKey: "containerPort", patchStrategy: "merge", listType: "map", mapKeys: ["containerPort", "protocol"]),
      Field("envFrom", .array(.object { envFromSource }), "ConfigMaps and Secrets whose keys become environment variables."),
      Field("env", .array(.object { envVar }), "Environment variables.", mergeKey: "name", patchStrategy: "merge"),
      Field("resources", .object { resourceRequirements }, "Not allowed here: it uses what the pod has.", always: true),
      Field(
        "resizePolicy", .array(.object { containerResizePolicy }), "Whether it must restart when its resources change.",
        listType: "atomic"),
      Field("restartPolicy", .string, "Not allowed here.", pointer: true, goType: "v1.ContainerRestartPolicy"),
      Field(
        "volumeMounts", .array(.object { volumeMount }), "Volumes and where they appear.",
        mergeKey: "mountPath", patchStrategy: "merge"),
      Field(
        "volumeDevices", .array(.object { volumeDevice }), "Block devices and where they appear.",
        mergeKey: "devicePath", patchStrategy: "merge"),
      Field("livenessProbe", .object { probe }, "Not allowed here."),
      Field("readinessProbe", .object { probe }, "Not allowed here."),
      Field("startupProbe", .object { probe }, "Not allowed here."),
      Field("lifecycle", .object { lifecycle }, "Not allowed here."),
      Field("terminationMessagePath", .string, "The file whose text becomes the message when it ends."),
      Field("terminationMessagePolicy", .string, "File or FallbackToLogsOnError.", goType: "v1.TerminationMessagePolicy"),
      Field("imagePullPolicy", .string, "When to pull the image: Always, IfNotPresent or Never.", goType: "v1.PullPolicy"),
      Field("securityContext", .object { securityContext }, "User, capabilities and other safety settings."),
      Field("stdin", .boolean, "Whether it has a standard input to attach to."),
      Field("stdinOnce", .boolean, "Whether the input is closed after the first client leaves."),
      Field("tty", .boolean, "Whether it gets a terminal."),
      Field("targetContainerName", .string, "The container whose processes it may see."),
    ])

  public static let containerPort = Definition(
    "core.v1.ContainerPort", "A port that a container listens on.",
    [
      Field("name", .string, "A name that Services and probes can refer to."),
      Field("hostPort", .int32, "The same port on the node itself."),
      Field("containerPort", .int32, "The port's number.", required: true),
      Field("protocol", .string, "TCP, UDP or SCTP.", goType: "v1.Protocol", default: "TCP"),
      Field("hostIP", .string, "The node's address that hostPort is bound to."),
    ])

  public static let volumeMount = Definition(
    "core.v1.VolumeMount", "A volume and where it appears in a container.",
    [
      Field("name", .string, "The volume's name in the pod.", required: true),
      Field("readOnly", .boolean, "Whether it can't be written."),
      Field("mountPath", .string, "Where it appears.", required: true),
      Field("subPath", .string, "The part of the volume to show instead of its root."),
      Field(
        "mountPropagation", .string, "Whether mounts are passed on: None, HostToContainer or Bidirectional.",
        pointer: true, goType: "v1.MountPropagationMode"),
      Field("subPathExpr", .string, "As subPath, with $(NAME) standing for environment variables."),
    ])

  public static let volumeDevice = Definition(
    "core.v1.VolumeDevice", "A block device and where it appears in a container.",
    [
      Field("name", .string, "The volume's name in the pod.", required: true),
      Field("devicePath", .string, "Where the device appears.", required: true),
    ])

  public static let resourceRequirements = Definition(
    "core.v1.ResourceRequirements", "What a container needs at least and may use at most.",
    [
      Field("limits", .map(.quantity), "What it may use at most.", goType: "v1.ResourceList"),
      Field("requests", .map(.quantity), "What is set aside for it; the limits if absent.", goType: "v1.ResourceList"),
      Field(
        "claims", .array(.object { resourceClaim }), "Special resources claimed by the pod that it uses.",
        listType: "map", mapKeys: ["name"]),
    ])

  public static let resourceClaim = Definition(
    "core.v1.ResourceClaim", "A resource claim of the pod that a container uses.",
    [
      Field("name", .string, "The claim's name within the pod.", required: true)
    ])

  public static let containerResizePolicy = Definition(
    "core.v1.ContainerResizePolicy", "Whether a container must restart when a resource changes.",
    [
      Field("resourceName", .string, "The resource: cpu or memory.", required: true, goType: "v1.ResourceName"),
      Field("restartPolicy", .string, "NotRequired or RestartContainer.", required: true, goType: "v1.ResourceResizeRestartPolicy"),
    ])
}
