import APIMachinery

// x

extension DiscoveryV1 {
  public static let endpointSlice = Definition(
    "discovery.v1.EndpointSlice", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("addressType", .string, required: true),
      Field("endpoints", .array(.object { endpoint }), required: true, listType: "atomic"),
      Field("ports", .array(.object { endpointPort }), listType: "atomic"),
    ])

  public static let endpoint = Definition(
    "discovery.v1.Endpoint", "",
    [
      Field("addresses", .array(.string), required: true, listType: "set"),
      Field("conditions", .object { endpointConditions }),
      Field("deprecatedTopology", .map(.string)),
      Field("hints", .object { endpointHints }),
      Field("hostname", .string),
      Field("nodeName", .string),
      Field("targetRef", .object { CoreV1.objectReference }),
      Field("zone", .string),
    ])

  public static let endpointConditions = Definition(
    "discovery.v1.EndpointConditions", "",
    [
      Field("ready", .boolean),
      Field("serving", .boolean),
      Field("terminating", .boolean),
    ])

  public static let endpointHints = Definition(
    "discovery.v1.EndpointHints", "",
    [
      Field("forZones", .array(.object { forZone }), listType: "atomic")
    ])

  public static let forZone = Definition(
    "discovery.v1.ForZone", "",
    [
      Field("name", .string, required: true)
    ])

  public static let endpointPort = Definition(
    "discovery.v1.EndpointPort", "",
    [
      Field("appProtocol", .string),
      Field("name", .string),
      Field("port", .int32),
      Field("protocol", .string),
    ])
}
