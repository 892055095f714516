import Testing

@testable import API
@testable import APIMachinery
@testable import Formats

// What the server fills in.

private func stored(_ text: String, _ kind: Kind) throws -> Value {
  var unknown: [String] = []
  var value = try decode(json(text), as: kind, unknown: &unknown)
  applyDefaults(&value, kind: kind)
  return value
}

@Test func whatAServerStoredNeedsNoDefaults() throws {
  for object in try Facts.stored() {
    let kind = try #require(Facts.kind(of: object))
    var value = object
    applyDefaults(&value, kind: kind)
    #expect(value == object, "\(object.kind) \(object.name)")
  }
}

@Test func aDeploymentGetsWhatARealServerGaveIt() throws {
  let web = try stored(
    #"""
    {"apiVersion":"apps/v1","kind":"Deployment","metadata":{"labels":{"app":"web"},"name":"web"},"spec":{"replicas":3,
    "selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web","tier":"front"}},"spec":{"containers":[
    {"env":[{"name":"MODE","value":"prod"}],"image":"nginx:1.25","livenessProbe":{"initialDelaySeconds":3,"tcpSocket":{"port":80}},
    "name":"nginx","ports":[{"containerPort":80,"name":"http"}],"readinessProbe":{"httpGet":{"path":"/","port":"http"},"periodSeconds":5},
    "resources":{"limits":{"cpu":"200m","memory":"128Mi"},"requests":{"cpu":"100m","memory":"64Mi"}}}]}}}}
    """#, Kinds.deployment)
  let expected = json(
    #"""
    {"progressDeadlineSeconds":600,"replicas":3,"revisionHistoryLimit":10,"selector":{"matchLabels":{"app":"web"}},
    "strategy":{"rollingUpdate":{"maxSurge":"25%","maxUnavailable":"25%"},"type":"RollingUpdate"},
    "template":{"metadata":{"creationTimestamp":null,"labels":{"app":"web","tier":"front"}},"spec":{"containers":[{
    "env":[{"name":"MODE","value":"prod"}],"image":"nginx:1.25","imagePullPolicy":"IfNotPresent",
    "livenessProbe":{"failureThreshold":3,"initialDelaySeconds":3,"periodSeconds":10,"successThreshold":1,"tcpSocket":{"port":80},
    "timeoutSeconds":1},"name":"nginx","ports":[{"containerPort":80,"name":"http","protocol":"TCP"}],
    "readinessProbe":{"failureThreshold":3,"httpGet":{"path":"/","port":"http","scheme":"HTTP"},"periodSeconds":5,"successThreshold":1,
    "timeoutSeconds":1},"resources":{"limits":{"cpu":"200m","memory":"128Mi"},"requests":{"cpu":"100m","memory":"64Mi"}},
    "terminationMessagePath":"/dev/termination-log","terminationMessagePolicy":"File"}],"dnsPolicy":"ClusterFirst",
    "restartPolicy":"Always","schedulerName":"default-scheduler","securityContext":{},"terminationGracePeriodSeconds":30}}}
    """#)
  #expect(web["spec"] == expected)
}

private let thePullPolicyFollowsTheTagRows: [(String, String)] = [
  ("nginx", "Always"), ("nginx:latest", "Always"), ("nginx:1.25", "IfNotPresent"), ("host:5000/a/b", "Always"),
  ("host:5000/a/b:1", "IfNotPresent"), ("a@sha256:0000", "IfNotPresent"), ("", "IfNotPresent"), ("Upper/case", "IfNotPresent"),
]

@Test(arguments: thePullPolicyFollowsTheTagRows)
func thePullPolicyFollowsTheTag(_ image: String, _ policy: String) { #expect(pullPolicy(image: image).text == policy) }

@Test func limitsAreRequestsInPodsOnly() throws {
  let spec = #"{"hostNetwork":true,"containers":[{"image":"a:1","resources":{"limits":{"cpu":"1"}},"ports":[{"containerPort":80}]}]}"#
  let pod = try stored(#"{"spec":\#(spec)}"#, Kinds.pod)
  #expect(pod["spec"]["containers"][0]["resources"]["requests"] == ["cpu": "1"])
  #expect(pod["spec"]["containers"][0]["ports"][0]["hostPort"] == 80)
  #expect(pod["spec"]["enableServiceLinks"] == true)
  let set = try stored(#"{"spec":{"template":{"spec":\#(spec)}}}"#, Kinds.replicaSet)
  let container = set["spec"]["template"]["spec"]["containers"][0]
  #expect(!container["resources"].has("requests") && !container["ports"][0].has("hostPort"))
  #expect(set["spec"]["replicas"] == 1 && !set["spec"]["template"]["spec"].has("enableServiceLinks"))
}

@Test func servicesGetTypeProtocolAndPolicies() throws {
  let plain = try stored(#"{"spec":{"ports":[{"port":80}]}}"#, Kinds.service)
  #expect(
    plain["spec"]
      == json(
        #"{"internalTrafficPolicy":"Cluster","ports":[{"port":80,"protocol":"TCP","targetPort":80}],"sessionAffinity":"None","type":"ClusterIP"}"#
      ))
  let balanced = try stored(#"{"spec":{"type":"LoadBalancer","sessionAffinity":"ClientIP"}}"#, Kinds.service)
  #expect(
    balanced["spec"]
      == json(
        #"""
        {"allocateLoadBalancerNodePorts":true,"externalTrafficPolicy":"Cluster","internalTrafficPolicy":"Cluster",
        "sessionAffinity":"ClientIP","sessionAffinityConfig":{"clientIP":{"timeoutSeconds":10800}},"type":"LoadBalancer"}
        """#))
  let external = try stored(#"{"spec":{"type":"ExternalName","externalName":"a.b"}}"#, Kinds.service)
  #expect(external["spec"] == ["externalName": "a.b", "sessionAffinity": "None", "type": "ExternalName"])
}

@Test func smallKindsGetTheirDefaults() throws {
  let secret = try stored(#"{"stringData":{"a":"x"},"data":{"a":"AA==","b":"AA=="}}"#, Kinds.secret)
  #expect(secret["data"] == ["a": "eA==", "b": "AA=="] && secret["type"] == "Opaque" && !secret.has("stringData"))
  let namespace = try stored(#"{"metadata":{"name":"n"}}"#, Kinds.namespace)
  #expect(namespace.label("kubernetes.io/metadata.name") == "n" && namespace["spec"]["finalizers"] == ["kubernetes"])
  #expect(namespace["status"]["phase"] == "Active")
  let node = try stored(#"{"spec":{"podCIDR":"10.0.0.0/24"},"status":{"capacity":{"cpu":"4"}}}"#, Kinds.node)
  #expect(node["spec"]["podCIDRs"] == ["10.0.0.0/24"] && node["status"]["allocatable"] == ["cpu": "4"])
  let slice = try stored(#"{"ports":[{"port":1}]}"#, Kinds.endpointSlice)
  #expect(slice["ports"][0] == ["name": "", "port": 1, "protocol": "TCP"])
  let volumes = try stored(
    #"{"spec":{"containers":[],"volumes":[{"name":"a"},{"name":"b","configMap":{"name":"x"}},{"name":"c","hostPath":{"path":"/"}}]}}"#,
    Kinds.pod)["spec"]["volumes"]
  #expect(volumes[0]["emptyDir"] == [:] && volumes[1]["configMap"]["defaultMode"] == 420 && volumes[2]["hostPath"]["type"] == "")
}
