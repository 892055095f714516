import APIMachinery
import Posix

// Where a command reads and writes, so that a test can stand in for a terminal.

/// A command's surroundings: streams, environment, folder and wall clock.
public protocol Console: AnyObject {
  /// Data, to standard output; kept until `flush`.
  func write(_ text: String)
  /// Talk, to standard error, after what was written to standard output before it.
  func complain(_ text: String)
  /// Hands on what was written. False where the reader has gone.
  @discardableResult func flush() -> Bool
  /// Bytes to standard output, whatever they are.
  func write(bytes: [UInt8])
  /// Bytes to standard error.
  func complain(bytes: [UInt8])
  /// All of standard input.
  func readInput() throws -> [UInt8]
  /// Standard input's descriptor, to be waited on; nil: there is nothing to wait for, `readInput` has it all.
  var inputDescriptor: Int32? { get }
  func environment(_ name: String) -> String?
  var workingFolder: String { get }
  /// The machine's clock; a cluster's time is its Client's.
  var wallTime: Instant { get }
  var outputIsTerminal: Bool { get }
  var errorIsTerminal: Bool { get }
  var inputIsTerminal: Bool { get }
}

extension Console {
  public func write(bytes: [UInt8]) { write(String(decoding: bytes, as: UTF8.self)) }
  public func complain(bytes: [UInt8]) { complain(String(decoding: bytes, as: UTF8.self)) }
  public var inputDescriptor: Int32? { nil }
}

/// The process's own console.
public final class ProcessConsole: Console {
  private var pending: [UInt8] = []
  private var readerGone = false

  public init() {}

  public func write(_ text: String) {
    pending += text.utf8
    if pending.count > 1 << 16 { flush() }
  }

  public func complain(_ text: String) {
    flush()
    _ = Machine.write(Array(text.utf8), to: 2)
  }

  public func write(bytes: [UInt8]) {
    pending += bytes
    if pending.count > 1 << 16 { flush() }
  }

  public func complain(bytes: [UInt8]) {
    flush()
    _ = Machine.write(bytes, to: 2)
  }

  public var inputDescriptor: Int32? { 0 }

  @discardableResult public func flush() -> Bool {
    if !pending.isEmpty, !readerGone { readerGone = !Machine.write(pending, to: 1) }
    pending.removeAll(keepingCapacity: true)
    return !readerGone
  }

  public func readInput() throws -> [UInt8] { try Machine.readAll(0) }
  public func environment(_ name: String) -> String? { Machine.environment(name) }
  public var workingFolder: String { Machine.workingFolder }
  public var wallTime: Instant { Instant(nanoseconds: Machine.wallNanoseconds) }
  public var outputIsTerminal: Bool { Machine.isTerminal(1) }
  public var errorIsTerminal: Bool { Machine.isTerminal(2) }
  public var inputIsTerminal: Bool { Machine.isTerminal(0) }
}
