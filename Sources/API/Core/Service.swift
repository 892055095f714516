import APIMachinery

// x

extension CoreV1 {
  public static let service = Definition(
    "core.v1.Service", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { serviceSpec }),
      Field("status", .object { serviceStatus }),
    ])

  public static let serviceSpec = Definition(
    "core.v1.ServiceSpec", "",
    [
      Field("allocateLoadBalancerNodePorts", .boolean),
      Field("clusterIP", .string),
      Field("clusterIPs", .array(.string), listType: "atomic"),
      Field("externalIPs", .array(.string)),
      Field("externalName", .string),
      Field("externalTrafficPolicy", .string),
      Field("healthCheckNodePort", .int32),
      Field("internalTrafficPolicy", .string),
      Field("ipFamilies", .array(.string), listType: "atomic"),
      Field("ipFamilyPolicy", .string),
      Field("loadBalancerClass", .string),
      Field("loadBalancerIP", .string),
      Field("loadBalancerSourceRanges", .array(.string)),
      Field(
        "ports", .array(.object { servicePort }),
        mergeKey: "port", patchStrategy: "merge", listType: "map", mapKeys: ["port", "protocol"]),
      Field("publishNotReadyAddresses", .boolean),
      Field("selector", .map(.string), listType: "atomic"),
      Field("sessionAffinity", .string),
      Field("sessionAffinityConfig", .object { sessionAffinityConfig }),
      Field("type", .string),
    ])

  public static let servicePort = Definition(
    "core.v1.ServicePort", "",
    [
      Field("appProtocol", .string),
      Field("name", .string),
      Field("nodePort", .int32),
      Field("port", .int32, required: true),
      Field("protocol", .string, default: "TCP"),
      Field("targetPort", .intOrString),
    ])

  public static let sessionAffinityConfig = Definition(
    "core.v1.SessionAffinityConfig", "",
    [
      Field("clientIP", .object { clientIPConfig })
    ])

  public static let clientIPConfig = Definition(
    "core.v1.ClientIPConfig", "",
    [
      Field("timeoutSeconds", .int32)
    ])

  public static let serviceStatus = Definition(
    "core.v1.ServiceStatus", "",
    [
      Field(
        "conditions", .array(.object { MetaV1.condition }),
        mergeKey: "type", patchStrategy: "merge", listType: "map", mapKeys: ["type"]),
      Field("loadBalancer", .object { loadBalancerStatus }),
    ])

  public static let loadBalancerStatus = Definition(
    "core.v1.LoadBalancerStatus", "",
    [
      Field("ingress", .array(.object { loadBalancerIngress }))
    ])

  public static let loadBalancerIngress = Definition(
    "core.v1.LoadBalancerIngress", "",
    [
      Field("hostname", .string),
      Field("ip", .string),
      Field("ipMode", .string),
      Field("ports", .array(.object { portStatus }), listType: "atomic"),
    ])

  public static let portStatus = Definition(
    "core.v1.PortStatus", "",
    [
      Field("error", .string),
      Field("port", .int32, required: true),
      Field("protocol", .string, required: true),
    ])
}
