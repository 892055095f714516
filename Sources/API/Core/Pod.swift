import APIMachinery

// x

extension CoreV1 {
  public static let pod = Definition(
    "core.v1.Pod", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { podSpec }),
      Field("status", .object { podStatus }),
    ])

  public static let podSpec = Definition(
    "core.v1.PodSpec", "",
    [
      Field("activeDeadlineSeconds", .int64),
      Field("affinity", .object { affinity }),
      Field("automountServiceAccountToken", .boolean),
      Field("containers", .array(.object { container }), required: true, mergeKey: "name", patchStrategy: "merge"),
      Field("dnsConfig", .object { podDNSConfig }),
      Field("dnsPolicy", .string),
      Field("enableServiceLinks", .boolean),
      Field("ephemeralContainers", .array(.object { ephemeralContainer }), mergeKey: "name", patchStrategy: "merge"),
      Field("hostAliases", .array(.object { hostAlias }), mergeKey: "ip", patchStrategy: "merge"),
      Field("hostIPC", .boolean),
      Field("hostNetwork", .boolean),
      Field("hostPID", .boolean),
      Field("hostUsers", .boolean),
      Field("hostname", .string),
      Field("imagePullSecrets", .array(.object { localObjectReference }), mergeKey: "name", patchStrategy: "merge"),
      Field("initContainers", .array(.object { container }), mergeKey: "name", patchStrategy: "merge"),
      Field("nodeName", .string),
      Field("nodeSelector", .map(.string), listType: "atomic"),
      Field("os", .object { podOS }),
      Field("overhead", .map(.quantity)),
      Field("preemptionPolicy", .string),
      Field("priority", .int32),
      Field("priorityClassName", .string),
      Field("readinessGates", .array(.object { podReadinessGate })),
      Field(
        "resourceClaims", .array(.object { podResourceClaim }),
        mergeKey: "name", patchStrategy: "merge,retainKeys", listType: "map", mapKeys: ["name"]),
      Field("restartPolicy", .string),
      Field("runtimeClassName", .string),
      Field("schedulerName", .string),
      Field(
        "schedulingGates", .array(.object { podSchedulingGate }),
        mergeKey: "name", patchStrategy: "merge", listType: "map", mapKeys: ["name"]),
      Field("securityContext", .object { podSecurityContext }),
      Field("serviceAccount", .string),
      Field("serviceAccountName", .string),
      Field("setHostnameAsFQDN", .boolean),
      Field("shareProcessNamespace", .boolean),
      Field("subdomain", .string),
      Field("terminationGracePeriodSeconds", .int64),
      Field("tolerations", .array(.object { toleration })),
      Field(
        "topologySpreadConstraints", .array(.object { topologySpreadConstraint }),
        mergeKey: "topologyKey", patchStrategy: "merge", listType: "map", mapKeys: ["topologyKey", "whenUnsatisfiable"]),
      Field("volumes", .array(.object { volume }), mergeKey: "name", patchStrategy: "merge,retainKeys"),
    ])

  public static let podTemplateSpec = Definition(
    "core.v1.PodTemplateSpec", "",
    [
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { podSpec }),
    ])

  public static let toleration = Definition(
    "core.v1.Toleration", "",
    [
      Field("effect", .string),
      Field("key", .string),
      Field("operator", .string),
      Field("tolerationSeconds", .int64),
      Field("value", .string),
    ])

  public static let topologySpreadConstraint = Definition(
    "core.v1.TopologySpreadConstraint", "",
    [
      Field("labelSelector", .object { MetaV1.labelSelector }),
      Field("matchLabelKeys", .array(.string), listType: "atomic"),
      Field("maxSkew", .int32, required: true),
      Field("minDomains", .int32),
      Field("nodeAffinityPolicy", .string),
      Field("nodeTaintsPolicy", .string),
      Field("topologyKey", .string, required: true),
      Field("whenUnsatisfiable", .string, required: true),
    ])

  public static let hostAlias = Definition(
    "core.v1.HostAlias", "",
    [
      Field("hostnames", .array(.string)),
      Field("ip", .string),
    ])

  public static let podDNSConfig = Definition(
    "core.v1.PodDNSConfig", "",
    [
      Field("nameservers", .array(.string)),
      Field("options", .array(.object { podDNSConfigOption })),
      Field("searches", .array(.string)),
    ])

  public static let podDNSConfigOption = Definition(
    "core.v1.PodDNSConfigOption", "",
    [
      Field("name", .string),
      Field("value", .string),
    ])

  public static let podOS = Definition(
    "core.v1.PodOS", "",
    [
      Field("name", .string, required: true)
    ])

  public static let podReadinessGate = Definition(
    "core.v1.PodReadinessGate", "",
    [
      Field("conditionType", .string, required: true)
    ])

  public static let podSchedulingGate = Definition(
    "core.v1.PodSchedulingGate", "",
    [
      Field("name", .string, required: true)
    ])

  public static let podResourceClaim = Definition(
    "core.v1.PodResourceClaim", "",
    [
      Field("name", .string, required: true),
      Field("source", .object { claimSource }),
    ])

  public static let claimSource = Definition(
    "core.v1.ClaimSource", "",
    [
      Field("resourceClaimName", .string),
      Field("resourceClaimTemplateName", .string),
    ])
}
