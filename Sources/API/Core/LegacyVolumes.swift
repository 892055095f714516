import APIMachinery

// x

extension CoreV1 {
  public static let awsElasticBlockStoreVolumeSource = Definition(
    "core.v1.AWSElasticBlockStoreVolumeSource", "",
    [
      Field("fsType", .string),
      Field("partition", .int32),
      Field("readOnly", .boolean),
      Field("volumeID", .string, required: true),
    ])

  public static let azureDiskVolumeSource = Definition(
    "core.v1.AzureDiskVolumeSource", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("cachingMode", .string),
      Field("diskName", .string, required: true),
      Field("diskURI", .string, required: true),
      Field("fsType", .string),
      Field("readOnly", .boolean),
    ])

  public static let azureFileVolumeSource = Definition(
    "core.v1.AzureFileVolumeSource", "",
    [
      Field("readOnly", .boolean),
      Field("secretName", .string, required: true),
      Field("shareName", .string, required: true),
    ])

  public static let cephFSVolumeSource = Definition(
    "core.v1.CephFSVolumeSource", "",
    [
      Field("monitors", .array(.string), required: true),
      Field("path", .string),
      Field("readOnly", .boolean),
      Field("secretFile", .string),
      Field("secretRef", .object { localObjectReference }),
      Field("user", .string),
    ])

  public static let cinderVolumeSource = Definition(
    "core.v1.CinderVolumeSource", "",
    [
      Field("fsType", .string),
      Field("readOnly", .boolean),
      Field("secretRef", .object { localObjectReference }),
      Field("volumeID", .string, required: true),
    ])

  public static let fcVolumeSource = Definition(
    "core.v1.FCVolumeSource", "",
    [
      Field("fsType", .string),
      Field("lun", .int32),
      Field("readOnly", .boolean),
      Field("targetWWNs", .array(.string)),
      Field("wwids", .array(.string)),
    ])

  public static let flexVolumeSource = Definition(
    "core.v1.FlexVolumeSource", "",
    [
      Field("driver", .string, required: true),
      Field("fsType", .string),
      Field("options", .map(.string)),
      Field("readOnly", .boolean),
      Field("secretRef", .object { localObjectReference }),
    ])

  public static let flockerVolumeSource = Definition(
    "core.v1.FlockerVolumeSource", "",
    [
      Field("datasetName", .string),
      Field("datasetUUID", .string),
    ])

  public static let gcePersistentDiskVolumeSource = Definition(
    "core.v1.GCEPersistentDiskVolumeSource", "",
    [
      Field("fsType", .string),
      Field("partition", .int32),
      Field("pdName", .string, required: true),
      Field("readOnly", .boolean),
    ])

  public static let gitRepoVolumeSource = Definition(
    "core.v1.GitRepoVolumeSource", "",
    [
      Field("directory", .string),
      Field("repository", .string, required: true),
      Field("revision", .string),
    ])

  public static let glusterfsVolumeSource = Definition(
    "core.v1.GlusterfsVolumeSource", "",
    [
      Field("endpoints", .string, required: true),
      Field("path", .string, required: true),
      Field("readOnly", .boolean),
    ])

  public static let iscsiVolumeSource = Definition(
    "core.v1.ISCSIVolumeSource", "",
    [
      Field("chapAuthDiscovery", .boolean),
      Field("chapAuthSession", .boolean),
      Field("fsType", .string),
      Field("initiatorName", .string),
      Field("iqn", .string, required: true),
      Field("iscsiInterface", .string),
      Field("lun", .int32, required: true),
      Field("portals", .array(.string)),
      Field("readOnly", .boolean),
      Field("secretRef", .object { localObjectReference }),
      Field("targetPortal", .string, required: true),
    ])

  public static let photonPersistentDiskVolumeSource = Definition(
    "core.v1.PhotonPersistentDiskVolumeSource", "",
    [
      Field("fsType", .string),
      Field("pdID", .string, required: true),
    ])

  public static let portworxVolumeSource = Definition(
    "core.v1.PortworxVolumeSource", "",
    [
      Field("fsType", .string),
      Field("readOnly", .boolean),
      Field("volumeID", .string, required: true),
    ])

  public static let quobyteVolumeSource = Definition(
    "core.v1.QuobyteVolumeSource", "",
    [
      Field("group", .string),
      Field("readOnly", .boolean),
      Field("registry", .string, required: true),
      Field("tenant", .string),
      Field("user", .string),
      Field("volume", .string, required: true),
    ])

  public static let rbdVolumeSource = Definition(
    "core.v1.RBDVolumeSource", "",
    [
      Field("fsType", .string),
      Field("image", .string, required: true),
      Field("keyring", .string),
      Field("monitors", .array(.string), required: true),
      Field("pool", .string),
      Field("readOnly", .boolean),
      Field("secretRef", .object { localObjectReference }),
      Field("user", .string),
    ])

  public static let scaleIOVolumeSource = Definition(
    "core.v1.ScaleIOVolumeSource", "",
    [
      Field("fsType", .string),
      Field("gateway", .string, required: true),
      Field("protectionDomain", .string),
      Field("readOnly", .boolean),
      Field("secretRef", .object { localObjectReference }, required: true),
      Field("sslEnabled", .boolean),
      Field("storageMode", .string),
      Field("storagePool", .string),
      Field("system", .string, required: true),
      Field("volumeName", .string),
    ])

  public static let storageOSVolumeSource = Definition(
    "core.v1.StorageOSVolumeSource", "",
    [
      Field("fsType", .string),
      Field("readOnly", .boolean),
      Field("secretRef", .object { localObjectReference }),
      Field("volumeName", .string),
      Field("volumeNamespace", .string),
    ])

  public static let vsphereVirtualDiskVolumeSource = Definition(
    "core.v1.VsphereVirtualDiskVolumeSource", "",
    [
      Field("fsType", .string),
      Field("storagePolicyID", .string),
      Field("storagePolicyName", .string),
      Field("volumePath", .string, required: true),
    ])
}
