import Client
import Posix

// A stream between two functions, with nobody at a console.

/// Runs a stream to its end: its input from a function, its output into others.
struct StreamPump {
  let stream: any PodStream
  /// The next input; nil at its end. Nil itself: there is none.
  var input: (() throws -> [UInt8]?)?
  var output: ([UInt8]) throws -> Void = { _ in }
  var errors: ([UInt8]) throws -> Void = { _ in }

  func run() throws -> StreamEnd {
    defer { stream.end() }
    var input = input
    while true {
      for piece in try stream.received() {
        switch piece {
        case .output(let bytes): try output(bytes)
        case .errors(let bytes): try errors(bytes)
        case .outputEnded: break
        case .ended(let end): return end
        }
      }
      if Terminal.isInterrupted { throw QuietExit(.interrupted) }
      if let next = input, !stream.isFull {
        if let bytes = try next() {
          stream.send(bytes)
        } else {
          input = nil
          stream.endInput()
        }
        continue
      }
      let ready = Machine.wait(for: [(stream.descriptor, stream.hasUnsent ? [.read, .write] : .read)])
      if ready[0].contains(.write) { stream.flush() }
    }
  }
}
