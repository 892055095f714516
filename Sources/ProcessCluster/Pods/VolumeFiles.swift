import API
import APIMachinery
import Client
import Formats

// What the files of a volume are to hold: decided from objects, before anything is written.

/// The files of a configMap, secret, downwardAPI or projected volume, by their paths within it.
public struct VolumeFiles: Equatable, Sendable {
  public struct File: Equatable, Sendable {
    public var bytes: [UInt8]
    public var mode: UInt32
  }

  public private(set) var files: [String: File] = [:]

  init() {}

  /// Sorted, so that equal volumes are written alike.
  var paths: [String] { files.keys.sorted() }

  /// Nil: the volume's type has no such files.
  init?(_ volume: Value, _ fields: DownwardFields, _ lister: any Lister) throws(MountFailure) {
    let name = volume["name"].text
    guard let (type, source) = VolumeFiles.source(volume) else { return nil }
    let namespace = fields.pod.namespace
    do throws(ContainerProblem) {
      switch type {
      case "configMap":
        try add(lister.get(ObjectKey(Kinds.configMap, namespace, source["name"].text)), source, source["defaultMode"])
      case "secret":
        try add(lister.get(ObjectKey(Kinds.secret, namespace, source["secretName"].text)), source, source["defaultMode"])
      case "downwardAPI": try add(fields, source, source["defaultMode"])
      default:
        for part in source["sources"].items { try add(part, source["defaultMode"], fields, lister) }
      }
    } catch {
      throw MountFailure(volume: name, why: error.description)
    }
  }

  /// The volume's type and source, where it is one of files that we write.
  static func source(_ volume: Value) -> (type: String, source: Value)? {
    for type in ["configMap", "secret", "downwardAPI", "projected"] where volume[type].object != nil { return (type, volume[type]) }
    return nil
  }

  private mutating func add(
    _ part: Value, _ defaultMode: Value, _ fields: DownwardFields, _ lister: any Lister
  ) throws(ContainerProblem) {
    let namespace = fields.pod.namespace
    for (field, kind) in [("configMap", Kinds.configMap), ("secret", Kinds.secret)] where part[field].object != nil {
      try add(lister.get(ObjectKey(kind, namespace, part[field]["name"].text)), part[field], defaultMode)
    }
    if part["downwardAPI"].object != nil { try add(fields, part["downwardAPI"], defaultMode) }
    let token = part["serviceAccountToken"]
    if token.object != nil {
      let bytes = Array(PowerlessToken.text(for: fields.pod, audience: token["audience"].text).utf8)
      try put(token["path"].text, bytes, VolumeFiles.mode(.null, defaultMode, isSecret: true))
    }
  }

  /// The keys of a ConfigMap or Secret; nil stands for one that is optional, or not there yet.
  private mutating func add(_ object: Value?, _ source: Value, _ defaultMode: Value) throws(ContainerProblem) {
    guard let object else { return }
    let isSecret = object.kind == Kinds.secret.name
    func bytes(_ key: String) throws(ContainerProblem) -> [UInt8]? {
      if !isSecret, let text = object["data"].members[key] { return Array(text.text.utf8) }
      guard let text = object[isSecret ? "data" : "binaryData"].members[key] else { return nil }
      do { return try Base64.decode(text.text) } catch { throw ContainerProblem("key \(goQuoted(key)) is no base64") }
    }
    let items = source["items"].items
    if items.isEmpty {
      for key in object["data"].members.keys + (isSecret ? [] : object["binaryData"].members.keys) {
        // The server lets no such key in; that it may come to a file's name is judged here again.
        guard !key.utf8.contains(UInt8(ascii: "/")) else { throw ContainerProblem("invalid path: must be a file name: \(key)") }
        if let bytes = try bytes(key) { try put(key, bytes, VolumeFiles.mode(.null, defaultMode, isSecret: isSecret)) }
      }
      return
    }
    for item in items {
      let key = item["key"].text
      if let bytes = try bytes(key) {
        try put(item["path"].text, bytes, VolumeFiles.mode(item["mode"], defaultMode, isSecret: isSecret))
      } else if source["optional"].bool != true {
        throw ContainerProblem("references non-existent \(isSecret ? "secret" : "config") key: \(key)")
      }
    }
  }

  private mutating func add(_ fields: DownwardFields, _ source: Value, _ defaultMode: Value) throws(ContainerProblem) {
    for item in source["items"].items {
      let hasField = item["fieldRef"].object != nil
      let text =
        hasField ? try fields.field(item["fieldRef"]["fieldPath"].text) : try fields.amount(item["resourceFieldRef"], of: nil)
      try put(item["path"].text, Array(text.utf8), VolumeFiles.mode(item["mode"], defaultMode, isSecret: false))
    }
  }

  /// A file's permission bits. Secrets are 0600 where only the API's default of 0644 stands: nobody but the owner is to read them.
  private static func mode(_ own: Value, _ common: Value, isSecret: Bool) -> UInt32 {
    if let own = own.int { return UInt32(truncatingIfNeeded: own) & 0o777 }
    let mode = UInt32(truncatingIfNeeded: common.int ?? 0o644) & 0o777
    return isSecret && mode == 0o644 ? 0o600 : mode
  }

  private mutating func put(_ path: String, _ bytes: [UInt8], _ mode: UInt32) throws(ContainerProblem) {
    files[try VolumeFiles.clean(path)] = File(bytes: bytes, mode: mode)
  }

  /// A path as Kubernetes' AtomicWriter takes it, without what means nothing; or its words for what is wrong.
  static func clean(_ path: String) throws(ContainerProblem) -> String {
    if path.isEmpty { throw ContainerProblem("invalid path: must not be empty: \(goQuoted(path))") }
    if path.hasPrefix("/") { throw ContainerProblem("invalid path: must be relative path: \(path)") }
    if path.utf8.count > 4096 { throw ContainerProblem("invalid path: must be less than or equal to 4096 characters") }
    if path.utf8.contains(0) { throw ContainerProblem("invalid path: must not contain a NUL byte: \(goQuoted(path))") }
    let items = path.split(separator: "/").filter { $0 != "." }
    if items.contains("..") { throw ContainerProblem("invalid path: must not contain '..': \(path)") }
    if items.contains(where: { $0.utf8.count > 255 }) {
      throw ContainerProblem("invalid path: filenames must be less than or equal to 255 characters")
    }
    guard let first = items.first else { throw ContainerProblem("invalid path: must not be empty: \(goQuoted(path))") }
    if first.hasPrefix("..") { throw ContainerProblem("invalid path: must not start with '..': \(path)") }
    return items.joined(separator: "/")
  }
}
