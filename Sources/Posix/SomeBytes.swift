#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Reading and writing what can be moved at once.

extension Machine {
  /// Reads once what is there, waiting for it where the descriptor waits; empty at the end.
  public static func readSome(_ descriptor: Int32, atMost count: Int) throws(SystemFailure) -> [UInt8] {
    var chunk = [UInt8](repeating: 0, count: count)
    while true {
      let n = chunk.withUnsafeMutableBytes { get(descriptor, UnsafeMutableRawBufferPointer($0)) }
      if n >= 0 { return Array(chunk[..<n]) }
      if errno == EAGAIN { return [] }
      if errno != EINTR { throw .last }
    }
  }

  /// Reads what is there.
  public static func readSome(_ descriptor: Int32, into bytes: UnsafeMutableRawBufferPointer) -> Socket.Moved {
    while true {
      let n = get(descriptor, bytes)
      if n > 0 { return .bytes(n) }
      if n == 0 { return .end }
      if errno == EINTR { continue }
      return errno == EAGAIN ? .wait : .end
    }
  }

  /// Writes what can be written at once. One whose reader has gone must not end us: no signal where nobody reads.
  public static func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Socket.Moved {
    var all = sigset_t()
    var before = sigset_t()
    sigemptyset(&all)
    sigaddset(&all, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &all, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    while true {
      let n = put(descriptor, bytes)
      if n >= 0 { return .bytes(n) }
      if errno == EINTR { continue }
      if errno == EAGAIN { return .wait }
      if errno == EPIPE { takePipeSignal(all) }
      return .end
    }
  }

  /// Takes the signal that a broken pipe has left waiting.
  private static func takePipeSignal(_ signals: sigset_t) {
    var waiting = sigset_t()
    var signals = signals
    var taken: Int32 = 0
    if sigpending(&waiting) == 0, sigismember(&waiting, SIGPIPE) == 1 { sigwait(&signals, &taken) }
  }
}

private func put(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int { write(descriptor, bytes.baseAddress, bytes.count) }
private func get(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int { read(descriptor, bytes.baseAddress, bytes.count) }
