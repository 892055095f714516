import APIMachinery

// x

extension CoreV1 {
  public static let endpoints = Definition(
    "core.v1.Endpoints", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("subsets", .array(.object { endpointSubset })),
    ])

  public static let endpointSubset = Definition(
    "core.v1.EndpointSubset", "",
    [
      Field("addresses", .array(.object { endpointAddress })),
      Field("notReadyAddresses", .array(.object { endpointAddress })),
      Field("ports", .array(.object { endpointPort })),
    ])

  public static let endpointAddress = Definition(
    "core.v1.EndpointAddress", "",
    [
      Field("hostname", .string),
      Field("ip", .string, required: true),
      Field("nodeName", .string),
      Field("targetRef", .object { objectReference }),
    ])

  public static let endpointPort = Definition(
    "core.v1.EndpointPort", "",
    [
      Field("appProtocol", .string),
      Field("name", .string),
      Field("port", .int32, required: true),
      Field("protocol", .string),
    ])
}
