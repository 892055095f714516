import APIMachinery

// Users, groups, capabilities: what a container may do.

extension CoreV1 {
  public static let podSecurityContext = Definition(
    "core.v1.PodSecurityContext", "Safety settings for all containers of a pod.",
    [
      Field("seLinuxOptions", .object { seLinuxOptions }, "The SELinux context."),
      Field("windowsOptions", .object { windowsSecurityContextOptions }, "Settings for Windows."),
      Field("runAsUser", .int64, "The user ID to run as.", pointer: true),
      Field("runAsGroup", .int64, "The group ID to run as.", pointer: true),
      Field("runAsNonRoot", .boolean, "Whether running as root is refused.", pointer: true),
      Field("supplementalGroups", .array(.int64), "Further group IDs."),
      Field("fsGroup", .int64, "The group ID that volumes belong to.", pointer: true),
      Field("sysctls", .array(.object { sysctl }), "Kernel parameters for the pod."),
      Field(
        "fsGroupChangePolicy", .string, "When the ownership of volumes is changed: OnRootMismatch or Always.",
        pointer: true, goType: "v1.PodFSGroupChangePolicy"),
      Field("seccompProfile", .object { seccompProfile }, "The system calls that are allowed."),
    ])

  public static let securityContext = Definition(
    "core.v1.SecurityContext", "Safety settings for one container; they win over the pod's.",
    [
      Field("capabilities", .object { capabilities }, "Capabilities to add and drop."),
      Field("privileged", .boolean, "Whether it may do all that root on the node may.", pointer: true),
      Field("seLinuxOptions", .object { seLinuxOptions }, "The SELinux context."),
      Field("windowsOptions", .object { windowsSecurityContextOptions }, "Settings for Windows."),
      Field("runAsUser", .int64, "The user ID to run as.", pointer: true),
      Field("runAsGroup", .int64, "The group ID to run as.", pointer: true),
      Field("runAsNonRoot", .boolean, "Whether running as root is refused.", pointer: true),
      Field("readOnlyRootFilesystem", .boolean, "Whether its root file system can't be written.", pointer: true),
      Field("allowPrivilegeEscalation", .boolean, "Whether a process may gain more rights than its parent.", pointer: true),
      Field("procMount", .string, "How /proc is shown: Default or Unmasked.", pointer: true, goType: "v1.ProcMountType"),
      Field("seccompProfile", .object { seccompProfile }, "The system calls that are allowed."),
    ])

  public static let capabilities = Definition(
    "core.v1.Capabilities", "Capabilities to add to and drop from the runtime's usual ones.",
    [
      Field("add", .array(.string), "Those to add.", goType: "[]v1.Capability"),
      Field("drop", .array(.string), "Those to drop.", goType: "[]v1.Capability"),
    ])

  public static let seLinuxOptions = Definition(
    "core.v1.SELinuxOptions", "An SELinux context.",
    [
      Field("user", .string, "The user label."),
      Field("role", .string, "The role label."),
      Field("type", .string, "The type label."),
      Field("level", .string, "The level label."),
    ])

  public static let seccompProfile = Definition(
    "core.v1.SeccompProfile", "The system calls that are allowed.",
    [
      Field("type", .string, "RuntimeDefault, Unconfined or Localhost.", required: true, goType: "v1.SeccompProfileType"),
      Field("localhostProfile", .string, "The profile's file on the node, for Localhost.", pointer: true),
    ])

  public static let windowsSecurityContextOptions = Definition(
    "core.v1.WindowsSecurityContextOptions", "Safety settings for Windows.",
    [
      Field("gmsaCredentialSpecName", .string, "The name of the group account's credential.", pointer: true),
      Field("gmsaCredentialSpec", .string, "The credential itself.", pointer: true),
      Field("runAsUserName", .string, "The user to run as.", pointer: true),
      Field("hostProcess", .boolean, "Whether it runs as a process of the host.", pointer: true),
    ])

  public static let sysctl = Definition(
    "core.v1.Sysctl", "A kernel parameter.",
    [
      Field("name", .string, "Its name.", required: true),
      Field("value", .string, "Its value.", required: true),
    ])
}
