import API
import APIMachinery
import Client
import Formats
import Testing

@testable import KubeControllerManager

@Test func aDeploymentBecomesPods() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 3))
  cluster.run(for: .seconds(2))
  let web = cluster.get(Kinds.deployment, "web")
  #expect(web["status"].int32("readyReplicas") == 3)
  #expect(web["status"].int32("availableReplicas") == 3)
  #expect(web["status"].int32("updatedReplicas") == 3)
  #expect(web["status"]["observedGeneration"] == 1)
  #expect(web.annotation("deployment.kubernetes.io/revision") == "1")
  #expect(
    web["status"]["conditions"].items.map { $0["type"].text + " " + $0["reason"].text } == [
      "Available MinimumReplicasAvailable", "Progressing NewReplicaSetAvailable",
    ])
  let sets = cluster.list(Kinds.replicaSet)
  #expect(sets.count == 1)
  let set = try #require(sets.first)
  #expect(web.condition("Progressing")?["message"].text == "ReplicaSet \"\(set.name)\" has successfully progressed.")
  #expect(set.annotation("deployment.kubernetes.io/desired-replicas") == "3")
  #expect(set.annotation("deployment.kubernetes.io/max-replicas") == "4")
  #expect(set["status"] == ["availableReplicas": 3, "fullyLabeledReplicas": 3, "observedGeneration": 1, "readyReplicas": 3, "replicas": 3])
  #expect(set.label("pod-template-hash") == set.name.split(separator: "-").last.map(String.init))
  #expect(try cluster.events("Deployment") == ["ScalingReplicaSet: Scaled up replica set \(set.name) to 3"])
  let pods = cluster.list(Kinds.pod)
  #expect(pods.count == 3)
  #expect(pods.allSatisfy { $0.name.hasPrefix(set.name + "-") && $0.controllerReference?["blockOwnerDeletion"].bool == true })
  #expect(try Set(cluster.events("ReplicaSet")) == Set(pods.map { "SuccessfulCreate: Created pod: \($0.name)" }))
}

@Test func aNewTemplateRollsOverOneByOne() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 3))
  cluster.run(for: .seconds(2))
  let old = try #require(cluster.list(Kinds.replicaSet).first).name
  try cluster.patch(Kinds.deployment, "web", ["spec": ["template": ["metadata": ["annotations": ["v": "2"]]]]])
  cluster.run(for: .seconds(5))
  let web = cluster.get(Kinds.deployment, "web")
  let new = try #require(cluster.list(Kinds.replicaSet).first { $0.name != old }).name
  #expect(
    try cluster.events("Deployment") == [
      "ScalingReplicaSet: Scaled up replica set \(old) to 3", "ScalingReplicaSet: Scaled up replica set \(new) to 1",
      "ScalingReplicaSet: Scaled down replica set \(old) to 2 from 3", "ScalingReplicaSet: Scaled up replica set \(new) to 2 from 1",
      "ScalingReplicaSet: Scaled down replica set \(old) to 1 from 2", "ScalingReplicaSet: Scaled up replica set \(new) to 3 from 2",
      "ScalingReplicaSet: Scaled down replica set \(old) to 0 from 1",
    ])
  #expect(web.annotation("deployment.kubernetes.io/revision") == "2")
  #expect(web["status"]["observedGeneration"] == 2)
  #expect(cluster.list(Kinds.pod).count == 3)
  #expect(cluster.get(Kinds.replicaSet, old)["status"] == ["observedGeneration": 4, "replicas": 0])
  // Back to the first template: its ReplicaSet is used again and remembers its revision.
  try cluster.patch(Kinds.deployment, "web", ["spec": ["template": ["metadata": ["annotations": nil]]]])
  cluster.run(for: .seconds(5))
  let back = cluster.get(Kinds.replicaSet, old)
  #expect(back.annotation("deployment.kubernetes.io/revision") == "3")
  #expect(back.annotation("deployment.kubernetes.io/revision-history") == "1")
  #expect(cluster.get(Kinds.deployment, "web").annotation("deployment.kubernetes.io/revision") == "3")
  #expect(back["spec"]["replicas"] == 3)
  #expect(cluster.list(Kinds.replicaSet).count == 2)
}

@Test func recreateWaitsForOldPodsToGo() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 2, spec: ["strategy": ["type": "Recreate"]]))
  cluster.run(for: .seconds(2))
  let before = Set(cluster.list(Kinds.pod).map(\.name))
  try cluster.patch(Kinds.deployment, "web", ["spec": ["template": ["metadata": ["annotations": ["v": "2"]]]]])
  cluster.run(for: .milliseconds(90))
  #expect(cluster.list(Kinds.replicaSet).count == 1)
  #expect(cluster.list(Kinds.pod).allSatisfy { $0.isBeingDeleted })
  cluster.run(for: .seconds(2))
  #expect(cluster.list(Kinds.replicaSet).count == 2)
  let after = Set(cluster.list(Kinds.pod).map(\.name))
  #expect(after.count == 2 && after.isDisjoint(with: before))
  #expect(cluster.get(Kinds.deployment, "web")["status"].int32("availableReplicas") == 2)
}

@Test func aStuckRolloutMissesItsDeadline() throws {
  let cluster = try TestCluster()
  try cluster.create(
    Kinds.deployment, TestCluster.deployment("stuck", replicas: 2, image: "no-such/image:2", spec: ["progressDeadlineSeconds": 12]))
  cluster.run(for: .seconds(10))
  #expect(cluster.get(Kinds.deployment, "stuck").condition("Progressing")?["reason"] == "ReplicaSetUpdated")
  cluster.run(for: .seconds(5))
  let stuck = cluster.get(Kinds.deployment, "stuck")
  let set = try #require(cluster.list(Kinds.replicaSet).first).name
  #expect(stuck.condition("Progressing")?["reason"] == "ProgressDeadlineExceeded")
  #expect(stuck.condition("Progressing")?["message"].text == "ReplicaSet \"\(set)\" has timed out progressing.")
  #expect(stuck.condition("Progressing")?["status"] == "False")
  #expect(stuck.condition("Available")?["reason"] == "MinimumReplicasUnavailable")
  #expect(stuck["status"].int32("unavailableReplicas") == 2)
  #expect(stuck["status"]["conditions"].items.map { $0["type"].text } == ["Available", "Progressing"])
}

@Test func aPausedDeploymentScalesButDoesNotRoll() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 2))
  cluster.run(for: .seconds(2))
  try cluster.patch(Kinds.deployment, "web", ["spec": ["paused": true]])
  cluster.run(for: .seconds(1))
  #expect(cluster.get(Kinds.deployment, "web").condition("Progressing")?["reason"] == "DeploymentPaused")
  try cluster.patch(Kinds.deployment, "web", ["spec": ["replicas": 4, "template": ["metadata": ["annotations": ["v": "2"]]]]])
  cluster.run(for: .seconds(2))
  #expect(cluster.list(Kinds.replicaSet).count == 1)
  #expect(cluster.list(Kinds.pod).count == 4)
  try cluster.patch(Kinds.deployment, "web", ["spec": ["paused": nil]])
  cluster.run(for: .seconds(5))
  #expect(cluster.list(Kinds.replicaSet).count == 2)
  #expect(cluster.get(Kinds.deployment, "web").condition("Progressing")?["reason"] == "NewReplicaSetAvailable")
}

@Test func scalingDuringARolloutIsShared() throws {
  let cluster = try TestCluster()
  try cluster.create(
    Kinds.deployment,
    TestCluster.deployment("web", replicas: 10, spec: ["strategy": ["rollingUpdate": ["maxSurge": 3, "maxUnavailable": 2]]]))
  cluster.run(for: .seconds(2))
  try cluster.patch(
    Kinds.deployment, "web", ["spec": ["template": ["spec": ["containers": [["name": "c", "image": "no-such/image:1"]]]]]])
  cluster.run(for: .seconds(2))
  #expect(cluster.list(Kinds.replicaSet).map { $0["spec"].int32("replicas") }.sorted() == [5, 8])
  try cluster.patch(Kinds.deployment, "web", ["spec": ["replicas": 15]])
  cluster.run(for: .seconds(2))
  // As in Kubernetes' documentation of proportional scaling.
  #expect(cluster.list(Kinds.replicaSet).map { $0["spec"].int32("replicas") }.sorted() == [7, 11])
}

@Test func oldReplicaSetsGoBeyondTheHistoryLimit() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 1, spec: ["revisionHistoryLimit": 2]))
  cluster.run(for: .seconds(1))
  for i in 1...4 {
    try cluster.patch(Kinds.deployment, "web", ["spec": ["template": ["metadata": ["annotations": ["v": .string(String(i))]]]]])
    cluster.run(for: .seconds(2))
  }
  let revisions = cluster.list(Kinds.replicaSet).compactMap { $0.annotation("deployment.kubernetes.io/revision") }.sorted()
  #expect(revisions == ["3", "4", "5"])
}

@Test func refusedPodsShowAsReplicaFailure() throws {
  let cluster = try TestCluster()
  cluster.client.podError = Status(.forbidden, "pods \"web-\" is forbidden: exceeded quota")
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 3))
  cluster.run(for: .seconds(1))
  let web = cluster.get(Kinds.deployment, "web")
  #expect(web.condition("ReplicaFailure")?["reason"] == "FailedCreate")
  #expect(web.condition("ReplicaFailure")?["message"] == "pods \"web-\" is forbidden: exceeded quota")
  #expect(try cluster.events("ReplicaSet").first == "FailedCreate: Error creating: pods \"web-\" is forbidden: exceeded quota")
  cluster.client.podError = nil
  cluster.run(for: .seconds(30))
  #expect(cluster.get(Kinds.deployment, "web").condition("ReplicaFailure") == nil)
  #expect(cluster.list(Kinds.pod).count == 3)
}

@Test func orphansAreAdoptedAndStrangersReleased() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 3))
  cluster.run(for: .seconds(2))
  try cluster.delete(Kinds.deployment, "web", .orphan)
  cluster.run(for: .seconds(2))
  let set = try #require(cluster.list(Kinds.replicaSet).first)
  #expect(set.ownerReferences.isEmpty)
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 3))
  cluster.run(for: .seconds(2))
  #expect(cluster.list(Kinds.replicaSet).map(\.uid) == [set.uid])
  #expect(cluster.list(Kinds.replicaSet).first?.controllerReference?["kind"] == "Deployment")
  // A pod relabelled is let go and replaced.
  let pod = try #require(cluster.list(Kinds.pod).first)
  try cluster.patch(Kinds.pod, pod.name, ["metadata": ["labels": ["app": "other"]]])
  cluster.run(for: .seconds(2))
  #expect(cluster.get(Kinds.pod, pod.name).ownerReferences.isEmpty)
  #expect(cluster.list(Kinds.pod).count == 4)
  // And relabelled back it is taken again, one too many.
  try cluster.patch(Kinds.pod, pod.name, ["metadata": ["labels": ["app": "web"]]])
  cluster.run(for: .seconds(2))
  #expect(cluster.list(Kinds.pod).count == 3)
}

@Test func minReadySecondsDelayAvailability() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 2, spec: ["minReadySeconds": 10]))
  cluster.run(for: .seconds(5))
  #expect(cluster.get(Kinds.deployment, "web")["status"].int32("readyReplicas") == 2)
  #expect(cluster.get(Kinds.deployment, "web")["status"].int32("availableReplicas") == 0)
  cluster.run(for: .seconds(7))
  #expect(cluster.get(Kinds.deployment, "web")["status"].int32("availableReplicas") == 2)
}

@Test func controllersMayBeMadeAnewAtAnyTime() throws {
  let cluster = try TestCluster()
  try cluster.create(Kinds.deployment, TestCluster.deployment("web", replicas: 5))
  for _ in 0..<40 {
    cluster.run(for: .milliseconds(23))
    cluster.restart()
  }
  #expect(cluster.get(Kinds.deployment, "web")["status"].int32("availableReplicas") == 5)
  try cluster.patch(Kinds.deployment, "web", ["spec": ["replicas": 2, "template": ["metadata": ["annotations": ["v": "2"]]]]])
  for _ in 0..<200 {
    cluster.run(for: .milliseconds(23))
    cluster.restart()
  }
  #expect(cluster.list(Kinds.pod).count == 2)
  #expect(cluster.get(Kinds.deployment, "web")["status"].int32("updatedReplicas") == 2)
}
