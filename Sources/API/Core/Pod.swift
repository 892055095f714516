import APIMachinery

// Pods: containers that run together on one node.

extension Kinds {
  public static let pod = Kind(
    group: "", version: "v1", name: "Pod", plural: "pods", shortNames: ["po"], categories: ["all"], namespaced: true,
    subresources: ["attach", "binding", "eviction", "exec", "log", "portforward", "status"], schema: CoreV1.pod, columns: podColumns,
    rules: Rules {
      $0.defaults = defaultPod
      $0.validate = Validation.pod
      $0.validateUpdate = Validation.podUpdate
      $0.statusFields = ["status"]
      $0.gracefulDeletion = podGracePeriod
      $0.fieldSelectors = [
        "spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase",
        "status.podIP", "status.podIPs", "status.nominatedNodeName",
      ]
    }, summary: CoreV1.pod.doc)
}

extension CoreV1 {
  public static let pod = Definition(
    "core.v1.Pod", "Containers that are placed, started and ended together.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { podSpec }, "What should run, and how.", always: true),
      Field("status", .object { podStatus }, "What is running.", always: true),
    ])

  public static let podSpec = Definition(
    "core.v1.PodSpec", "What a pod should run, and how.",
    [
      Field(
        "volumes", .array(.object { volume }), "Storage that the containers can mount.",
        mergeKey: "name", patchStrategy: "merge,retainKeys"),
      Field(
        "initContainers", .array(.object { container }),
        "Containers that run one after the other, each to its end, before the others start.",
        mergeKey: "name", patchStrategy: "merge"),
      Field(
        "containers", .array(.object { container }), "The containers; at least one.",
        required: true, mergeKey: "name", patchStrategy: "merge"),
      Field(
        "ephemeralContainers", .array(.object { ephemeralContainer }), "Containers added to the running pod for debugging.",
        mergeKey: "name", patchStrategy: "merge"),
      Field("restartPolicy", .string, "When ended containers are started again: Always, OnFailure or Never.", goType: "v1.RestartPolicy"),
      Field("terminationGracePeriodSeconds", .int64, "Seconds between asking the containers to end and killing them.", pointer: true),
      Field("activeDeadlineSeconds", .int64, "Seconds after which the pod is ended and counted as failed.", pointer: true),
      Field(
        "dnsPolicy", .string, "Where names are looked up: ClusterFirst, ClusterFirstWithHostNet, Default or None.",
        goType: "v1.DNSPolicy"),
      Field("nodeSelector", .map(.string), "Labels that a node must have to be chosen.", listType: "atomic"),
      Field("serviceAccountName", .string, "The ServiceAccount that the pod acts as."),
      Field("serviceAccount", .string, "The old name of serviceAccountName."),
      Field("automountServiceAccountToken", .boolean, "Whether the service account's token is mounted.", pointer: true),
      Field("nodeName", .string, "The node that the pod is bound to; set by the scheduler."),
      Field("hostNetwork", .boolean, "Whether the pod shares the node's network."),
      Field("hostPID", .boolean, "Whether the pod sees the node's processes."),
      Field("hostIPC", .boolean, "Whether the pod shares the node's interprocess communication."),
      Field("shareProcessNamespace", .boolean, "Whether the containers see each other's processes.", pointer: true),
      Field("securityContext", .object { podSecurityContext }, "Users, groups and other safety settings for all containers."),
      Field(
        "imagePullSecrets", .array(.object { localObjectReference }), "Secrets with the passwords of image registries.",
        mergeKey: "name", patchStrategy: "merge"),
      Field("hostname", .string, "The pod's host name; its own name if empty."),
      Field("subdomain", .string, "The domain part of the host name, usually a headless Service."),
      Field("affinity", .object { affinity }, "Which nodes, and the company of which pods, are wanted or avoided."),
      Field("schedulerName", .string, "The scheduler that places the pod."),
      Field("tolerations", .array(.object { toleration }), "Taints that the pod puts up with."),
      Field(
        "hostAliases", .array(.object { hostAlias }), "Lines added to the containers' /etc/hosts.",
        mergeKey: "ip", patchStrategy: "merge"),
      Field("priorityClassName", .string, "The PriorityClass that gives the priority."),
      Field("priority", .int32, "How important the pod is; a higher one may push out a lower one.", pointer: true),
      Field("dnsConfig", .object { podDNSConfig }, "Name servers and search domains besides those of dnsPolicy."),
      Field(
        "readinessGates", .array(.object { podReadinessGate }), "Conditions that others set and that must be true before the pod is ready."),
      Field("runtimeClassName", .string, "The RuntimeClass that the pod is run with.", pointer: true),
      Field("enableServiceLinks", .boolean, "Whether the namespace's Services appear as environment variables.", pointer: true),
      Field(
        "preemptionPolicy", .string, "Whether the pod may push out others: PreemptLowerPriority or Never.",
        pointer: true, goType: "v1.PreemptionPolicy"),
      Field("overhead", .map(.quantity), "Resources that the runtime itself needs for the pod.", goType: "v1.ResourceList"),
      Field(
        "topologySpreadConstraints", .array(.object { topologySpreadConstraint }),
        "How evenly such pods are spread over zones, nodes or the like.",
        mergeKey: "topologyKey", patchStrategy: "merge", listType: "map", mapKeys: ["topologyKey", "whenUnsatisfiable"]),
      Field("setHostnameAsFQDN", .boolean, "Whether the full domain name becomes the host name.", pointer: true),
      Field("os", .object { podOS }, "The operating system that the pod is for."),
      Field("hostUsers", .boolean, "Whether the pod uses the node's user namespace.", pointer: true),
      Field(
        "schedulingGates", .array(.object { podSchedulingGate }), "Names that hold back scheduling until all are removed.",
        mergeKey: "name", patchStrategy: "merge", listType: "map", mapKeys: ["name"]),
      Field(
        "resourceClaims", .array(.object { podResourceClaim }), "Claims of special resources that must be allocated before the pod starts.",
        mergeKey: "name", patchStrategy: "merge,retainKeys", listType: "map", mapKeys: ["name"]),
    ])

  public static let podTemplateSpec = Definition(
    "core.v1.PodTemplateSpec", "What pods that are made from a template look like.",
    [
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { podSpec }, "What the pods should run.", always: true),
    ])

  public static let toleration = Definition(
    "core.v1.Toleration", "A taint, or several, that a pod puts up with.",
    [
      Field("key", .string, "The taint's key; empty with Exists means all."),
      Field("operator", .string, "Equal or Exists.", goType: "v1.TolerationOperator"),
      Field("value", .string, "The taint's value, for Equal."),
      Field("effect", .string, "The taint's effect; empty means all.", goType: "v1.TaintEffect"),
      Field("tolerationSeconds", .int64, "How long a NoExecute taint is put up with; for ever if absent.", pointer: true),
    ])

  public static let topologySpreadConstraint = Definition(
    "core.v1.TopologySpreadConstraint", "How evenly matching pods are spread over the values of a node label.",
    [
      Field("maxSkew", .int32, "By how many pods the fullest domain may exceed the emptiest.", required: true),
      Field("topologyKey", .string, "The node label whose values are the domains.", required: true),
      Field(
        "whenUnsatisfiable", .string, "What if it can't be kept: DoNotSchedule or ScheduleAnyway.",
        required: true, goType: "v1.UnsatisfiableConstraintAction"),
      Field("labelSelector", .object { MetaV1.labelSelector }, "The pods that are counted."),
      Field("minDomains", .int32, "How many domains there must be before an empty one stops counting as zero.", pointer: true),
      Field(
        "nodeAffinityPolicy", .string, "Whether only nodes count that the pod's affinity allows: Honor or Ignore.",
        pointer: true, goType: "v1.NodeInclusionPolicy"),
      Field(
        "nodeTaintsPolicy", .string, "Whether only nodes count whose taints are tolerated: Honor or Ignore.",
        pointer: true, goType: "v1.NodeInclusionPolicy"),
      Field(
        "matchLabelKeys", .array(.string), "Label keys whose values are taken from the pod itself and added to the selector.",
        listType: "atomic"),
    ])

  public static let hostAlias = Definition(
    "core.v1.HostAlias", "A line of /etc/hosts.",
    [
      Field("ip", .string, "The address."),
      Field("hostnames", .array(.string), "The names for it."),
    ])

  public static let podDNSConfig = Definition(
    "core.v1.PodDNSConfig", "How a pod looks up names.",
    [
      Field("nameservers", .array(.string), "Name servers to ask as well."),
      Field("searches", .array(.string), "Domains to search as well."),
      Field("options", .array(.object { podDNSConfigOption }), "Options for the resolver."),
    ])

  public static let podDNSConfigOption = Definition(
    "core.v1.PodDNSConfigOption", "An option for the resolver.",
    [
      Field("name", .string, "The option's name."),
      Field("value", .string, "Its value.", pointer: true),
    ])

  public static let podOS = Definition(
    "core.v1.PodOS", "The operating system that a pod is for.",
    [
      Field("name", .string, "linux or windows.", required: true, goType: "v1.OSName")
    ])

  public static let podReadinessGate = Definition(
    "core.v1.PodReadinessGate", "A condition that must be true before the pod is ready.",
    [
      Field("conditionType", .string, "The condition's type.", required: true, goType: "v1.PodConditionType")
    ])

  public static let podSchedulingGate = Definition(
    "core.v1.PodSchedulingGate", "A name that holds back scheduling.",
    [
      Field("name", .string, "The name.", required: true)
    ])

  public static let podResourceClaim = Definition(
    "core.v1.PodResourceClaim", "A claim of special resources that containers can refer to.",
    [
      Field("name", .string, "The name within the pod.", required: true),
      Field("source", .object { claimSource }, "Where the claim is.", always: true),
    ])

  public static let claimSource = Definition(
    "core.v1.ClaimSource", "Where a resource claim is: exactly one.",
    [
      Field("resourceClaimName", .string, "An existing ResourceClaim.", pointer: true),
      Field("resourceClaimTemplateName", .string, "A ResourceClaimTemplate from which one is made for the pod.", pointer: true),
    ])
}
