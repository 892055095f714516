import APIMachinery

// Endpoints: the addresses behind a service, in one object.

extension Kinds {
  public static let endpoints = Kind(
    group: "", version: "v1", name: "Endpoints", plural: "endpoints", singular: "endpoints", shortNames: ["ep"], namespaced: true,
    schema: CoreV1.endpoints, columns: endpointsColumns,
    rules: Rules {
      $0.defaults = defaultEndpoints
      $0.validate = Validation.endpoints
    }, summary: CoreV1.endpoints.doc)
}

extension CoreV1 {
  public static let endpoints = Definition(
    "core.v1.Endpoints", "The addresses behind a service of the same name.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("subsets", .array(.object { endpointSubset }), "Groups of addresses that share their ports."),
    ])

  public static let endpointSubset = Definition(
    "core.v1.EndpointSubset", "Addresses that share their ports.",
    [
      Field("addresses", .array(.object { endpointAddress }), "Those that are ready."),
      Field("notReadyAddresses", .array(.object { endpointAddress }), "Those that are not."),
      Field("ports", .array(.object { endpointPort }), "The ports of all of them."),
    ])

  public static let endpointAddress = Definition(
    "core.v1.EndpointAddress", "One address.",
    [
      Field("ip", .string, "The address.", required: true),
      Field("hostname", .string, "Its host name."),
      Field("nodeName", .string, "The node that it is on.", pointer: true),
      Field("targetRef", .object { objectReference }, "The pod that it belongs to."),
    ])

  public static let endpointPort = Definition(
    "core.v1.EndpointPort", "A port of the addresses.",
    [
      Field("name", .string, "The service port's name."),
      Field("port", .int32, "The port's number.", required: true),
      Field("protocol", .string, "TCP, UDP or SCTP.", goType: "v1.Protocol"),
      Field("appProtocol", .string, "The protocol above it, as a hint.", pointer: true),
    ])
}
