import Arguments
import Client
import Posix

// A stream into a container, run between it and whoever sits at the console.

/// Runs a stream to its end.
struct StreamRun {
  let stream: any PodStream
  let console: any Console
  /// Whether input is passed on.
  var passesInput = false
  /// Whether the keys of our terminal are the container's.
  var isRaw = false
  /// What ends an attached session and leaves its program running: Ctrl-P, Ctrl-Q. Nil: nothing does.
  var detaches = false

  /// How often a terminal's size is looked at beside the signal that tells of it.
  private static let look: Int64 = 250_000_000

  /// How it has ended; nil: whoever sits there has detached.
  func run() throws -> StreamEnd? {
    defer { stream.end() }
    var source: InputSource? = passesInput ? InputSource(console, detaches: detaches) : nil
    let raw = isRaw && console.inputDescriptor.map(Terminal.makeRaw) ?? false
    defer { if raw { Terminal.restore() } }
    if isRaw {
      Terminal.watchResizes()
      // A program that runs already draws its screen anew when its size changes, so it is changed.
      if detaches { tellSize(grown: 1) }
      tellSize()
    }
    while true {
      if isRaw, Terminal.wasResized { tellSize() }
      for piece in try stream.received() {
        switch piece {
        case .output(let bytes): console.write(bytes: bytes)
        case .errors(let bytes): console.complain(bytes: bytes)
        case .outputEnded: break
        case .ended(let end):
          // While the terminal is still as it was told for.
          console.flush()
          return end
        }
      }
      if !console.flush() { throw QuietExit(.success) }
      if !raw, Terminal.isInterrupted { throw QuietExit(.interrupted) }
      let reads = source != nil && !stream.isFull
      let link: Poller.Interest = stream.hasUnsent ? [.read, .write] : .read
      var wanted: [(descriptor: Int32, interest: Poller.Interest)] = [(stream.descriptor, link)]
      if reads, let descriptor = console.inputDescriptor { wanted.append((descriptor, .read)) }
      let ready = Machine.wait(for: wanted, nanoseconds: isRaw ? StreamRun.look : nil)
      if ready[0].contains(.write) { stream.flush() }
      guard reads, wanted.count == 1 || !ready[1].isEmpty else { continue }
      switch try source?.next() {
      case .bytes(let bytes): stream.send(bytes)
      case .end:
        source = nil
        stream.endInput()
      case .detach: return nil
      case nil: break
      }
    }
  }

  private func tellSize(grown more: Int = 0) {
    guard let size = Terminal.size(1) ?? Terminal.size(0) else { return }
    stream.resize(columns: size.columns + more, rows: size.rows + more)
  }
}

/// Standard input, piece by piece.
private struct InputSource {
  enum Piece {
    case bytes([UInt8])
    case end
    case detach
  }

  private let console: any Console
  private let detaches: Bool
  /// Whether Ctrl-P was typed and is held back until it is clear what it means.
  private var holdsKey = false

  private static let (controlP, controlQ): (UInt8, UInt8) = (16, 17)

  init(_ console: any Console, detaches: Bool) {
    self.console = console
    self.detaches = detaches
  }

  /// What comes next; to be called where there is something.
  mutating func next() throws -> Piece {
    guard let descriptor = console.inputDescriptor else {
      let all = try console.readInput()
      return all.isEmpty ? .end : .bytes(all)
    }
    let bytes = try Machine.readSome(descriptor, atMost: 1 << 15)
    if bytes.isEmpty { return .end }
    guard detaches else { return .bytes(bytes) }
    var passed: [UInt8] = []
    for byte in bytes {
      if holdsKey, byte == InputSource.controlQ { return .detach }
      if holdsKey { passed.append(InputSource.controlP) }
      holdsKey = byte == InputSource.controlP
      if !holdsKey { passed.append(byte) }
    }
    return .bytes(passed)
  }
}

extension StreamEnd {
  /// Throws what a command whose stream has ended so ends with.
  func check(_ session: Session) throws {
    switch self {
    case .success: return
    case .exited(let code):
      _ = session.console.flush()
      session.say("command terminated with exit code \(code)")
      throw QuietExit(ExitCode(rawValue: code))
    case .failed(let text): throw Failure(text)
    }
  }
}
