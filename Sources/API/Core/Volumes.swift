import APIMachinery

// Volumes: storage that containers mount.

extension CoreV1 {
  public static let volume = Definition(
    "core.v1.Volume", "Storage with a name, from exactly one source.",
    [
      Field("name", .string, "The name that mounts refer to.", required: true),
      Field("hostPath", .object { hostPathVolumeSource }, "A file or folder of the node."),
      Field("emptyDir", .object { emptyDirVolumeSource }, "An empty folder that lives as long as the pod."),
      Field("gcePersistentDisk", .object { gcePersistentDiskVolumeSource }, "A Google Compute Engine disk."),
      Field("awsElasticBlockStore", .object { awsElasticBlockStoreVolumeSource }, "An AWS disk."),
      Field("gitRepo", .object { gitRepoVolumeSource }, "A Git repository; no longer recommended."),
      Field("secret", .object { secretVolumeSource }, "The keys of a Secret as files."),
      Field("nfs", .object { nfsVolumeSource }, "An NFS share."),
      Field("iscsi", .object { iscsiVolumeSource }, "An iSCSI disk."),
      Field("glusterfs", .object { glusterfsVolumeSource }, "A Glusterfs share."),
      Field("persistentVolumeClaim", .object { persistentVolumeClaimVolumeSource }, "A claimed persistent volume."),
      Field("rbd", .object { rbdVolumeSource }, "A Ceph block device."),
      Field("flexVolume", .object { flexVolumeSource }, "A volume by a driver on the node; superseded by CSI."),
      Field("cinder", .object { cinderVolumeSource }, "An OpenStack disk."),
      Field("cephfs", .object { cephFSVolumeSource }, "A CephFS share."),
      Field("flocker", .object { flockerVolumeSource }, "A Flocker volume."),
      Field("downwardAPI", .object { downwardAPIVolumeSource }, "Fields of the pod as files."),
      Field("fc", .object { fcVolumeSource }, "A Fibre Channel disk."),
      Field("azureFile", .object { azureFileVolumeSource }, "An Azure share."),
      Field("configMap", .object { configMapVolumeSource }, "The keys of a ConfigMap as files."),
      Field("vsphereVolume", .object { vsphereVirtualDiskVolumeSource }, "A vSphere disk."),
      Field("quobyte", .object { quobyteVolumeSource }, "A Quobyte share."),
      Field("azureDisk", .object { azureDiskVolumeSource }, "An Azure disk."),
      Field("photonPersistentDisk", .object { photonPersistentDiskVolumeSource }, "A Photon Controller disk."),
      Field("projected", .object { projectedVolumeSource }, "Several sources in one folder."),
      Field("portworxVolume", .object { portworxVolumeSource }, "A Portworx volume."),
      Field("scaleIO", .object { scaleIOVolumeSource }, "A ScaleIO volume."),
      Field("storageos", .object { storageOSVolumeSource }, "A StorageOS volume."),
      Field("csi", .object { csiVolumeSource }, "A volume that a CSI driver makes for the pod."),
      Field("ephemeral", .object { ephemeralVolumeSource }, "A claim that is made for the pod and goes with it."),
    ])

  public static let emptyDirVolumeSource = Definition(
    "core.v1.EmptyDirVolumeSource", "An empty folder that lives as long as the pod.",
    [
      Field("medium", .string, "Memory for a file system in memory; empty for the node's disk.", goType: "v1.StorageMedium"),
      Field("sizeLimit", .quantity, "How much it may hold."),
    ])

  public static let hostPathVolumeSource = Definition(
    "core.v1.HostPathVolumeSource", "A file or folder of the node.",
    [
      Field("path", .string, "Its path on the node.", required: true),
      Field(
        "type", .string, "What must be there: DirectoryOrCreate, Directory, FileOrCreate, File, Socket ...",
        pointer: true, goType: "v1.HostPathType"),
    ])

  public static let configMapVolumeSource = Definition(
    "core.v1.ConfigMapVolumeSource", "The keys of a ConfigMap as files.",
    [
      Field("name", .string, "The ConfigMap's name."),
      Field("items", .array(.object { keyToPath }), "The keys to show and where; all if empty."),
      Field("defaultMode", .int32, "The files' permission bits.", pointer: true),
      Field("optional", .boolean, "Whether the ConfigMap or its keys may be missing.", pointer: true),
    ])

  public static let secretVolumeSource = Definition(
    "core.v1.SecretVolumeSource", "The keys of a Secret as files.",
    [
      Field("secretName", .string, "The Secret's name."),
      Field("items", .array(.object { keyToPath }), "The keys to show and where; all if empty."),
      Field("defaultMode", .int32, "The files' permission bits.", pointer: true),
      Field("optional", .boolean, "Whether the Secret or its keys may be missing.", pointer: true),
    ])

  public static let keyToPath = Definition(
    "core.v1.KeyToPath", "A key and the file that shows it.",
    [
      Field("key", .string, "The key.", required: true),
      Field("path", .string, "The file's path within the volume.", required: true),
      Field("mode", .int32, "The file's permission bits.", pointer: true),
    ])

  public static let downwardAPIVolumeSource = Definition(
    "core.v1.DownwardAPIVolumeSource", "Fields of the pod as files.",
    [
      Field("items", .array(.object { downwardAPIVolumeFile }), "The files."),
      Field("defaultMode", .int32, "The files' permission bits.", pointer: true),
    ])

  public static let downwardAPIVolumeFile = Definition(
    "core.v1.DownwardAPIVolumeFile", "A file that shows a field of the pod.",
    [
      Field("path", .string, "The file's path within the volume.", required: true),
      Field("fieldRef", .object { objectFieldSelector }, "The field."),
      Field("resourceFieldRef", .object { resourceFieldSelector }, "A request or limit of a container instead."),
      Field("mode", .int32, "The file's permission bits.", pointer: true),
    ])

  public static let projectedVolumeSource = Definition(
    "core.v1.ProjectedVolumeSource", "Several sources in one folder.",
    [
      Field("sources", .array(.object { volumeProjection }), "The sources.", always: true),
      Field("defaultMode", .int32, "The files' permission bits.", pointer: true),
    ])

  public static let volumeProjection = Definition(
    "core.v1.VolumeProjection", "One source of a projected volume: exactly one.",
    [
      Field("secret", .object { secretProjection }, "Keys of a Secret."),
      Field("downwardAPI", .object { downwardAPIProjection }, "Fields of the pod."),
      Field("configMap", .object { configMapProjection }, "Keys of a ConfigMap."),
      Field("serviceAccountToken", .object { serviceAccountTokenProjection }, "A token of the pod's service account."),
    ])

  public static let configMapProjection = Definition(
    "core.v1.ConfigMapProjection", "Keys of a ConfigMap in a projected volume.",
    [
      Field("name", .string, "The ConfigMap's name."),
      Field("items", .array(.object { keyToPath }), "The keys to show and where; all if empty."),
      Field("optional", .boolean, "Whether the ConfigMap or its keys may be missing.", pointer: true),
    ])

  public static let secretProjection = Definition(
    "core.v1.SecretProjection", "Keys of a Secret in a projected volume.",
    [
      Field("name", .string, "The Secret's name."),
      Field("items", .array(.object { keyToPath }), "The keys to show and where; all if empty."),
      Field("optional", .boolean, "Whether the Secret or its keys may be missing.", pointer: true),
    ])

  public static let downwardAPIProjection = Definition(
    "core.v1.DownwardAPIProjection", "Fields of the pod in a projected volume.",
    [
      Field("items", .array(.object { downwardAPIVolumeFile }), "The files.")
    ])

  public static let serviceAccountTokenProjection = Definition(
    "core.v1.ServiceAccountTokenProjection", "A service account's token as a file.",
    [
      Field("audience", .string, "Whom the token is meant for."),
      Field("expirationSeconds", .int64, "How long a token is valid; it is renewed in time.", pointer: true),
      Field("path", .string, "The file's path within the volume.", required: true),
    ])

  public static let persistentVolumeClaimVolumeSource = Definition(
    "core.v1.PersistentVolumeClaimVolumeSource", "A claimed persistent volume.",
    [
      Field("claimName", .string, "The claim's name.", required: true),
      Field("readOnly", .boolean, "Whether it can't be written."),
    ])

  public static let ephemeralVolumeSource = Definition(
    "core.v1.EphemeralVolumeSource", "A claim that is made for the pod and goes with it.",
    [
      Field("volumeClaimTemplate", .object { persistentVolumeClaimTemplate }, "What the claim looks like.")
    ])

  public static let persistentVolumeClaimTemplate = Definition(
    "core.v1.PersistentVolumeClaimTemplate", "What a claim that is made for a pod looks like.",
    [
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("spec", .object { persistentVolumeClaimSpec }, "What storage is wanted.", required: true),
    ])

  public static let persistentVolumeClaimSpec = Definition(
    "core.v1.PersistentVolumeClaimSpec", "What storage is wanted.",
    [
      Field(
        "accessModes", .array(.string), "How it is to be mounted: ReadWriteOnce, ReadOnlyMany ...",
        goType: "[]v1.PersistentVolumeAccessMode"),
      Field("selector", .object { MetaV1.labelSelector }, "The volumes that may be used, by label."),
      Field("resources", .object { resourceRequirements }, "How much storage.", always: true),
      Field("volumeName", .string, "The volume that the claim is bound to."),
      Field("storageClassName", .string, "The StorageClass that makes the volume.", pointer: true),
      Field("volumeMode", .string, "Filesystem or Block.", pointer: true, goType: "v1.PersistentVolumeMode"),
      Field("dataSource", .object { typedLocalObjectReference }, "A snapshot or claim whose contents the volume starts with."),
      Field("dataSourceRef", .object { typedObjectReference }, "The same for any kind of object."),
    ])

  public static let csiVolumeSource = Definition(
    "core.v1.CSIVolumeSource", "A volume that a CSI driver makes for the pod.",
    [
      Field("driver", .string, "The driver's name.", required: true),
      Field("readOnly", .boolean, "Whether it can't be written.", pointer: true),
      Field("fsType", .string, "The file system.", pointer: true),
      Field("volumeAttributes", .map(.string), "Settings for the driver."),
      Field("nodePublishSecretRef", .object { localObjectReference }, "A Secret that the driver needs."),
    ])

  public static let nfsVolumeSource = Definition(
    "core.v1.NFSVolumeSource", "An NFS share.",
    [
      Field("server", .string, "The server.", required: true),
      Field("path", .string, "The path that it exports.", required: true),
      Field("readOnly", .boolean, "Whether it can't be written."),
    ])
}
