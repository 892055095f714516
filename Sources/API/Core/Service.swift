import APIMachinery

// Services: a stable address for a changing set of pods.

extension Kinds {
  public static let service = Kind(
    group: "", version: "v1", name: "Service", plural: "services", shortNames: ["svc"], categories: ["all"], namespaced: true,
    subresources: ["status"], schema: CoreV1.service, columns: serviceColumns,
    rules: Rules {
      $0.defaults = defaultService
      $0.validate = Validation.service
      $0.validateUpdate = Validation.serviceUpdate
      $0.statusFields = ["status"]
      $0.nameRule = .label1035
    }, summary: CoreV1.service.doc)
}

extension CoreV1 {
  public static let service = Definition(
    "core.v1.Service", "A stable name and address for the pods that its selector chooses.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { serviceSpec }, "How the service is reached and whom it leads to.", always: true),
      Field("status", .object { serviceStatus }, "What a load balancer has made of it.", always: true),
    ])

  public static let serviceSpec = Definition(
    "core.v1.ServiceSpec", "How a service is reached and whom it leads to.",
    [
      Field(
        "ports", .array(.object { servicePort }), "The ports; at least one unless headless or an external name.",
        mergeKey: "port", patchStrategy: "merge", listType: "map", mapKeys: ["port", "protocol"]),
      Field(
        "selector", .map(.string), "The labels of the pods that it leads to; without it, endpoints are somebody else's affair.",
        listType: "atomic"),
      Field("clusterIP", .string, "The virtual address; None for a headless service."),
      Field("clusterIPs", .array(.string), "The virtual addresses, at most one each of IPv4 and IPv6.", listType: "atomic"),
      Field("type", .string, "ClusterIP, NodePort, LoadBalancer or ExternalName.", goType: "v1.ServiceType"),
      Field("externalIPs", .array(.string), "Further addresses that nodes take traffic for it on."),
      Field("sessionAffinity", .string, "ClientIP to send a client always to the same pod, or None.", goType: "v1.ServiceAffinity"),
      Field("loadBalancerIP", .string, "The address that a load balancer is asked for."),
      Field("loadBalancerSourceRanges", .array(.string), "The client addresses that a load balancer lets through."),
      Field("externalName", .string, "The name that an ExternalName service stands for."),
      Field(
        "externalTrafficPolicy", .string, "Whether traffic from outside goes to all pods or those on the same node: Cluster or Local.",
        goType: "v1.ServiceExternalTrafficPolicy"),
      Field("healthCheckNodePort", .int32, "The port where load balancers ask a node whether it has pods of the service."),
      Field("publishNotReadyAddresses", .boolean, "Whether pods that are not ready count too."),
      Field("sessionAffinityConfig", .object { sessionAffinityConfig }, "How long a client stays with its pod."),
      Field("ipFamilies", .array(.string), "The address families: IPv4, IPv6.", goType: "[]v1.IPFamily", listType: "atomic"),
      Field("ipFamilyPolicy", .string, "SingleStack, PreferDualStack or RequireDualStack.", pointer: true, goType: "v1.IPFamilyPolicy"),
      Field("allocateLoadBalancerNodePorts", .boolean, "Whether a load balancer gets node ports.", pointer: true),
      Field("loadBalancerClass", .string, "The sort of load balancer.", pointer: true),
      Field(
        "internalTrafficPolicy", .string, "Whether traffic from inside goes to all pods or those on the same node: Cluster or Local.",
        pointer: true, goType: "v1.ServiceInternalTrafficPolicy"),
    ])

  public static let servicePort = Definition(
    "core.v1.ServicePort", "A port of a service.",
    [
      Field("name", .string, "The port's name; needed if there are several."),
      Field("protocol", .string, "TCP, UDP or SCTP.", goType: "v1.Protocol", default: "TCP"),
      Field("appProtocol", .string, "The protocol above it, as a hint.", pointer: true),
      Field("port", .int32, "The port that clients use.", required: true),
      Field("targetPort", .intOrString, "The port of the pods, by number or name; the same as port if absent.", always: true),
      Field("nodePort", .int32, "The port on every node, for NodePort and LoadBalancer."),
    ])

  public static let sessionAffinityConfig = Definition(
    "core.v1.SessionAffinityConfig", "How clients are kept with their pods.",
    [
      Field("clientIP", .object { clientIPConfig }, "By their addresses.")
    ])

  public static let clientIPConfig = Definition(
    "core.v1.ClientIPConfig", "How long a client's address is remembered.",
    [
      Field("timeoutSeconds", .int32, "Seconds, up to a day.", pointer: true)
    ])

  public static let serviceStatus = Definition(
    "core.v1.ServiceStatus", "What has become of a service.",
    [
      Field("loadBalancer", .object { loadBalancerStatus }, "What the load balancer says.", always: true),
      Field(
        "conditions", .array(.object { MetaV1.condition }), "Aspects of its state.",
        mergeKey: "type", patchStrategy: "merge", listType: "map", mapKeys: ["type"]),
    ])

  public static let loadBalancerStatus = Definition(
    "core.v1.LoadBalancerStatus", "Where a load balancer takes traffic.",
    [
      Field("ingress", .array(.object { loadBalancerIngress }), "Its addresses.")
    ])

  public static let loadBalancerIngress = Definition(
    "core.v1.LoadBalancerIngress", "An address of a load balancer.",
    [
      Field("ip", .string, "The address."),
      Field("hostname", .string, "The host name, where it has no fixed address."),
      Field(
        "ipMode", .string, "Whether nodes may short-cut traffic to the address: VIP or Proxy.",
        pointer: true, goType: "v1.LoadBalancerIPMode"),
      Field("ports", .array(.object { portStatus }), "The ports, and what is wrong with each.", listType: "atomic"),
    ])

  public static let portStatus = Definition(
    "core.v1.PortStatus", "A port of a load balancer.",
    [
      Field("port", .int32, "Its number.", required: true),
      Field("protocol", .string, "TCP, UDP or SCTP.", required: true, goType: "v1.Protocol"),
      Field("error", .string, "What is wrong with it.", pointer: true),
    ])
}
