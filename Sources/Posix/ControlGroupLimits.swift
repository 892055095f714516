// What control groups leave us of the machine: version 2 and version 1, our own group and those above it.

/// The bounds that control groups set on this process; nil: none.
public struct ControlGroupLimits: Equatable, Sendable {
  /// Thousandths of a processor.
  public private(set) var processorMilli: Int?
  public private(set) var memoryBytes: Int?
  /// The folder of the group that bounds our memory, and whether it is of version 2: where its use is told.
  public private(set) var memoryGroup: Group?
  public private(set) var processorGroup: Group?

  /// A control group's folder.
  public struct Group: Equatable, Sendable {
    public let folder: String
    public let isUnified: Bool
  }

  private static let mounts = "/sys/fs/cgroup"

  /// - Parameters:
  ///   - membership: the text of `/proc/self/cgroup`.
  ///   - read: a file's text; nil where it can't be read.
  public init(membership: String, read: (String) -> String?) {
    for line in membership.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      let controllers = parts[1].split(separator: ",")
      for path in ControlGroupLimits.ancestry(String(parts[2])) {
        if controllers.isEmpty { for root in [Self.mounts, Self.mounts + "/unified"] { unified(root + path, read) } }
        // Mounted under all its controllers' names, or a link under each.
        if controllers.contains("cpu") { for name in [String(parts[1]), "cpu"] { processors("\(Self.mounts)/\(name)\(path)", read) } }
        if controllers.contains("memory") { for name in [String(parts[1]), "memory"] { memory("\(Self.mounts)/\(name)\(path)", read) } }
      }
    }
  }

  /// A group's path and those above it: within a container only the last, the root, may be visible.
  private static func ancestry(_ path: String) -> [String] {
    var out: [String] = []
    var rest = path.split(separator: "/")
    while !rest.isEmpty {
      out.append("/" + rest.joined(separator: "/"))
      rest.removeLast()
    }
    return out + [""]
  }

  private mutating func unified(_ folder: String, _ read: (String) -> String?) {
    let group = Group(folder: folder, isUnified: true)
    let quota = (read(folder + "/cpu.max") ?? "").split { $0 == " " || $0 == "\n" }
    if quota.count == 2, let time = Int(quota[0]), let period = Int(quota[1]) { bound(time, period, group) }
    if let limit = number(read(folder + "/memory.max")) { bound(limit, group) }
  }

  private mutating func processors(_ folder: String, _ read: (String) -> String?) {
    guard let time = number(read(folder + "/cpu.cfs_quota_us")), let period = number(read(folder + "/cpu.cfs_period_us")) else { return }
    bound(time, period, Group(folder: folder, isUnified: false))
  }

  private mutating func memory(_ folder: String, _ read: (String) -> String?) {
    guard let limit = number(read(folder + "/memory.limit_in_bytes")) else { return }
    bound(limit, Group(folder: folder, isUnified: false))
  }

  private mutating func bound(_ time: Int, _ period: Int, _ group: Group) {
    guard time > 0, period > 0, time < 1 << 50 else { return }
    let milli = max(1, time * 1000 / period)
    guard processorMilli.map({ milli < $0 }) ?? true else { return }
    (processorMilli, processorGroup) = (milli, group)
  }

  private mutating func bound(_ limit: Int, _ group: Group) {
    // Version 1 says "none" by the greatest number of whole pages.
    guard limit > 0, limit < 1 << 60, memoryBytes.map({ limit < $0 }) ?? true else { return }
    (memoryBytes, memoryGroup) = (limit, group)
  }

  private func number(_ text: String?) -> Int? { text.flatMap { $0.split(separator: "\n").first.flatMap { Int($0) } } }
}

extension ControlGroupLimits {
  /// As this process finds them now.
  public static var current: ControlGroupLimits {
    ControlGroupLimits(membership: Machine.text("/proc/self/cgroup") ?? "", read: Machine.text)
  }
}

extension Machine {
  /// A file's text; nil where it can't be read.
  static func text(_ path: String) -> String? { (try? readFile(path)).map { String(decoding: $0, as: UTF8.self) } }
}
