import APIMachinery

// x

extension AppsV1 {
  public static let deployment = Definition(
    "apps.v1.Deployment", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { deploymentSpec }),
      Field("status", .object { deploymentStatus }),
    ])

  public static let deploymentSpec = Definition(
    "apps.v1.DeploymentSpec", "",
    [
      Field("minReadySeconds", .int32),
      Field("paused", .boolean),
      Field("progressDeadlineSeconds", .int32),
      Field("replicas", .int32),
      Field("revisionHistoryLimit", .int32),
      Field("selector", .object { MetaV1.labelSelector }, required: true),
      Field("strategy", .object { deploymentStrategy }, patchStrategy: "retainKeys"),
      Field("template", .object { CoreV1.podTemplateSpec }, required: true),
    ])

  public static let deploymentStrategy = Definition(
    "apps.v1.DeploymentStrategy", "",
    [
      Field("rollingUpdate", .object { rollingUpdateDeployment }),
      Field("type", .string),
    ])

  public static let rollingUpdateDeployment = Definition(
    "apps.v1.RollingUpdateDeployment", "",
    [
      Field("maxSurge", .intOrString),
      Field("maxUnavailable", .intOrString),
    ])

  public static let deploymentStatus = Definition(
    "apps.v1.DeploymentStatus", "",
    [
      Field("availableReplicas", .int32),
      Field("collisionCount", .int32),
      Field("conditions", .array(.object { deploymentCondition }), mergeKey: "type", patchStrategy: "merge"),
      Field("observedGeneration", .int64),
      Field("readyReplicas", .int32),
      Field("replicas", .int32),
      Field("unavailableReplicas", .int32),
      Field("updatedReplicas", .int32),
    ])

  public static let deploymentCondition = Definition(
    "apps.v1.DeploymentCondition", "",
    [
      Field("lastTransitionTime", .time),
      Field("lastUpdateTime", .time),
      Field("message", .string),
      Field("reason", .string),
      Field("status", .string, required: true),
      Field("type", .string, required: true),
    ])
}
