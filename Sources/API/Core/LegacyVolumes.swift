import APIMachinery

// Volumes of providers and drivers that CSI has superseded.

extension CoreV1 {
  public static let awsElasticBlockStoreVolumeSource = Definition(
    "core.v1.AWSElasticBlockStoreVolumeSource", "An AWS disk.",
    [
      Field("volumeID", .string, "The disk.", required: true),
      Field("fsType", .string, "The file system."),
      Field("partition", .int32, "The partition."),
      Field("readOnly", .boolean, "Whether it can't be written."),
    ])

  public static let azureDiskVolumeSource = Definition(
    "core.v1.AzureDiskVolumeSource", "An Azure disk.",
    [
      Field("diskName", .string, "The disk's name.", required: true),
      Field("diskURI", .string, "The disk's URI.", required: true),
      Field("cachingMode", .string, "None, ReadOnly or ReadWrite.", pointer: true, goType: "v1.AzureDataDiskCachingMode"),
      Field("fsType", .string, "The file system.", pointer: true),
      Field("readOnly", .boolean, "Whether it can't be written.", pointer: true),
      Field("kind", .string, "Shared, Dedicated or Managed.", pointer: true, goType: "v1.AzureDataDiskKind"),
    ])

  public static let azureFileVolumeSource = Definition(
    "core.v1.AzureFileVolumeSource", "An Azure share.",
    [
      Field("secretName", .string, "The Secret with the account's name and key.", required: true),
      Field("shareName", .string, "The share.", required: true),
      Field("readOnly", .boolean, "Whether it can't be written."),
    ])

  public static let cephFSVolumeSource = Definition(
    "core.v1.CephFSVolumeSource", "A CephFS share.",
    [
      Field("monitors", .array(.string), "The monitors' addresses.", required: true),
      Field("path", .string, "The path to mount."),
      Field("user", .string, "The user."),
      Field("secretFile", .string, "The file with the user's key."),
      Field("secretRef", .object { localObjectReference }, "The Secret with the user's key."),
      Field("readOnly", .boolean, "Whether it can't be written."),
    ])

  public static let cinderVolumeSource = Definition(
    "core.v1.CinderVolumeSource", "An OpenStack disk.",
    [
      Field("volumeID", .string, "The disk.", required: true),
      Field("fsType", .string, "The file system."),
      Field("readOnly", .boolean, "Whether it can't be written."),
      Field("secretRef", .object { localObjectReference }, "The Secret with the credentials."),
    ])

  public static let fcVolumeSource = Definition(
    "core.v1.FCVolumeSource", "A Fibre Channel disk.",
    [
      Field("targetWWNs", .array(.string), "The targets' names."),
      Field("lun", .int32, "The logical unit.", pointer: true),
      Field("fsType", .string, "The file system."),
      Field("readOnly", .boolean, "Whether it can't be written."),
      Field("wwids", .array(.string), "The volume's identifiers."),
    ])

  public static let flexVolumeSource = Definition(
    "core.v1.FlexVolumeSource", "A volume by a driver on the node.",
    [
      Field("driver", .string, "The driver's name.", required: true),
      Field("fsType", .string, "The file system."),
      Field("secretRef", .object { localObjectReference }, "A Secret that the driver needs."),
      Field("readOnly", .boolean, "Whether it can't be written."),
      Field("options", .map(.string), "Settings for the driver."),
    ])

  public static let flockerVolumeSource = Definition(
    "core.v1.FlockerVolumeSource", "A Flocker volume.",
    [
      Field("datasetName", .string, "The dataset's name."),
      Field("datasetUUID", .string, "The dataset's UUID."),
    ])

  public static let gcePersistentDiskVolumeSource = Definition(
    "core.v1.GCEPersistentDiskVolumeSource", "A Google Compute Engine disk.",
    [
      Field("pdName", .string, "The disk's name.", required: true),
      Field("fsType", .string, "The file system."),
      Field("partition", .int32, "The partition."),
      Field("readOnly", .boolean, "Whether it can't be written."),
    ])

  public static let gitRepoVolumeSource = Definition(
    "core.v1.GitRepoVolumeSource", "A Git repository that is cloned into an empty folder.",
    [
      Field("repository", .string, "Its URL.", required: true),
      Field("revision", .string, "The commit."),
      Field("directory", .string, "The folder to clone into."),
    ])

  public static let glusterfsVolumeSource = Definition(
    "core.v1.GlusterfsVolumeSource", "A Glusterfs share.",
    [
      Field("endpoints", .string, "The Endpoints object that lists the servers.", required: true),
      Field("path", .string, "The volume.", required: true),
      Field("readOnly", .boolean, "Whether it can't be written."),
    ])

  public static let iscsiVolumeSource = Definition(
    "core.v1.ISCSIVolumeSource", "An iSCSI disk.",
    [
      Field("targetPortal", .string, "The target's address.", required: true),
      Field("iqn", .string, "The target's qualified name.", required: true),
      Field("lun", .int32, "The logical unit.", required: true),
      Field("iscsiInterface", .string, "The interface to use."),
      Field("fsType", .string, "The file system."),
      Field("readOnly", .boolean, "Whether it can't be written."),
      Field("portals", .array(.string), "Further addresses of the target."),
      Field("chapAuthDiscovery", .boolean, "Whether discovery is authenticated."),
      Field("chapAuthSession", .boolean, "Whether sessions are authenticated."),
      Field("secretRef", .object { localObjectReference }, "The Secret with the passwords."),
      Field("initiatorName", .string, "The initiator's name.", pointer: true),
    ])

  public static let photonPersistentDiskVolumeSource = Definition(
    "core.v1.PhotonPersistentDiskVolumeSource", "A Photon Controller disk.",
    [
      Field("pdID", .string, "The disk.", required: true),
      Field("fsType", .string, "The file system."),
    ])

  public static let portworxVolumeSource = Definition(
    "core.v1.PortworxVolumeSource", "A Portworx volume.",
    [
      Field("volumeID", .string, "The volume.", required: true),
      Field("fsType", .string, "The file system."),
      Field("readOnly", .boolean, "Whether it can't be written."),
    ])

  public static let quobyteVolumeSource = Definition(
    "core.v1.QuobyteVolumeSource", "A Quobyte share.",
    [
      Field("registry", .string, "The registry's addresses.", required: true),
      Field("volume", .string, "The volume.", required: true),
      Field("readOnly", .boolean, "Whether it can't be written."),
      Field("user", .string, "The user to map to."),
      Field("group", .string, "The group to map to."),
      Field("tenant", .string, "The tenant that owns the volume."),
    ])

  public static let rbdVolumeSource = Definition(
    "core.v1.RBDVolumeSource", "A Ceph block device.",
    [
      Field("monitors", .array(.string), "The monitors' addresses.", required: true),
      Field("image", .string, "The image.", required: true),
      Field("fsType", .string, "The file system."),
      Field("pool", .string, "The pool."),
      Field("user", .string, "The user."),
      Field("keyring", .string, "The file with the user's key."),
      Field("secretRef", .object { localObjectReference }, "The Secret with the user's key."),
      Field("readOnly", .boolean, "Whether it can't be written."),
    ])

  public static let scaleIOVolumeSource = Definition(
    "core.v1.ScaleIOVolumeSource", "A ScaleIO volume.",
    [
      Field("gateway", .string, "The gateway's address.", required: true),
      Field("system", .string, "The storage system.", required: true),
      Field("secretRef", .object { localObjectReference }, "The Secret with the user and password.", required: true, pointer: true),
      Field("sslEnabled", .boolean, "Whether to use SSL."),
      Field("protectionDomain", .string, "The protection domain."),
      Field("storagePool", .string, "The storage pool."),
      Field("storageMode", .string, "ThickProvisioned or ThinProvisioned."),
      Field("volumeName", .string, "The volume."),
      Field("fsType", .string, "The file system."),
      Field("readOnly", .boolean, "Whether it can't be written."),
    ])

  public static let storageOSVolumeSource = Definition(
    "core.v1.StorageOSVolumeSource", "A StorageOS volume.",
    [
      Field("volumeName", .string, "The volume."),
      Field("volumeNamespace", .string, "The volume's namespace."),
      Field("fsType", .string, "The file system."),
      Field("readOnly", .boolean, "Whether it can't be written."),
      Field("secretRef", .object { localObjectReference }, "The Secret with the credentials."),
    ])

  public static let vsphereVirtualDiskVolumeSource = Definition(
    "core.v1.VsphereVirtualDiskVolumeSource", "A vSphere disk.",
    [
      Field("volumePath", .string, "The disk's path.", required: true),
      Field("fsType", .string, "The file system."),
      Field("storagePolicyName", .string, "The storage policy's name."),
      Field("storagePolicyID", .string, "The storage policy's identifier."),
    ])
}
