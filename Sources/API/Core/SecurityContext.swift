import APIMachinery

// x

extension CoreV1 {
  public static let podSecurityContext = Definition(
    "core.v1.PodSecurityContext", "",
    [
      Field("fsGroup", .int64),
      Field("fsGroupChangePolicy", .string),
      Field("runAsGroup", .int64),
      Field("runAsNonRoot", .boolean),
      Field("runAsUser", .int64),
      Field("seLinuxOptions", .object { seLinuxOptions }),
      Field("seccompProfile", .object { seccompProfile }),
      Field("supplementalGroups", .array(.int64)),
      Field("sysctls", .array(.object { sysctl })),
      Field("windowsOptions", .object { windowsSecurityContextOptions }),
    ])

  public static let securityContext = Definition(
    "core.v1.SecurityContext", "",
    [
      Field("allowPrivilegeEscalation", .boolean),
      Field("capabilities", .object { capabilities }),
      Field("privileged", .boolean),
      Field("procMount", .string),
      Field("readOnlyRootFilesystem", .boolean),
      Field("runAsGroup", .int64),
      Field("runAsNonRoot", .boolean),
      Field("runAsUser", .int64),
      Field("seLinuxOptions", .object { seLinuxOptions }),
      Field("seccompProfile", .object { seccompProfile }),
      Field("windowsOptions", .object { windowsSecurityContextOptions }),
    ])

  public static let capabilities = Definition(
    "core.v1.Capabilities", "",
    [
      Field("add", .array(.string)),
      Field("drop", .array(.string)),
    ])

  public static let seLinuxOptions = Definition(
    "core.v1.SELinuxOptions", "",
    [
      Field("level", .string),
      Field("role", .string),
      Field("type", .string),
      Field("user", .string),
    ])

  public static let seccompProfile = Definition(
    "core.v1.SeccompProfile", "",
    [
      Field("localhostProfile", .string),
      Field("type", .string, required: true),
    ])

  public static let windowsSecurityContextOptions = Definition(
    "core.v1.WindowsSecurityContextOptions", "",
    [
      Field("gmsaCredentialSpec", .string),
      Field("gmsaCredentialSpecName", .string),
      Field("hostProcess", .boolean),
      Field("runAsUserName", .string),
    ])

  public static let sysctl = Definition(
    "core.v1.Sysctl", "",
    [
      Field("name", .string, required: true),
      Field("value", .string, required: true),
    ])
}
