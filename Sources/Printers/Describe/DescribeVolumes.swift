import APIMachinery
import Formats

// Volumes, by their source: a table of what is said of each.

extension DescribeText {
  mutating func volumes(_ volumes: [Value], space: String) {
    guard !volumes.isEmpty else {
      line(0, "\(space)Volumes:\t<none>")
      return
    }
    line(0, "\(space)Volumes:")
    for volume in volumes {
      line(1, "\(space.isEmpty ? "" : " ")\(volume["name"].text):")
      volumeSource(volume)
    }
  }

  private mutating func volumeSource(_ volume: Value) {
    if !volume["projected"].isNull {
      projected(volume["projected"])
      return
    }
    if !volume["downwardAPI"].isNull {
      line(2, "Type:\tDownwardAPI (a volume populated by information about the pod)\n    Items:")
      for item in volume["downwardAPI", "items"].items {
        if !item["fieldRef"].isNull { line(3, "\(item["fieldRef", "fieldPath"].text) -> \(item["path"].text)") }
        if !item["resourceFieldRef"].isNull { line(3, "\(item["resourceFieldRef", "resource"].text) -> \(item["path"].text)") }
      }
      return
    }
    for row in DescribeText.volumeTable where !volume[row.source].isNull {
      let source = volume[row.source]
      line(2, "Type:\t\(row.type)")
      for (title, field) in row.fields { line(2, "\(title):\t\(field(source))") }
      return
    }
    line(2, "<unknown>")
  }

  private mutating func projected(_ projected: Value) {
    line(2, "Type:\tProjected (a volume that contains injected data from multiple sources)")
    for source in projected["sources"].items {
      if !source["secret"].isNull {
        line(2, "SecretName:\t\(source["secret", "name"].text)")
        line(2, "SecretOptionalName:\t\(DescribeText.optional(source["secret"]))")
      } else if !source["downwardAPI"].isNull {
        line(2, "DownwardAPI:\ttrue")
      } else if !source["configMap"].isNull {
        line(2, "ConfigMapName:\t\(source["configMap", "name"].text)")
        line(2, "ConfigMapOptional:\t\(DescribeText.optional(source["configMap"]))")
      } else if !source["serviceAccountToken"].isNull {
        line(2, "TokenExpirationSeconds:\t\(source["serviceAccountToken", "expirationSeconds"].goValue)")
      } else if !source["clusterTrustBundle"].isNull {
        let bundle = source["clusterTrustBundle"]
        if let signer = bundle["signerName"].string { line(2, "ClusterTrustBundleSignerName:\t\(signer)") }
      }
    }
  }

  private static func optional(_ reference: Value) -> String { reference["optional"].bool.map { $0 ? "true" : "false" } ?? "<nil>" }

  private struct VolumeRow: Sendable {
    let source: String
    let type: String
    let fields: [(String, @Sendable (Value) -> String)]
  }

  private static func field(_ key: String) -> @Sendable (Value) -> String {
    { source in
      switch source[key] {
      case .null: ""
      case let value: value.goValue
      }
    }
  }
  private static func flag(_ key: String) -> @Sendable (Value) -> String { { $0[key].bool == true ? "true" : "false" } }

  private static let volumeTable: [VolumeRow] = [
    VolumeRow(
      source: "hostPath", type: "HostPath (bare host directory volume)",
      fields: [("Path", field("path")), ("HostPathType", { $0["type"].string ?? "<none>" })]),
    VolumeRow(
      source: "emptyDir", type: "EmptyDir (a temporary directory that shares a pod's lifetime)",
      fields: [("Medium", field("medium")), ("SizeLimit", { $0["sizeLimit"].isNull ? "<unset>" : $0["sizeLimit"].goValue })]),
    VolumeRow(
      source: "gcePersistentDisk", type: "GCEPersistentDisk (a Persistent Disk resource in Google Compute Engine)",
      fields: [
        ("PDName", field("pdName")), ("FSType", field("fsType")), ("Partition", { String($0["partition"].int ?? 0) }),
        ("ReadOnly", flag("readOnly")),
      ]),
    VolumeRow(
      source: "awsElasticBlockStore", type: "AWSElasticBlockStore (a Persistent Disk resource in AWS)",
      fields: [
        ("VolumeID", field("volumeID")), ("FSType", field("fsType")), ("Partition", { String($0["partition"].int ?? 0) }),
        ("ReadOnly", flag("readOnly")),
      ]),
    VolumeRow(
      source: "gitRepo", type: "GitRepo (a volume that is pulled from git when the pod is created)",
      fields: [("Repository", field("repository")), ("Revision", field("revision"))]),
    VolumeRow(
      source: "secret", type: "Secret (a volume populated by a Secret)",
      fields: [("SecretName", field("secretName")), ("Optional", flag("optional"))]),
    VolumeRow(
      source: "configMap", type: "ConfigMap (a volume populated by a ConfigMap)",
      fields: [("Name", field("name")), ("Optional", flag("optional"))]),
    VolumeRow(
      source: "nfs", type: "NFS (an NFS mount that lasts the lifetime of a pod)",
      fields: [("Server", field("server")), ("Path", field("path")), ("ReadOnly", flag("readOnly"))]),
    VolumeRow(
      source: "iscsi", type: "ISCSI (an ISCSI Disk resource that is attached to a kubelet's host machine and then exposed to the pod)",
      fields: [
        ("TargetPortal", field("targetPortal")), ("IQN", field("iqn")), ("Lun", { String($0["lun"].int ?? 0) }),
        ("ISCSIInterface", field("iscsiInterface")), ("FSType", field("fsType")), ("ReadOnly", flag("readOnly")),
        ("Portals", { $0["portals"].isNull ? "[]" : $0["portals"].goValue }), ("DiscoveryCHAPAuth", flag("chapAuthDiscovery")),
        ("SessionCHAPAuth", flag("chapAuthSession")), ("SecretRef", { $0["secretRef"].isNull ? "<nil>" : $0["secretRef", "name"].text }),
        ("InitiatorName", { $0["initiatorName"].string ?? "<none>" }),
      ]),
    VolumeRow(
      source: "persistentVolumeClaim", type: "PersistentVolumeClaim (a reference to a PersistentVolumeClaim in the same namespace)",
      fields: [("ClaimName", field("claimName")), ("ReadOnly", flag("readOnly"))]),
    VolumeRow(
      source: "ephemeral", type: "EphemeralVolume (an inline specification for a volume that gets created and deleted with the pod)",
      fields: [("StorageClass", { $0["volumeClaimTemplate", "spec", "storageClassName"].text })]),
    VolumeRow(
      source: "csi", type: "CSI (a Container Storage Interface (CSI) volume source)",
      fields: [("Driver", field("driver")), ("FSType", field("fsType")), ("ReadOnly", flag("readOnly"))]),
    VolumeRow(
      source: "cephfs", type: "CephFS (a CephFS mount on the host that shares a pod's lifetime)",
      fields: [("Monitors", { $0["monitors"].goValue }), ("Path", field("path")), ("User", field("user")), ("ReadOnly", flag("readOnly"))]),
    VolumeRow(
      source: "fc", type: "FC (a Fibre Channel disk)",
      fields: [
        ("TargetWWNs", { $0["targetWWNs"].items.map(\.text).joined(separator: ", ") }), ("FSType", field("fsType")),
        ("ReadOnly", flag("readOnly")),
      ]),
    VolumeRow(
      source: "rbd", type: "RBD (a Rados Block Device mount on the host that shares a pod's lifetime)",
      fields: [
        ("CephMonitors", { $0["monitors"].goValue }), ("RBDImage", field("image")), ("FSType", field("fsType")),
        ("ReadOnly", flag("readOnly")),
      ]),
  ]
}
