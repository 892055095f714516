import APIMachinery

// x

extension CoreV1 {
  public static let volume = Definition(
    "core.v1.Volume", "",
    [
      Field("awsElasticBlockStore", .object { awsElasticBlockStoreVolumeSource }),
      Field("azureDisk", .object { azureDiskVolumeSource }),
      Field("azureFile", .object { azureFileVolumeSource }),
      Field("cephfs", .object { cephFSVolumeSource }),
      Field("cinder", .object { cinderVolumeSource }),
      Field("configMap", .object { configMapVolumeSource }),
      Field("csi", .object { csiVolumeSource }),
      Field("downwardAPI", .object { downwardAPIVolumeSource }),
      Field("emptyDir", .object { emptyDirVolumeSource }),
      Field("ephemeral", .object { ephemeralVolumeSource }),
      Field("fc", .object { fcVolumeSource }),
      Field("flexVolume", .object { flexVolumeSource }),
      Field("flocker", .object { flockerVolumeSource }),
      Field("gcePersistentDisk", .object { gcePersistentDiskVolumeSource }),
      Field("gitRepo", .object { gitRepoVolumeSource }),
      Field("glusterfs", .object { glusterfsVolumeSource }),
      Field("hostPath", .object { hostPathVolumeSource }),
      Field("iscsi", .object { iscsiVolumeSource }),
      Field("name", .string, required: true),
      Field("nfs", .object { nfsVolumeSource }),
      Field("persistentVolumeClaim", .object { persistentVolumeClaimVolumeSource }),
      Field("photonPersistentDisk", .object { photonPersistentDiskVolumeSource }),
      Field("portworxVolume", .object { portworxVolumeSource }),
      Field("projected", .object { projectedVolumeSource }),
      Field("quobyte", .object { quobyteVolumeSource }),
      Field("rbd", .object { rbdVolumeSource }),
      Field("scaleIO", .object { scaleIOVolumeSource }),
      Field("secret", .object { secretVolumeSource }),
      Field("storageos", .object { storageOSVolumeSource }),
      Field("vsphereVolume", .object { vsphereVirtualDiskVolumeSource }),
    ])

  public static let emptyDirVolumeSource = Definition(
    "core.v1.EmptyDirVolumeSource", "",
    [
      Field("medium", .string),
      Field("sizeLimit", .quantity),
    ])

  public static let hostPathVolumeSource = Definition(
    "core.v1.HostPathVolumeSource", "",
    [
      Field("path", .string, required: true),
      Field("type", .string),
    ])

  public static let configMapVolumeSource = Definition(
    "core.v1.ConfigMapVolumeSource", "",
    [
      Field("defaultMode", .int32),
      Field("items", .array(.object { keyToPath })),
      Field("name", .string),
      Field("optional", .boolean),
    ])

  public static let secretVolumeSource = Definition(
    "core.v1.SecretVolumeSource", "",
    [
      Field("defaultMode", .int32),
      Field("items", .array(.object { keyToPath })),
      Field("optional", .boolean),
      Field("secretName", .string),
    ])

  public static let keyToPath = Definition(
    "core.v1.KeyToPath", "",
    [
      Field("key", .string, required: true),
      Field("mode", .int32),
      Field("path", .string, required: true),
    ])

  public static let downwardAPIVolumeSource = Definition(
    "core.v1.DownwardAPIVolumeSource", "",
    [
      Field("defaultMode", .int32),
      Field("items", .array(.object { downwardAPIVolumeFile })),
    ])

  public static let downwardAPIVolumeFile = Definition(
    "core.v1.DownwardAPIVolumeFile", "",
    [
      Field("fieldRef", .object { objectFieldSelector }),
      Field("mode", .int32),
      Field("path", .string, required: true),
      Field("resourceFieldRef", .object { resourceFieldSelector }),
    ])

  public static let projectedVolumeSource = Definition(
    "core.v1.ProjectedVolumeSource", "",
    [
      Field("defaultMode", .int32),
      Field("sources", .array(.object { volumeProjection })),
    ])

  public static let volumeProjection = Definition(
    "core.v1.VolumeProjection", "",
    [
      Field("configMap", .object { configMapProjection }),
      Field("downwardAPI", .object { downwardAPIProjection }),
      Field("secret", .object { secretProjection }),
      Field("serviceAccountToken", .object { serviceAccountTokenProjection }),
    ])

  public static let configMapProjection = Definition(
    "core.v1.ConfigMapProjection", "",
    [
      Field("items", .array(.object { keyToPath })),
      Field("name", .string),
      Field("optional", .boolean),
    ])

  public static let secretProjection = Definition(
    "core.v1.SecretProjection", "",
    [
      Field("items", .array(.object { keyToPath })),
      Field("name", .string),
      Field("optional", .boolean),
    ])

  public static let downwardAPIProjection = Definition(
    "core.v1.DownwardAPIProjection", "",
    [
      Field("items", .array(.object { downwardAPIVolumeFile }))
    ])

  public static let serviceAccountTokenProjection = Definition(
    "core.v1.ServiceAccountTokenProjection", "",
    [
      Field("audience", .string),
      Field("expirationSeconds", .int64),
      Field("path", .string, required: true),
    ])

  public static let persistentVolumeClaimVolumeSource = Definition(
    "core.v1.PersistentVolumeClaimVolumeSource", "",
    [
      Field("claimName", .string, required: true),
      Field("readOnly", .boolean),
    ])

  public static let ephemeralVolumeSource = Definition(
    "core.v1.EphemeralVolumeSource", "",
    [
      Field("volumeClaimTemplate", .object { persistentVolumeClaimTemplate })
    ])

  public static let persistentVolumeClaimTemplate = Definition(
    "core.v1.PersistentVolumeClaimTemplate", "",
    [
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { persistentVolumeClaimSpec }, required: true),
    ])

  public static let persistentVolumeClaimSpec = Definition(
    "core.v1.PersistentVolumeClaimSpec", "",
    [
      Field("accessModes", .array(.string)),
      Field("dataSource", .object { typedLocalObjectReference }),
      Field("dataSourceRef", .object { typedObjectReference }),
      Field("resources", .object { resourceRequirements }),
      Field("selector", .object { MetaV1.labelSelector }),
      Field("storageClassName", .string),
      Field("volumeMode", .string),
      Field("volumeName", .string),
    ])

  public static let csiVolumeSource = Definition(
    "core.v1.CSIVolumeSource", "",
    [
      Field("driver", .string, required: true),
      Field("fsType", .string),
      Field("nodePublishSecretRef", .object { localObjectReference }),
      Field("readOnly", .boolean),
      Field("volumeAttributes", .map(.string)),
    ])

  public static let nfsVolumeSource = Definition(
    "core.v1.NFSVolumeSource", "",
    [
      Field("path", .string, required: true),
      Field("readOnly", .boolean),
      Field("server", .string, required: true),
    ])
}
