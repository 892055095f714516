import APIMachinery

// Environment variables and where their values come from.

extension CoreV1 {
  public static let envVar = Definition(
    "core.v1.EnvVar", "An environment variable.",
    [
      Field("name", .string, "Its name.", required: true),
      Field("value", .string, "Its value; $(NAME) stands for variables defined before."),
      Field("valueFrom", .object { envVarSource }, "Where the value comes from instead."),
    ])

  public static let envVarSource = Definition(
    "core.v1.EnvVarSource", "Where a variable's value comes from: exactly one.",
    [
      Field("fieldRef", .object { objectFieldSelector }, "A field of the pod."),
      Field("resourceFieldRef", .object { resourceFieldSelector }, "A request or limit of a container."),
      Field("configMapKeyRef", .object { configMapKeySelector }, "A key of a ConfigMap."),
      Field("secretKeyRef", .object { secretKeySelector }, "A key of a Secret."),
    ])

  public static let objectFieldSelector = Definition(
    "core.v1.ObjectFieldSelector", "A field of the pod.",
    [
      Field("apiVersion", .string, "The version of the schema that the path is written in."),
      Field("fieldPath", .string, "The field's path, as metadata.name or status.podIP.", required: true),
    ])

  public static let resourceFieldSelector = Definition(
    "core.v1.ResourceFieldSelector", "A request or limit of a container.",
    [
      Field("containerName", .string, "The container; needed in volumes."),
      Field("resource", .string, "The resource, as limits.cpu.", required: true),
      Field("divisor", .quantity, "The unit to count in.", always: true),
    ])

  public static let configMapKeySelector = Definition(
    "core.v1.ConfigMapKeySelector", "A key of a ConfigMap.",
    [
      Field("name", .string, "The ConfigMap's name."),
      Field("key", .string, "The key.", required: true),
      Field("optional", .boolean, "Whether the ConfigMap or key may be missing.", pointer: true),
    ])

  public static let secretKeySelector = Definition(
    "core.v1.SecretKeySelector", "A key of a Secret.",
    [
      Field("name", .string, "The Secret's name."),
      Field("key", .string, "The key.", required: true),
      Field("optional", .boolean, "Whether the Secret or key may be missing.", pointer: true),
    ])

  public static let envFromSource = Definition(
    "core.v1.EnvFromSource", "A ConfigMap or Secret whose keys become environment variables.",
    [
      Field("prefix", .string, "What is put before each key."),
      Field("configMapRef", .object { configMapEnvSource }, "The ConfigMap."),
      Field("secretRef", .object { secretEnvSource }, "The Secret."),
    ])

  public static let configMapEnvSource = Definition(
    "core.v1.ConfigMapEnvSource", "A ConfigMap whose keys become environment variables.",
    [
      Field("name", .string, "Its name."),
      Field("optional", .boolean, "Whether it may be missing.", pointer: true),
    ])

  public static let secretEnvSource = Definition(
    "core.v1.SecretEnvSource", "A Secret whose keys become environment variables.",
    [
      Field("name", .string, "Its name."),
      Field("optional", .boolean, "Whether it may be missing.", pointer: true),
    ])
}
