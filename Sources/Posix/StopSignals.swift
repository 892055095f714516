import CPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Signals that end a server, as something to read.

/// SIGINT, SIGTERM and SIGUSR1 as bytes of a pipe, from its making on for the rest of the process.
public final class StopSignals {
  /// Readable once a signal has come.
  public let descriptor: Int32

  public init() throws(SystemFailure) {
    var ends: [Int32] = [-1, -1]
    guard cposix_pipe(&ends) == 0 else { throw .last }
    descriptor = ends[0]
    cposix_tell_signals(ends[1])
  }

  /// All signals that have come.
  public private(set) var taken: [Int32] = []

  /// The signals that have come since the last call.
  public func take() -> [Int32] {
    var bytes = [UInt8](repeating: 0, count: 16)
    let n = bytes.withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
    let fresh = n > 0 ? bytes[..<n].map(Int32.init) : []
    taken += fresh
    return fresh
  }
}

extension Machine {
  /// Allows this process as many open descriptors as it may allow itself; returns how many that are.
  public static func raiseDescriptorLimit() -> Int { cposix_raise_descriptor_limit() }
  public static var userID: UInt32 { getuid() }
}
