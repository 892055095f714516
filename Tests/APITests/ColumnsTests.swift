import Testing

@testable import API
@testable import APIMachinery
@testable import Formats

// What `get` prints of an object.

private let now = Instant(rfc3339: "2026-11-23T10:00:00Z") ?? Instant(seconds: 0)

private func line(_ text: String, _ kind: Kind, wide: Bool = false) -> String {
  kind.columns.filter { wide || !$0.wide }.map { $0.value(json(text), now) }.joined(separator: "|")
}

private func pod(_ spec: String, _ status: String, _ metadata: String = "") -> String {
  #"{"metadata":{"name":"p","creationTimestamp":"2026-11-23T09:59:00Z"\#(metadata)},"spec":{\#(spec)},"status":{\#(status)}}"#
}
private let one = #""containers":[{"name":"c"}]"#
private let withInit = #""containers":[{"name":"c"}],"initContainers":[{"name":"i"},{"name":"j"}]"#
private let sidecar = #""containers":[{"name":"c"}],"initContainers":[{"name":"i","restartPolicy":"Always"}]"#

private let aPodsLineSumsUpItsStateRows: [(String, String)] = [
  (pod(one, #""phase":"Pending""#), "p|0/1|Pending|0|60s"),
  (pod(one, #""phase":"Running","containerStatuses":[{"ready":true,"state":{"running":{}}}]"#), "p|1/1|Running|0|60s"),
  (
    pod(one, #""phase":"Pending","containerStatuses":[{"state":{"waiting":{"reason":"ContainerCreating"}}}]"#),
    "p|0/1|ContainerCreating|0|60s"
  ),
  (
    pod(
      one,
      #""phase":"Running","containerStatuses":[{"restartCount":2,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"finishedAt":"2026-11-23T09:59:32Z"}}}]"#
    ), "p|0/1|CrashLoopBackOff|2 (28s ago)|60s"
  ),
  (pod(one, #""phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":1,"reason":"Error"}}}]"#), "p|0/1|Error|0|60s"),
  (pod(one, #""phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":3}}}]"#), "p|0/1|ExitCode:3|0|60s"),
  (pod(one, #""phase":"Failed","containerStatuses":[{"state":{"terminated":{"exitCode":137,"signal":9}}}]"#), "p|0/1|Signal:9|0|60s"),
  (
    pod(one, #""phase":"Succeeded","containerStatuses":[{"state":{"terminated":{"exitCode":0,"reason":"Completed"}}}]"#),
    "p|0/1|Completed|0|60s"
  ),
  (
    pod(
      #""containers":[{"name":"c"},{"name":"d"}]"#,
      #""phase":"Running","conditions":[{"type":"Ready","status":"True"}],"containerStatuses":[{"state":{"terminated":{"reason":"Completed"}}},{"ready":true,"state":{"running":{}}}]"#
    ), "p|1/2|Running|0|60s"
  ),
  (
    pod(
      #""containers":[{"name":"c"},{"name":"d"}]"#,
      #""phase":"Running","containerStatuses":[{"state":{"terminated":{"reason":"Completed"}}},{"ready":true,"state":{"running":{}}}]"#),
    "p|1/2|NotReady|0|60s"
  ),
  (pod(one, #""phase":"Failed","reason":"Evicted""#), "p|0/1|Evicted|0|60s"),
  (pod(one, #""phase":"Running""#, #","deletionTimestamp":"2026-11-23T10:00:30Z""#), "p|0/1|Terminating|0|60s"),
  (pod(one, #""phase":"Running","reason":"NodeLost""#, #","deletionTimestamp":"2026-11-23T10:00:30Z""#), "p|0/1|Unknown|0|60s"),
  (pod(one, #""phase":"Pending","conditions":[{"type":"PodScheduled","reason":"SchedulingGated"}]"#), "p|0/1|SchedulingGated|0|60s"),
  (pod(withInit, #""phase":"Pending","initContainerStatuses":[{"name":"i","state":{"running":{}}},{"name":"j"}]"#), "p|0/1|Init:0/2|0|60s"),
  (
    pod(
      withInit,
      #""phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"running":{}}}]"#
    ),
    "p|0/1|Init:1/2|0|60s"
  ),
  (
    pod(
      withInit,
      #""phase":"Pending","initContainerStatuses":[{"name":"i","restartCount":3,"state":{"waiting":{"reason":"CrashLoopBackOff"}},"lastState":{"terminated":{"finishedAt":"2026-11-23T09:59:50Z"}}}]"#
    ), "p|0/1|Init:CrashLoopBackOff|3 (10s ago)|60s"
  ),
  (
    pod(withInit, #""phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":1,"reason":"Error"}}}]"#),
    "p|0/1|Init:Error|0|60s"
  ),
  (
    pod(
      withInit,
      #""phase":"Pending","initContainerStatuses":[{"name":"i","state":{"terminated":{"exitCode":0}}},{"name":"j","state":{"terminated":{"exitCode":0}}}],"containerStatuses":[{"state":{"waiting":{"reason":"PodInitializing"}}}]"#
    ), "p|0/1|PodInitializing|0|60s"
  ),
  (
    pod(
      sidecar,
      #""phase":"Running","initContainerStatuses":[{"name":"i","started":true,"ready":true,"restartCount":1,"state":{"running":{}}}],"containerStatuses":[{"ready":true,"state":{"running":{}}}]"#
    ), "p|2/2|Running|1|60s"
  ),
]

@Test(arguments: aPodsLineSumsUpItsStateRows)
func aPodsLineSumsUpItsState(_ text: String, _ expected: String) { #expect(line(text, Kinds.pod) == expected) }

@Test func widePodsShowWhereTheyAre() {
  let text = pod(
    #""nodeName":"node-1","readinessGates":[{"conditionType":"a"},{"conditionType":"b"}]"#,
    #""podIPs":[{"ip":"10.0.0.1"}],"conditions":[{"type":"a","status":"True"}]"#)
  #expect(line(text, Kinds.pod, wide: true).hasSuffix("|10.0.0.1|node-1|<none>|1/2"))
  #expect(line(pod(one, ""), Kinds.pod, wide: true).hasSuffix("|<none>|<none>|<none>|<none>"))
}

@Test func nodesShowReadinessRolesAndAddresses() {
  let text = #"""
    {"metadata":{"name":"n","creationTimestamp":"2026-11-21T10:00:00Z","labels":{"node-role.kubernetes.io/worker":"",
    "node-role.kubernetes.io/control-plane":"","kubernetes.io/role":"x"}},"spec":{"unschedulable":true},
    "status":{"conditions":[{"type":"Ready","status":"False"}],"addresses":[{"type":"InternalIP","address":"1.2.3.4"}],
    "nodeInfo":{"kubeletVersion":"v1.28.0","osImage":"Debian"}}}
    """#
  #expect(
    line(text, Kinds.node, wide: true)
      == "n|NotReady,SchedulingDisabled|control-plane,worker,x|2d|v1.28.0|1.2.3.4|<none>|Debian|<unknown>|<unknown>")
  #expect(line(#"{"metadata":{"name":"n"}}"#, Kinds.node) == "n|Unknown|<none>|<unknown>|")
}

@Test func workloadsShowCountsAndTemplates() {
  let text = #"""
    {"metadata":{"name":"web"},"spec":{"replicas":3,"selector":{"matchLabels":{"app":"web"}},
    "template":{"spec":{"containers":[{"name":"a","image":"x:1"},{"name":"b","image":"y:2"}]}}},
    "status":{"replicas":3,"readyReplicas":2,"updatedReplicas":1}}
    """#
  #expect(line(text, Kinds.deployment, wide: true) == "web|2/3|1|0|<unknown>|a,b|x:1,y:2|app=web")
  #expect(line(text, Kinds.replicaSet, wide: true) == "web|3|3|2|<unknown>|a,b|x:1,y:2|app=web")
}

private let servicesShowHowTheyAreReachedRows: [(String, String, String)] = [
  (#""type":"ClusterIP","clusterIPs":["10.0.0.1"],"ports":[{"port":80,"protocol":"TCP"}]"#, "", "s|ClusterIP|10.0.0.1|<none>|80/TCP|"),
  (
    #""type":"NodePort","clusterIPs":["10.0.0.1"],"externalIPs":["1.1.1.1","2.2.2.2"],"ports":[{"port":80,"nodePort":30080,"protocol":"TCP"},{"port":53,"protocol":"UDP"}]"#,
    "", "s|NodePort|10.0.0.1|1.1.1.1,2.2.2.2|80:30080/TCP,53/UDP|"
  ),
  (#""type":"LoadBalancer","clusterIP":"10.0.0.1""#, "", "s|LoadBalancer|10.0.0.1|<pending>|<none>|"),
  (
    #""type":"LoadBalancer","externalIPs":["9.9.9.9"]"#, #""loadBalancer":{"ingress":[{"ip":"5.5.5.5"},{"hostname":"a.b"}]}"#,
    "s|LoadBalancer|<none>|5.5.5.5,a.b,9.9.9.9|<none>|"
  ),
  (#""type":"ExternalName","externalName":"example.com""#, "", "s|ExternalName|<none>|example.com|<none>|"),
]

@Test(arguments: servicesShowHowTheyAreReachedRows)
func servicesShowHowTheyAreReached(_ spec: String, _ status: String, _ expected: String) {
  let text = #"{"metadata":{"name":"s"},"spec":{\#(spec)},"status":{\#(status)}}"#
  #expect(line(text, Kinds.service) == expected + "<unknown>")
}

@Test func endpointsShowThreeAndHowManyMore() {
  let addresses = (1...5).map { #"{"ip":"10.0.0.\#($0)"}"# }.joined(separator: ",")
  let text = #"{"metadata":{"name":"e"},"subsets":[{"addresses":[\#(addresses)],"ports":[{"port":80}]}]}"#
  #expect(line(text, Kinds.endpoints) == "e|10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 2 more...|<unknown>")
  #expect(line(#"{"metadata":{"name":"e"}}"#, Kinds.endpoints) == "e|<none>|<unknown>")
  #expect(
    line(#"{"metadata":{"name":"e"},"addressType":"IPv4","ports":null,"endpoints":null}"#, Kinds.endpointSlice)
      == "e|IPv4|<unset>|<unset>|<unknown>")
  #expect(
    line(
      #"{"metadata":{"name":"e"},"addressType":"IPv4","ports":[{"name":"a","port":80},{"name":"b"},{}],"endpoints":[{"addresses":["1"]}]}"#,
      Kinds.endpointSlice) == "e|IPv4|80,b,*|1|<unknown>")
}

@Test func eventsShowOldAndNewTimes() {
  let old = #"""
    {"metadata":{"name":"e"},"type":"Normal","reason":"Pulled","message":" m ","involvedObject":{"kind":"Pod","name":"p","fieldPath":"spec"},
    "source":{"component":"kubelet","host":"node-1"},"count":3,"firstTimestamp":"2026-11-23T09:58:00Z","lastTimestamp":"2026-11-23T09:59:55Z"}
    """#
  #expect(line(old, Kinds.event, wide: true) == "5s|Normal|Pulled|pod/p|spec|kubelet, node-1|m|2m|3|e")
  #expect(EventLine(json(old)).interval(now) == "5s (x3 over 2m)")
  let new = #"""
    {"metadata":{"name":"e"},"type":"Normal","reason":"Scheduled","message":"m","involvedObject":{"kind":"Pod","name":"p"},"source":{},
    "reportingComponent":"default-scheduler","firstTimestamp":null,"lastTimestamp":null,"eventTime":"2026-11-23T09:59:58.000000Z"}
    """#
  #expect(line(new, Kinds.event, wide: true) == "2s|Normal|Scheduled|pod/p||default-scheduler|m|2s|1|e")
}
