import APIMachinery
import Formats

// EndpointSlices: the addresses behind a service, in slices.

extension Kinds {
  public static let endpointSlice = Kind(
    group: "discovery.k8s.io", version: "v1", name: "EndpointSlice", plural: "endpointslices", namespaced: true,
    schema: DiscoveryV1.endpointSlice, columns: endpointSliceColumns,
    rules: Rules {
      $0.defaults = defaultEndpointSlice
      $0.validate = Validation.endpointSlice
      $0.validateUpdate = Validation.endpointSliceUpdate
      $0.hasGeneration = true
    }, summary: DiscoveryV1.endpointSlice.doc)
}

extension DiscoveryV1 {
  public static let endpointSlice = Definition(
    "discovery.v1.EndpointSlice", "A part of the addresses behind a service.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("addressType", .string, "IPv4, IPv6 or FQDN.", required: true, goType: "v1.AddressType"),
      Field("endpoints", .array(.object { endpoint }), "The endpoints; at most 1000.", required: true, listType: "atomic"),
      Field("ports", .array(.object { endpointPort }), "The ports of all of them.", always: true, listType: "atomic"),
    ])

  public static let endpoint = Definition(
    "discovery.v1.Endpoint", "One endpoint behind a service.",
    [
      Field("addresses", .array(.string), "Its addresses.", required: true, listType: "set"),
      Field("conditions", .object { endpointConditions }, "Whether it can be used.", always: true),
      Field("hostname", .string, "Its host name.", pointer: true),
      Field("targetRef", .object { CoreV1.objectReference }, "The pod that it belongs to."),
      Field("deprecatedTopology", .map(.string), "Labels of its node, from older versions."),
      Field("nodeName", .string, "The node that it is on.", pointer: true),
      Field("zone", .string, "The zone that it is in.", pointer: true),
      Field("hints", .object { endpointHints }, "Who should use it."),
    ])

  public static let endpointConditions = Definition(
    "discovery.v1.EndpointConditions", "Whether an endpoint can be used.",
    [
      Field("ready", .boolean, "Whether it is ready and not ending.", pointer: true),
      Field("serving", .boolean, "Whether it is ready, ending or not.", pointer: true),
      Field("terminating", .boolean, "Whether it is ending.", pointer: true),
    ])

  public static let endpointHints = Definition(
    "discovery.v1.EndpointHints", "Who should use an endpoint.",
    [
      Field("forZones", .array(.object { forZone }), "The zones whose clients should.", listType: "atomic")
    ])

  public static let forZone = Definition(
    "discovery.v1.ForZone", "A zone.",
    [
      Field("name", .string, "Its name.", required: true)
    ])

  public static let endpointPort = Definition(
    "discovery.v1.EndpointPort", "A port of the endpoints.",
    [
      Field("name", .string, "The service port's name.", pointer: true),
      Field("protocol", .string, "TCP, UDP or SCTP.", pointer: true, goType: "v1.Protocol"),
      Field("port", .int32, "The port's number; all ports if absent.", pointer: true),
      Field("appProtocol", .string, "The protocol above it, as a hint.", pointer: true),
    ])
}

// MARK: Defaults: pkg/apis/discovery/v1/defaults.go

@Sendable func defaultEndpointSlice(_ slice: inout Value) {
  slice.fillDefaults { slice in
    slice.each("ports") { port in
      port.fillAbsent("name", "")
      port.fillAbsent("protocol", "TCP")
    }
  }
}
