#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// What of the machine is in use: all programs together.

/// What of the machine is in use, by all programs together: of our share where control groups give us one.
public struct MachineUsage: Equatable, Sendable {
  /// Processor time since the machine, or the group, began; a rate is the difference of two.
  public var processorNanoseconds: Int64
  /// Memory that could not be had back at once.
  public var memoryBytes: Int

  public init(processorNanoseconds: Int64, memoryBytes: Int) {
    self.processorNanoseconds = processorNanoseconds
    self.memoryBytes = memoryBytes
  }

  /// Now; nil where the system doesn't tell.
  public static var now: MachineUsage? {
    let limits = ControlGroupLimits.current
    guard let time = limits.processorGroup.flatMap(time(of:)) ?? processorTime(),
      let memory = limits.memoryGroup.flatMap(memory(of:)) ?? memoryInUse()
    else { return nil }
    return MachineUsage(processorNanoseconds: time, memoryBytes: memory)
  }

  private static func time(of group: ControlGroupLimits.Group) -> Int64? {
    if group.isUnified { return row("usage_usec", of: Machine.text(group.folder + "/cpu.stat")).map { Int64($0) &* 1000 } }
    return Machine.text(group.folder + "/cpuacct.usage").flatMap { Int64($0.prefix { $0 != "\n" }) }
  }

  private static func memory(of group: ControlGroupLimits.Group) -> Int? {
    let file = group.folder + (group.isUnified ? "/memory.current" : "/memory.usage_in_bytes")
    guard let used = Machine.text(file).flatMap({ Int($0.prefix { $0 != "\n" }) }) else { return nil }
    // As Kubernetes' working set: without what files have cached and nobody has used since.
    let idle = row(group.isUnified ? "inactive_file" : "total_inactive_file", of: Machine.text(group.folder + "/memory.stat")) ?? 0
    return max(0, used - idle)
  }

  /// `name number`, a line of a table.
  private static func row(_ name: String, of table: String?) -> Int? {
    for line in (table ?? "").split(separator: "\n") where line.hasPrefix(name + " ") { return Int(line.dropFirst(name.count + 1)) }
    return nil
  }

  #if os(Linux)
    private static func processorTime() -> Int64? {
      // cpu user nice system idle iowait irq softirq …; guests are in user's time already.
      let words = (Machine.text("/proc/stat") ?? "").prefix { $0 != "\n" }.split(separator: " ").dropFirst().map { Int64($0) ?? 0 }
      guard words.count >= 7 else { return nil }
      let ticks = words[0] + words[1] + words[2] + words[5] + words[6]
      let second = max(1, Int64(sysconf(Int32(_SC_CLK_TCK))))
      return ticks &* (1_000_000_000 / second)
    }

    private static func memoryInUse() -> Int? {
      guard let total = Machine.memoryTable("MemTotal"), let free = Machine.memoryTable("MemAvailable") else { return nil }
      return max(0, total - free)
    }
  #else
    private static func processorTime() -> Int64? {
      var info = host_cpu_load_info()
      var size = mach_msg_type_number_t(MemoryLayout<host_cpu_load_info>.size / MemoryLayout<integer_t>.size)
      let result = withUnsafeMutablePointer(to: &info) { pointer in
        pointer.withMemoryRebound(to: integer_t.self, capacity: Int(size)) {
          host_statistics(mach_host_self(), HOST_CPU_LOAD_INFO, $0, &size)
        }
      }
      guard result == KERN_SUCCESS else { return nil }
      // User, system, idle, nice.
      let ticks = Int64(info.cpu_ticks.0) + Int64(info.cpu_ticks.1) + Int64(info.cpu_ticks.3)
      return ticks &* (1_000_000_000 / max(1, Int64(sysconf(Int32(_SC_CLK_TCK)))))
    }

    private static func memoryInUse() -> Int? {
      var info = vm_statistics64()
      var size = mach_msg_type_number_t(MemoryLayout<vm_statistics64>.size / MemoryLayout<integer_t>.size)
      let result = withUnsafeMutablePointer(to: &info) { pointer in
        pointer.withMemoryRebound(to: integer_t.self, capacity: Int(size)) {
          host_statistics64(mach_host_self(), HOST_VM_INFO64, $0, &size)
        }
      }
      guard result == KERN_SUCCESS else { return nil }
      return (Int(info.active_count) + Int(info.wire_count) + Int(info.compressor_page_count)) * Int(getpagesize())
    }
  #endif
}
