import APIMachinery
import Formats
import Posix

// The control groups that bound containers, where this machine lets us make any: version 2 and version 1.

/// Where containers' control groups are made: below our own. A controller that can't be had is left out, which its user has to make up for.
struct ControlGroups: Sendable {
  /// A folder in which groups are made, for one controller.
  struct Place: Equatable, Sendable {
    let folder: String
    let isUnified: Bool
  }

  private(set) var memory: Place?
  private(set) var processor: Place?

  private static let mounts = "/sys/fs/cgroup"
  /// What `kctl agent unit` calls the daemon's own group.
  private static let daemon = "/kctl-daemon"

  /// - Parameters:
  ///   - membership: the text of `/proc/self/cgroup`.
  ///   - root: where control groups are mounted.
  init(membership: String, root: String = ControlGroups.mounts) {
    for line in membership.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let own = parts[2] == "/" ? "" : String(parts[2])
      if parts[1].isEmpty {
        // Where systemd has delegated a group, the daemon has one in it by itself, as groups with processes hand nothing down.
        let above = own.hasSuffix(ControlGroups.daemon) ? String(own.dropLast(ControlGroups.daemon.utf8.count)) : own
        for folder in [root + above, root + "/unified" + above] {
          if memory == nil, ControlGroups.hands(down: "memory", folder) { memory = Place(folder: folder, isUnified: true) }
          if processor == nil, ControlGroups.hands(down: "cpu", folder) { processor = Place(folder: folder, isUnified: true) }
        }
        continue
      }
      let controllers = parts[1].split(separator: ",")
      func find(_ controller: Substring, _ file: String) -> Place? {
        guard controllers.contains(controller) else { return nil }
        let folders = [root + "/" + parts[1] + own, root + "/" + controller + own]
        return folders.first { Folder.exists($0 + "/" + file) }.map { Place(folder: $0, isUnified: false) }
      }
      memory = memory ?? find("memory", "memory.limit_in_bytes")
      processor = processor ?? find("cpu", "cpu.cfs_quota_us")
    }
  }

  /// As this process is placed now.
  static var ofThisProcess: ControlGroups {
    let membership = (try? Machine.readFile("/proc/self/cgroup")) ?? []
    return ControlGroups(membership: String(decoding: membership, as: UTF8.self))
  }

  /// Whether a group of version 2 hands a controller down to those below it, or can be made to: one with processes of its own can not.
  private static func hands(down controller: String, _ folder: String) -> Bool {
    let file = folder + "/cgroup.subtree_control"
    guard let before = words(of: file) else { return false }
    if before.contains(controller) { return true }
    guard (try? write("+" + controller, to: file)) != nil else { return false }
    return words(of: file)?.contains(controller) ?? false
  }

  private static func words(of file: String) -> [String]? {
    guard let bytes = try? Machine.readFile(file) else { return nil }
    return String(decoding: bytes, as: UTF8.self).split { $0 == " " || $0 == "\n" }.map(String.init)
  }

  private static func write(_ text: String, to file: String) throws(SystemFailure) {
    try Descriptor(file, .readWrite).write(Array(text.utf8), at: 0)
  }

  // MARK: Making

  /// The groups of one container.
  struct Made: Equatable {
    var folders: [String] = []
    var boundsMemory = false
  }

  /// Makes what bounds a container as its limits say, as far as that is to be had.
  func make(_ name: String, _ limits: ContainerLimits) -> Made {
    var made = Made()
    if let bytes = limits.memoryBytes, let memory, let folder = ControlGroups.group(name, in: memory) {
      let file = memory.isUnified ? "memory.max" : "memory.limit_in_bytes"
      if (try? ControlGroups.write(String(bytes), to: "\(folder)/\(file)")) != nil {
        // One that runs out of memory ends as a whole, as in Kubernetes.
        if memory.isUnified { try? ControlGroups.write("1", to: folder + "/memory.oom.group") }
        made.folders.append(folder)
        made.boundsMemory = true
      } else {
        try? Folder.removeEmpty(folder)
      }
    }
    if let milli = limits.processorMilli, let processor, let folder = ControlGroups.group(name, in: processor) {
      let quota = max(1000, milli.multipliedReportingOverflow(by: 100).partialValue)
      let isBound: Bool
      if processor.isUnified {
        isBound = (try? ControlGroups.write("\(quota) 100000", to: folder + "/cpu.max")) != nil
      } else {
        isBound = (try? ControlGroups.write(String(quota), to: folder + "/cpu.cfs_quota_us")) != nil
      }
      if made.folders.contains(folder) { return made }
      if isBound { made.folders.append(folder) } else { try? Folder.removeEmpty(folder) }
    }
    return made
  }

  private static func group(_ name: String, in place: Place) -> String? {
    guard let above = try? FolderHandle(place.folder), (try? above.makeFolder(name, mode: 0o755)) != nil else { return nil }
    return "\(place.folder)/\(name)"
  }
}

/// What `resources.limits` bounds.
struct ContainerLimits: Equatable {
  var memoryBytes: UInt64?
  var processorMilli: Int64?

  init(_ spec: Value) {
    let limits = spec["resources"]["limits"]
    memoryBytes = ContainerLimits.quantity(limits["memory"]).flatMap { UInt64(exactly: $0.value) }
    processorMilli = ContainerLimits.quantity(limits["cpu"]).map(\.milliValue).flatMap { $0 > 0 && $0 < 1 << 40 ? $0 : nil }
  }

  private static func quantity(_ value: Value) -> Quantity? { (value.string ?? value.int.map { String($0) }).flatMap { try? Quantity($0) } }
}
