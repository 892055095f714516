import Testing

@testable import API
@testable import APIMachinery
@testable import Formats

// Objects as they come in: the form they are stored in, and what is said of those that can't be read.

private func decoded(_ text: String, _ kind: Kind) throws -> (Value, [String]) {
  var unknown: [String] = []
  return (try decode(json(text), as: kind, unknown: &unknown), unknown)
}

private func complaint(_ text: String, _ kind: Kind) -> String {
  do {
    _ = try decoded(text, kind)
    return ""
  } catch {
    return (error as? Status)?.message ?? "\(error)"
  }
}

@Test func whatAServerPrintedIsDecodedToItself() throws {
  for object in try Facts.stored() {
    let kind = try #require(Facts.kind(of: object))
    var unknown: [String] = []
    let value = try decode(object, as: kind, unknown: &unknown)
    #expect(value == object, "\(object.kind) \(object.name)")
    #expect(unknown.isEmpty, "\(object.kind) \(object.name)")
  }
}

@Test func unknownFieldsAreNamedByPathAndDropped() throws {
  let (value, unknown) = try decoded(
    #"{"spec":{"replica":1,"selector":{},"template":{"spec":{"containers":[{"name":"a","imagePullPolice":"x"},{"name":"b"}]}}}}"#,
    Kinds.deployment)
  #expect(unknown == ["spec.replica", "spec.template.spec.containers[0].imagePullPolice"])
  #expect(value["spec"].has("replica") == false)
  #expect(
    Status.unknownFields(Kinds.deployment, unknown).message
      == #"Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: unknown field "spec.replica", unknown field "spec.template.spec.containers[0].imagePullPolice""#
  )
}

private let wrongTypesAreNamedAsGoNamesThemRows: [(String, String)] = [
  (#"{"spec":{"replicas":"x"}}"#, "json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32"),
  (#"{"spec":{"replicas":1.5}}"#, "json: cannot unmarshal number 1.5 into Go struct field DeploymentSpec.spec.replicas of type int32"),
  (
    #"{"spec":{"replicas":3000000000}}"#,
    "json: cannot unmarshal number 3000000000 into Go struct field DeploymentSpec.spec.replicas of type int32"
  ),
  (#"{"spec":"x"}"#, "json: cannot unmarshal string into Go struct field Deployment.spec of type v1.DeploymentSpec"),
  (
    #"{"spec":{"template":{"spec":{"containers":{}}}}}"#,
    "json: cannot unmarshal object into Go struct field PodSpec.spec.template.spec.containers of type []v1.Container"
  ),
  (
    #"{"spec":{"template":{"spec":{"containers":["x"]}}}}"#,
    "json: cannot unmarshal string into Go struct field PodSpec.spec.template.spec.containers of type v1.Container"
  ),
  (
    #"{"spec":{"template":{"spec":{"containers":[{"ports":[{"protocol":5}]}]}}}}"#,
    "json: cannot unmarshal number into Go struct field ContainerPort.spec.template.spec.containers.ports.protocol of type v1.Protocol"
  ),
  (
    #"{"spec":{"template":{"spec":{"containers":[{"command":"x"}]}}}}"#,
    "json: cannot unmarshal string into Go struct field Container.spec.template.spec.containers.command of type []string"
  ),
  (
    #"{"spec":{"template":{"spec":{"containers":[{"resources":{"limits":[]}}]}}}}"#,
    "json: cannot unmarshal array into Go struct field ResourceRequirements.spec.template.spec.containers.resources.limits of type v1.ResourceList"
  ),
  (
    #"{"spec":{"template":{"spec":{"hostNetwork":"yes"}}}}"#,
    "json: cannot unmarshal string into Go struct field PodSpec.spec.template.spec.hostNetwork of type bool"
  ),
  (#"{"metadata":{"labels":{"a":true}}}"#, "json: cannot unmarshal bool into Go struct field ObjectMeta.metadata.labels of type string"),
  (#"{"metadata":{"uid":1}}"#, "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.uid of type types.UID"),
  (#"{"metadata":{"creationTimestamp":"x"}}"#, #"parsing time "x" as "2006-01-02T15:04:05Z07:00": cannot parse "x" as "2006""#),
  (#"{"metadata":{"creationTimestamp":"2026-13-01T00:00:00Z"}}"#, #"parsing time "2026-13-01T00:00:00Z": month out of range"#),
  (#"{"metadata":{"creationTimestamp":"2026-02-30T00:00:00Z"}}"#, #"parsing time "2026-02-30T00:00:00Z": day out of range"#),
  (
    #"{"metadata":{"creationTimestamp":"2026-01-01"}}"#,
    #"parsing time "2026-01-01" as "2006-01-02T15:04:05Z07:00": cannot parse "" as "T""#
  ),
  (
    #"{"metadata":{"creationTimestamp":3}}"#,
    "json: cannot unmarshal number into Go struct field ObjectMeta.metadata.creationTimestamp of type string"
  ),
  (
    #"{"spec":{"strategy":{"rollingUpdate":{"maxSurge":true}}}}"#,
    "json: cannot unmarshal bool into Go struct field RollingUpdateDeployment.spec.strategy.rollingUpdate.maxSurge of type int32"
  ),
  // What a value's own reader refuses comes before an earlier wrong type.
  (
    #"{"spec":{"replicas":"x","template":{"spec":{"containers":[{"resources":{"limits":{"cpu":"foo"}}}]}}}}"#,
    "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
  ),
]

@Test(arguments: wrongTypesAreNamedAsGoNamesThemRows)
func wrongTypesAreNamedAsGoNamesThem(_ text: String, _ message: String) { #expect(complaint(text, Kinds.deployment) == message) }

@Test func wrongDataIsNamedAsGoNamesIt() {
  #expect(
    complaint(#"{"data":{"a":1}}"#, Kinds.configMap) == "json: cannot unmarshal number into Go struct field ConfigMap.data of type string")
  #expect(complaint(#"{"data":{"a":"no base64!"}}"#, Kinds.secret) == "illegal base64 data at input byte 2")
  #expect(
    complaint(#"{"data":{"a":7}}"#, Kinds.secret) == "json: cannot unmarshal number into Go struct field Secret.data of type []uint8")
  #expect(
    Status.undecodable(Kinds.configMap, "why").message == #"ConfigMap in version "v1" cannot be handled as a ConfigMap: why"#)
}

@Test func nullsAndEmptyOptionalsGoAndWhatIsAlwaysWrittenComes() throws {
  let (pod, _) = try decoded(
    #"""
    {"metadata":{"name":"p","labels":{},"annotations":null,"creationTimestamp":null},"spec":{"hostname":"","nodeSelector":{},
    "securityContext":{},"tolerations":[],"volumes":[{"name":"v","emptyDir":{}}],"terminationGracePeriodSeconds":0,
    "containers":[{"name":"c","tty":false,"resources":{"limits":{"cpu":"1000m","memory":"1024Mi"},"requests":{"cpu":0.1}},
    "securityContext":{"privileged":false}}]}}
    """#, Kinds.pod)
  let expected = json(
    #"""
    {"metadata":{"creationTimestamp":null,"name":"p"},"spec":{"containers":[{"name":"c",
    "resources":{"limits":{"cpu":"1","memory":"1Gi"},"requests":{"cpu":"100m"}},"securityContext":{"privileged":false}}],
    "securityContext":{},"terminationGracePeriodSeconds":0,"volumes":[{"emptyDir":{},"name":"v"}]},"status":{}}
    """#)
  #expect(pod == expected)

  let (deployment, _) = try decoded(#"{"metadata":{"name":"d"},"spec":{"paused":false}}"#, Kinds.deployment)
  #expect(
    deployment
      == json(
        #"""
        {"metadata":{"creationTimestamp":null,"name":"d"},"spec":{"selector":null,"strategy":{},
        "template":{"metadata":{"creationTimestamp":null},"spec":{"containers":null}}},"status":{}}
        """#))
  let (slice, _) = try decoded(#"{"addressType":"IPv4","endpoints":[]}"#, Kinds.endpointSlice)
  #expect(slice["endpoints"].isNull && slice.has("endpoints") && slice.has("ports"))
  let (event, _) = try decoded(#"{"metadata":{"name":"e"},"involvedObject":{}}"#, Kinds.event)
  #expect(event.has("eventTime") && event["source"] == [:] && event["reportingComponent"] == "")
}

@Test func timesAreWrittenInUTC() throws {
  let (value, _) = try decoded(#"{"metadata":{"creationTimestamp":"2026-11-23T06:11:51.5+01:00"}}"#, Kinds.configMap)
  #expect(value["metadata"]["creationTimestamp"] == "2026-11-23T05:11:51Z")
}

@Test func patchedObjectsAreRefusedInTheConvertersWords() {
  func complaint(_ text: String, _ kind: Kind = Kinds.deployment) -> String? { patchComplaint(json(text), as: kind) }
  #expect(complaint(#"{"spec":{"replicas":"x"}}"#) == "unrecognized type: int32")
  #expect(complaint(#"{"spec":{"replicas":1.5}}"#) == "cannot convert float64 to int32")
  #expect(complaint(#"{"spec":"x"}"#) == "cannot restore struct from: string")
  #expect(complaint(#"{"spec":{"template":{"spec":{"containers":{}}}}}"#) == "cannot restore slice from map")
  #expect(complaint(#"{"metadata":{"labels":{"a":1}}}"#) == "cannot convert int64 to string")
  #expect(complaint(#"{"metadata":{"labels":[]}}"#) == "cannot restore map from slice")
  #expect(complaint(#"{"spec":{"replicas":1}}"#) == nil)
  #expect(complaint(#"{"data":{"a":1}}"#, Kinds.configMap) == "cannot convert int64 to string")
}
