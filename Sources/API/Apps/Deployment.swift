import APIMachinery
import Formats

// Deployments: pods that are replaced step by step when their template changes.

extension Kinds {
  public static let deployment = Kind(
    group: "apps", version: "v1", name: "Deployment", plural: "deployments", shortNames: ["deploy"], categories: ["all"], namespaced: true,
    subresources: ["scale", "status"], schema: AppsV1.deployment, columns: deploymentColumns,
    rules: Rules {
      $0.defaults = defaultDeployment
      $0.validate = Validation.deployment
      $0.validateUpdate = Validation.selectorUpdate
      $0.hasGeneration = true
      $0.statusFields = ["status"]
    }, summary: AppsV1.deployment.doc)
}

extension AppsV1 {
  public static let deployment = Definition(
    "apps.v1.Deployment", "Keeps pods running and replaces them step by step when their template changes.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { deploymentSpec }, "What is wanted.", always: true),
      Field("status", .object { deploymentStatus }, "How far it has come.", always: true),
    ])

  public static let deploymentSpec = Definition(
    "apps.v1.DeploymentSpec", "What is wanted of a deployment.",
    [
      Field("replicas", .int32, "How many pods.", pointer: true),
      Field(
        "selector", .object { MetaV1.labelSelector }, "The pods that belong to it; must match the template's labels and can't be changed.",
        required: true, pointer: true),
      Field("template", .object { CoreV1.podTemplateSpec }, "What its pods look like.", required: true),
      Field(
        "strategy", .object { deploymentStrategy }, "How old pods are replaced by new ones.",
        always: true, patchStrategy: "retainKeys"),
      Field("minReadySeconds", .int32, "Seconds that a new pod must be ready before it counts as available."),
      Field("revisionHistoryLimit", .int32, "How many old ReplicaSets are kept to roll back to.", pointer: true),
      Field("paused", .boolean, "Whether changes of the template wait."),
      Field("progressDeadlineSeconds", .int32, "Seconds without progress after which a rollout counts as failed.", pointer: true),
    ])

  public static let deploymentStrategy = Definition(
    "apps.v1.DeploymentStrategy", "How old pods are replaced by new ones.",
    [
      Field("type", .string, "RollingUpdate, or Recreate to end all old ones first.", goType: "v1.DeploymentStrategyType"),
      Field("rollingUpdate", .object { rollingUpdateDeployment }, "The pace of a rolling update."),
    ])

  public static let rollingUpdateDeployment = Definition(
    "apps.v1.RollingUpdateDeployment", "The pace of a rolling update.",
    [
      Field("maxUnavailable", .intOrString, "How many pods, or what share, may be missing."),
      Field("maxSurge", .intOrString, "How many pods, or what share, there may be too many."),
    ])

  public static let deploymentStatus = Definition(
    "apps.v1.DeploymentStatus", "How far a deployment has come.",
    [
      Field("observedGeneration", .int64, "The generation that the controller has seen."),
      Field("replicas", .int32, "How many pods there are."),
      Field("updatedReplicas", .int32, "How many of them are made from the present template."),
      Field("readyReplicas", .int32, "How many are ready."),
      Field("availableReplicas", .int32, "How many have been ready for minReadySeconds."),
      Field("unavailableReplicas", .int32, "How many are missing to be fully available."),
      Field(
        "conditions", .array(.object { deploymentCondition }), "Whether it is available, progressing or failing.",
        mergeKey: "type", patchStrategy: "merge"),
      Field("collisionCount", .int32, "How often a new ReplicaSet's name was taken already.", pointer: true),
    ])

  public static let deploymentCondition = Definition(
    "apps.v1.DeploymentCondition", "One aspect of a deployment's state.",
    [
      Field("type", .string, "Available, Progressing or ReplicaFailure.", required: true, goType: "v1.DeploymentConditionType"),
      Field("status", .string, "True, False or Unknown.", required: true, goType: "v1.ConditionStatus"),
      Field("lastUpdateTime", .time, "When the condition was last written.", always: true),
      Field("lastTransitionTime", .time, "When the status last changed.", always: true),
      Field("reason", .string, "Why, in one word for machines."),
      Field("message", .string, "Why, for people."),
    ])
}

// MARK: Defaults: pkg/apis/apps/v1/defaults.go

@Sendable func defaultDeployment(_ deployment: inout Value) {
  deployment.fillDefaults { deployment in
    deployment.within("spec") { spec in
      spec.fillAbsent("replicas", 1)
      spec.fillAbsent("strategy", [:])
      spec.within("strategy") { strategy in
        strategy.fill("type", "RollingUpdate")
        guard strategy.text("type") == "RollingUpdate" else { return }
        strategy.fillAbsent("rollingUpdate", [:])
        strategy.within("rollingUpdate") { pace in
          pace.fillAbsent("maxSurge", "25%")
          pace.fillAbsent("maxUnavailable", "25%")
        }
      }
      spec.fillAbsent("revisionHistoryLimit", 10)
      spec.fillAbsent("progressDeadlineSeconds", 600)
      spec.within("template", defaultPodTemplate)
    }
  }
}
