import APIMachinery
import Formats

// ReplicaSets: a number of equal pods.

extension Kinds {
  public static let replicaSet = Kind(
    group: "apps", version: "v1", name: "ReplicaSet", plural: "replicasets", shortNames: ["rs"], categories: ["all"], namespaced: true,
    subresources: ["scale", "status"], schema: AppsV1.replicaSet, columns: replicaSetColumns,
    rules: Rules {
      $0.defaults = defaultReplicaSet
      $0.validate = Validation.replicaSet
      $0.validateUpdate = Validation.selectorUpdate
      $0.hasGeneration = true
      $0.statusFields = ["status"]
      $0.fieldSelectors = ["status.replicas"]
    }, summary: AppsV1.replicaSet.doc)
}

extension AppsV1 {
  public static let replicaSet = Definition(
    "apps.v1.ReplicaSet", "Keeps a number of equal pods running.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { replicaSetSpec }, "What is wanted.", always: true),
      Field("status", .object { replicaSetStatus }, "How many there are.", always: true),
    ])

  public static let replicaSetSpec = Definition(
    "apps.v1.ReplicaSetSpec", "What is wanted of a replica set.",
    [
      Field("replicas", .int32, "How many pods.", pointer: true),
      Field("minReadySeconds", .int32, "Seconds that a new pod must be ready before it counts as available."),
      Field(
        "selector", .object { MetaV1.labelSelector }, "The pods that belong to it; must match the template's labels and can't be changed.",
        required: true, pointer: true),
      Field("template", .object { CoreV1.podTemplateSpec }, "What its pods look like.", always: true),
    ])

  public static let replicaSetStatus = Definition(
    "apps.v1.ReplicaSetStatus", "How many pods a replica set has.",
    [
      Field("replicas", .int32, "How many pods there are.", required: true),
      Field("fullyLabeledReplicas", .int32, "How many have all of the template's labels."),
      Field("readyReplicas", .int32, "How many are ready."),
      Field("availableReplicas", .int32, "How many have been ready for minReadySeconds."),
      Field("observedGeneration", .int64, "The generation that the controller has seen."),
      Field(
        "conditions", .array(.object { replicaSetCondition }), "What keeps it from making pods.",
        mergeKey: "type", patchStrategy: "merge"),
    ])

  public static let replicaSetCondition = Definition(
    "apps.v1.ReplicaSetCondition", "One aspect of a replica set's state.",
    [
      Field("type", .string, "ReplicaFailure.", required: true, goType: "v1.ReplicaSetConditionType"),
      Field("status", .string, "True, False or Unknown.", required: true, goType: "v1.ConditionStatus"),
      Field("lastTransitionTime", .time, "When the status last changed.", always: true),
      Field("reason", .string, "Why, in one word for machines."),
      Field("message", .string, "Why, for people."),
    ])
}

// MARK: Defaults: pkg/apis/apps/v1/defaults.go

@Sendable func defaultReplicaSet(_ replicaSet: inout Value) {
  replicaSet.fillDefaults { replicaSet in
    replicaSet.within("spec") { spec in
      spec.fillAbsent("replicas", 1)
      spec.within("template", defaultPodTemplate)
    }
  }
}
