import APIMachinery

// How Go prints a structure of the schema with all its types, as Kubernetes does before it hashes a pod template.

/// How Go prints the values of one type, without the type itself.
indirect enum GoShape: Sendable {
  case text, number, flag, quantity, intOrString, time, json
  case list(GoShape)
  case map(GoShape)
  case structure(GoStructure)

  /// A value that nothing was given for.
  var zero: [UInt8] {
    switch self {
    case .text: []
    case .number: Array("0".utf8)
    case .flag: Array("false".utf8)
    case .time: Array("{Time:(time.Time){wall:(uint64)0 ext:(int64)0 loc:(*time.Location)<nil>}}".utf8)
    case .intOrString: Array("{Type:(intstr.Type)0 IntVal:(int32)0 StrVal:(string)}".utf8)
    case .list, .map, .json: GoShape.null
    case .quantity: GoQuantity.printed("0")
    case .structure(let structure): structure.slots.reduce(into: []) { $0 += $1.prefix + $1.absent } + structure.close
    }
  }

  static let null = Array("<nil>".utf8)

  /// The shape of a field's type and the type's name in Go.
  init(_ type: FieldType, name: inout String) {
    switch type {
    case .string, .bytes: (self, name) = (.text, "string")
    case .boolean: (self, name) = (.flag, "bool")
    case .int32: (self, name) = (.number, "int32")
    case .int64: (self, name) = (.number, "int64")
    case .double: (self, name) = (.number, "float64")
    case .quantity: (self, name) = (.quantity, "resource.Quantity")
    case .intOrString: (self, name) = (.intOrString, "intstr.IntOrString")
    case .time: (self, name) = (.time, "v1.Time")
    case .microTime: (self, name) = (.time, "v1.MicroTime")
    case .any: (self, name) = (.json, "v1.FieldsV1")
    case .array(let element):
      self = .list(GoShape(element, name: &name))
      name = "[]" + name
    case .map(let element):
      self = .map(GoShape(element, name: &name))
      name = "map[string]" + name
    case .object(let definition):
      let definition = definition()
      self = .structure(GoStructure(definition))
      name = "v1." + (definition.name.split(separator: ".").last ?? "")
    }
  }
}

/// A structure: what stands before each field's value, and after the last.
struct GoStructure: Sendable {
  struct Slot: Sendable {
    let prefix: [UInt8]
    let key: String
    let shape: GoShape
    let absent: [UInt8]
  }
  let slots: [Slot]
  let close: [UInt8]

  init(_ definition: Definition) {
    let embedded = GoNames.embedded[definition.name]
    var slots: [Slot] = []
    var before = "{"
    for field in definition.fields {
      if let embedded, field.name == embedded.first { before += "\(embedded.name):(v1.\(embedded.name)){" }
      var type = ""
      let shape = GoShape(field.type, name: &type)
      if let goType = field.goType { type = goType }
      let isPointer = field.pointer || GoStructure.isPointer(field)
      let name = GoNames.name(of: field.name, in: definition.name)
      slots.append(
        Slot(
          prefix: Array("\(before)\(name):(\(isPointer ? "*" : "")\(type))".utf8), key: field.name, shape: shape,
          absent: isPointer ? GoShape.null : shape.zero))
      before = " "
      if let embedded, field.name == embedded.last { before = "} " }
    }
    self.slots = slots
    close = Array((before == "} " ? "}}" : slots.isEmpty ? "{}" : "}").utf8)
  }

  /// Whether Go holds the field by a pointer though its rows don't say so: structures that may be left out.
  private static func isPointer(_ field: Field) -> Bool {
    switch field.type {
    case .object, .time, .microTime, .quantity, .intOrString, .any: !field.always
    default: false
    }
  }
}

/// The names that Go has for fields and that JSON doesn't show.
enum GoNames {
  struct Embedded: Sendable {
    let name: String
    let first: String
    let last: String
  }

  private static let localReference = Embedded(name: "LocalObjectReference", first: "name", last: "name")

  /// Structures whose fields JSON shows among those of the one around them.
  static let embedded: [String: Embedded] = [
    "core.v1.Probe": Embedded(name: "ProbeHandler", first: "exec", last: "grpc"),
    "core.v1.Volume": Embedded(name: "VolumeSource", first: "hostPath", last: "ephemeral"),
    "core.v1.EphemeralContainer": Embedded(name: "EphemeralContainerCommon", first: "name", last: "tty"),
    "core.v1.ConfigMapKeySelector": localReference, "core.v1.SecretKeySelector": localReference,
    "core.v1.ConfigMapEnvSource": localReference, "core.v1.SecretEnvSource": localReference,
    "core.v1.ConfigMapVolumeSource": localReference, "core.v1.ConfigMapProjection": localReference,
    "core.v1.SecretProjection": localReference,
  ]

  static func name(of field: String, in definition: String) -> String {
    if definition == "core.v1.RBDVolumeSource", let name = blockDevice[field] { return name }
    return special[field] ?? field.prefix(1).uppercased() + field.dropFirst()
  }

  private static let blockDevice = ["monitors": "CephMonitors", "image": "RBDImage", "pool": "RBDPool", "user": "RadosUser"]

  private static let special = [
    "apiGroup": "APIGroup", "apiVersion": "APIVersion", "awsElasticBlockStore": "AWSElasticBlockStore", "cephfs": "CephFS",
    "chapAuthDiscovery": "DiscoveryCHAPAuth", "chapAuthSession": "SessionCHAPAuth", "csi": "CSI", "diskURI": "DataDiskURI",
    "dnsConfig": "DNSConfig", "dnsPolicy": "DNSPolicy", "endpoints": "EndpointsName", "fc": "FC", "fsGroup": "FSGroup",
    "fsGroupChangePolicy": "FSGroupChangePolicy", "fsType": "FSType", "gcePersistentDisk": "GCEPersistentDisk",
    "gmsaCredentialSpec": "GMSACredentialSpec", "gmsaCredentialSpecName": "GMSACredentialSpecName", "grpc": "GRPC",
    "httpGet": "HTTPGet", "httpHeaders": "HTTPHeaders", "ip": "IP", "iqn": "IQN", "iscsi": "ISCSI", "iscsiInterface": "ISCSIInterface",
    "metadata": "ObjectMeta", "nfs": "NFS", "os": "OS", "pdName": "PDName", "rbd": "RBD", "seLinuxOptions": "SELinuxOptions",
    "serviceAccount": "DeprecatedServiceAccount", "sslEnabled": "SSLEnabled", "storageos": "StorageOS", "tcpSocket": "TCPSocket",
    "tty": "TTY", "uid": "UID", "wwids": "WWIDs",
  ]
}
