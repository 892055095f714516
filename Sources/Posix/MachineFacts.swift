#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What this machine is, and how much of it is ours.

/// What this machine is, and how much of it this process may use.
public struct MachineFacts: Sendable {
  /// Thousandths of a processor: those that we may run on, or less where a control group says so.
  public var processorMilli: Int
  public var memoryBytes: Int
  /// The size of the file system that holds a path.
  public var diskBytes: Int
  /// Memory set aside in pages of these sizes.
  public var hugePages: [(size: Int, bytes: Int)]
  /// As uname says it: `x86_64`.
  public var machine: String
  public var kernelVersion: String
  /// `linux` or `darwin`.
  public var operatingSystem: String
  /// `Debian GNU/Linux 12 (bookworm)`
  public var systemName: String
  public var hostname: String
  public var machineID: String
  public var systemUUID: String
  public var bootID: String

  /// - Parameter disk: a path on the disk that counts.
  public init(disk: String) {
    let limits = ControlGroupLimits.current
    processorMilli = min(Machine.processors * 1000, limits.processorMilli ?? .max)
    memoryBytes = min(Machine.memoryBytes, limits.memoryBytes ?? .max)
    diskBytes = Machine.diskBytes(disk)
    var names = utsname()
    uname(&names)
    machine = MachineFacts.string(names.machine)
    kernelVersion = MachineFacts.string(names.release)
    hostname = MachineFacts.string(names.nodename)
    #if os(Linux)
      operatingSystem = "linux"
      systemName = MachineFacts.prettyName(Machine.text("/etc/os-release") ?? Machine.text("/usr/lib/os-release") ?? "")
      machineID = MachineFacts.word("/etc/machine-id", "/var/lib/dbus/machine-id")
      // Only root may read the firmware's.
      let firmware = MachineFacts.word("/sys/class/dmi/id/product_uuid")
      systemUUID = firmware.isEmpty ? machineID : firmware
      bootID = MachineFacts.word("/proc/sys/kernel/random/boot_id")
      hugePages = MachineFacts.setAside()
    #else
      operatingSystem = "darwin"
      systemName = "macOS \(Machine.system("kern.osproductversion"))"
      machineID = MachineFacts.hostIdentifier()
      systemUUID = machineID
      bootID = Machine.system("kern.bootsessionuuid")
      hugePages = []
    #endif
  }

  private static func string<T>(_ characters: T) -> String {
    withUnsafeBytes(of: characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The first of several files' texts that says anything.
  private static func word(_ paths: String...) -> String {
    for path in paths {
      let word = (Machine.text(path) ?? "").split { $0 == "\n" || $0 == " " }.first
      if let word { return String(word) }
    }
    return ""
  }

  /// PRETTY_NAME of os-release(5).
  static func prettyName(_ release: String) -> String {
    for line in release.split(separator: "\n") where line.hasPrefix("PRETTY_NAME=") {
      let value = line.dropFirst("PRETTY_NAME=".count)
      let isQuoted = value.count >= 2 && (value.first == "\"" || value.first == "'") && value.first == value.last
      return String(isQuoted ? value.dropFirst().dropLast() : value)
    }
    return "Linux"
  }

  #if os(Linux)
    private static func setAside() -> [(size: Int, bytes: Int)] {
      let root = "/sys/kernel/mm/hugepages"
      return ((try? Machine.entries(of: root)) ?? []).compactMap { name in
        guard name.hasPrefix("hugepages-"), name.hasSuffix("kB"), let kibibytes = Int(name.dropFirst(10).dropLast(2)) else { return nil }
        let count = Int(word("\(root)/\(name)/nr_hugepages")) ?? 0
        return (kibibytes << 10, kibibytes << 10 &* count)
      }
    }
  #else
    private static func hostIdentifier() -> String {
      var bytes = [UInt8](repeating: 0, count: 16)
      var patience = timespec(tv_sec: 1, tv_nsec: 0)
      guard gethostuuid(&bytes, &patience) == 0 else { return "" }
      let digits = Array("0123456789ABCDEF".utf8)
      var text: [UInt8] = []
      for (i, byte) in bytes.enumerated() {
        if [4, 6, 8, 10].contains(i) { text.append(UInt8(ascii: "-")) }
        text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
      return String(decoding: text, as: UTF8.self)
    }
  #endif
}

extension Machine {
  /// The processors that this process may run on.
  public static var processors: Int {
    let allowed = (text("/proc/self/status") ?? "").split(separator: "\n").first { $0.hasPrefix("Cpus_allowed:") }
    let count = allowed.map { $0.dropFirst("Cpus_allowed:".count).reduce(0) { $0 + ($1.hexDigitValue?.nonzeroBitCount ?? 0) } } ?? 0
    return count > 0 ? count : max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))
  }

  /// All the memory that the system has.
  public static var memoryBytes: Int {
    #if os(Linux)
      if let total = memoryTable("MemTotal") { return total }
    #else
      var bytes: UInt64 = 0
      var size = MemoryLayout<UInt64>.size
      if sysctlbyname("hw.memsize", &bytes, &size, nil, 0) == 0 { return Int(bytes) }
    #endif
    return Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(getpagesize())
  }

  /// A line of /proc/meminfo, in bytes.
  static func memoryTable(_ name: String) -> Int? {
    for line in (text("/proc/meminfo") ?? "").split(separator: "\n") where line.hasPrefix(name + ":") {
      return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
    }
    return nil
  }

  static func diskBytes(_ path: String) -> Int {
    var info = statvfs()
    return statvfs(path, &info) == 0 ? Int(info.f_blocks) &* Int(info.f_frsize) : 0
  }

  #if !os(Linux)
    static func system(_ name: String) -> String {
      var size = 0
      guard sysctlbyname(name, nil, &size, nil, 0) == 0, size > 0 else { return "" }
      var bytes = [UInt8](repeating: 0, count: size)
      guard sysctlbyname(name, &bytes, &size, nil, 0) == 0 else { return "" }
      return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  #endif
}
