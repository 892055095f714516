import APIMachinery

// x

extension CoreV1 {
  public static let envVar = Definition(
    "core.v1.EnvVar", "",
    [
      Field("name", .string, required: true),
      Field("value", .string),
      Field("valueFrom", .object { envVarSource }),
    ])

  public static let envVarSource = Definition(
    "core.v1.EnvVarSource", "",
    [
      Field("configMapKeyRef", .object { configMapKeySelector }),
      Field("fieldRef", .object { objectFieldSelector }),
      Field("resourceFieldRef", .object { resourceFieldSelector }),
      Field("secretKeyRef", .object { secretKeySelector }),
    ])

  public static let objectFieldSelector = Definition(
    "core.v1.ObjectFieldSelector", "",
    [
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("fieldPath", .string, required: true),
    ])

  public static let resourceFieldSelector = Definition(
    "core.v1.ResourceFieldSelector", "",
    [
      Field("containerName", .string),
      Field("divisor", .quantity),
      Field("resource", .string, required: true),
    ])

  public static let configMapKeySelector = Definition(
    "core.v1.ConfigMapKeySelector", "",
    [
      Field("key", .string, required: true),
      Field("name", .string),
      Field("optional", .boolean),
    ])

  public static let secretKeySelector = Definition(
    "core.v1.SecretKeySelector", "",
    [
      Field("key", .string, required: true),
      Field("name", .string),
      Field("optional", .boolean),
    ])

  public static let envFromSource = Definition(
    "core.v1.EnvFromSource", "",
    [
      Field("configMapRef", .object { configMapEnvSource }),
      Field("prefix", .string),
      Field("secretRef", .object { secretEnvSource }),
    ])

  public static let configMapEnvSource = Definition(
    "core.v1.ConfigMapEnvSource", "",
    [
      Field("name", .string),
      Field("optional", .boolean),
    ])

  public static let secretEnvSource = Definition(
    "core.v1.SecretEnvSource", "",
    [
      Field("name", .string),
      Field("optional", .boolean),
    ])
}
