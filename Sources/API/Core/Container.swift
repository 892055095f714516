import APIMachinery

// x

extension CoreV1 {
  public static let container = Definition(
    "core.v1.Container", "",
    [
      Field("args", .array(.string)),
      Field("command", .array(.string)),
      Field("env", .array(.object { envVar }), mergeKey: "name", patchStrategy: "merge"),
      Field("envFrom", .array(.object { envFromSource })),
      Field("image", .string),
      Field("imagePullPolicy", .string),
      Field("lifecycle", .object { lifecycle }),
      Field("livenessProbe", .object { probe }),
      Field("name", .string, required: true),
      Field(
        "ports", .array(.object { containerPort }),
        mergeKey: "containerPort", patchStrategy: "merge", listType: "map", mapKeys: ["containerPort", "protocol"]),
      Field("readinessProbe", .object { probe }),
      Field("resizePolicy", .array(.object { containerResizePolicy }), listType: "atomic"),
      Field("resources", .object { resourceRequirements }),
      Field("restartPolicy", .string),
      Field("securityContext", .object { securityContext }),
      Field("startupProbe", .object { probe }),
      Field("stdin", .boolean),
      Field("stdinOnce", .boolean),
      Field("terminationMessagePath", .string),
      Field("terminationMessagePolicy", .string),
      Field("tty", .boolean),
      Field("volumeDevices", .array(.object { volumeDevice }), mergeKey: "devicePath", patchStrategy: "merge"),
      Field("volumeMounts", .array(.object { volumeMount }), mergeKey: "mountPath", patchStrategy: "merge"),
      Field("workingDir", .string),
    ])

  public static let ephemeralContainer = Definition(
    "core.v1.EphemeralContainer", "",
    [
      Field("args", .array(.string)),
      Field("command", .array(.string)),
      Field("env", .array(.object { envVar }), mergeKey: "name", patchStrategy: "merge"),
      Field("envFrom", .array(.object { envFromSource })),
      Field("image", .string),
      Field("imagePullPolicy", .string),
      Field("lifecycle", .object { lifecycle }),
      Field("livenessProbe", .object { probe }),
      Field("name", .string, required: true),
      Field(
        "ports", .array(.object { containerPort }),
        mergeKey: "containerPort", patchStrategy: "merge", listType: "map", mapKeys: ["containerPort", "protocol"]),
      Field("readinessProbe", .object { probe }),
      Field("resizePolicy", .array(.object { containerResizePolicy }), listType: "atomic"),
      Field("resources", .object { resourceRequirements }),
      Field("restartPolicy", .string),
      Field("securityContext", .object { securityContext }),
      Field("startupProbe", .object { probe }),
      Field("stdin", .boolean),
      Field("stdinOnce", .boolean),
      Field("targetContainerName", .string),
      Field("terminationMessagePath", .string),
      Field("terminationMessagePolicy", .string),
      Field("tty", .boolean),
      Field("volumeDevices", .array(.object { volumeDevice }), mergeKey: "devicePath", patchStrategy: "merge"),
      Field("volumeMounts", .array(.object { volumeMount }), mergeKey: "mountPath", patchStrategy: "merge"),
      Field("workingDir", .string),
    ])

  public static let containerPort = Definition(
    "core.v1.ContainerPort", "",
    [
      Field("containerPort", .int32, required: true),
      Field("hostIP", .string),
      Field("hostPort", .int32),
      Field("name", .string),
      Field("protocol", .string, default: "TCP"),
    ])

  public static let volumeMount = Definition(
    "core.v1.VolumeMount", "",
    [
      Field("mountPath", .string, required: true),
      Field("mountPropagation", .string),
      Field("name", .string, required: true),
      Field("readOnly", .boolean),
      Field("subPath", .string),
      Field("subPathExpr", .string),
    ])

  public static let volumeDevice = Definition(
    "core.v1.VolumeDevice", "",
    [
      Field("devicePath", .string, required: true),
      Field("name", .string, required: true),
    ])

  public static let resourceRequirements = Definition(
    "core.v1.ResourceRequirements", "",
    [
      Field("claims", .array(.object { resourceClaim }), listType: "map", mapKeys: ["name"]),
      Field("limits", .map(.quantity)),
      Field("requests", .map(.quantity)),
    ])

  public static let resourceClaim = Definition(
    "core.v1.ResourceClaim", "",
    [
      Field("name", .string, required: true)
    ])

  public static let containerResizePolicy = Definition(
    "core.v1.ContainerResizePolicy", "",
    [
      Field("resourceName", .string, required: true),
      Field("restartPolicy", .string, required: true),
    ])
}
