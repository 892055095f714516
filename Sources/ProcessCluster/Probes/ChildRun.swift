import Posix

// Children on an event loop: their output kept within bounds, and none left behind.

/// The children that an event loop has.
final class Children {
  let loop: any EventLoop
  /// Called when one of them is gone for good.
  var onEnd: (() -> Void)?
  private var runs: [Int32: ChildRun] = [:]
  /// Where whoever runs on the loop reads into, for the length of a call.
  let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)

  init(_ loop: any EventLoop) { self.loop = loop }
  deinit { scratch.deallocate() }

  /// How many there are, those that were killed and are not gone yet among them.
  var count: Int { runs.count }

  /// Starts one; `done` is told how it ended, unless it is cancelled.
  /// - Parameters:
  ///   - leavesGroup: whether what it has left running in its group may go on.
  ///   - take: is given its output, which is then not kept.
  func start(
    _ program: GroupChild.Program, input: [UInt8] = [], leavesGroup: Bool = false, take: ((UnsafeRawBufferPointer) -> Void)? = nil,
    done: @escaping (ChildRun.End) -> Void
  ) throws(GroupChild.StartFailure) -> ChildRun {
    let run = ChildRun(self, try GroupChild(program), input: input, leavesGroup: leavesGroup, take: take, done: done)
    runs[run.process] = run
    run.begin()
    return run
  }

  fileprivate func ended(_ run: ChildRun) {
    runs[run.process] = nil
    onEnd?()
  }
}

/// One child, from its start until it is reaped.
final class ChildRun {
  /// How it ended.
  struct End {
    /// 128 and the signal's number where one ended it.
    let code: Int32
    /// The beginning of what it wrote.
    let output: [UInt8]
    let complaint: [UInt8]
  }

  /// How much is kept of each of its streams: what kubelet keeps.
  static let kept = 10 << 10

  private let children: Children
  private let child: GroupChild
  private let input: [UInt8]
  private let leavesGroup: Bool
  private var take: ((UnsafeRawBufferPointer) -> Void)?
  private var done: ((End) -> Void)?
  private var sent = 0
  private var output: [UInt8] = []
  private var complaint: [UInt8] = []

  fileprivate init(
    _ children: Children, _ child: GroupChild, input: [UInt8], leavesGroup: Bool, take: ((UnsafeRawBufferPointer) -> Void)?,
    done: @escaping (End) -> Void
  ) {
    self.children = children
    self.child = child
    self.input = input
    self.leavesGroup = leavesGroup
    self.take = take
    self.done = done
  }

  var process: Int32 { child.process }
  private var loop: any EventLoop { children.loop }

  fileprivate func begin() {
    watch(child.output, .read) { [self] in readOutput() }
    watch(child.complaint, .read) { [self] in readComplaint() }
    if child.input >= 0 { watch(child.input, .write) { [self] in writeInput() } }
    child.awaitEnd(on: loop) { [self] in finish() }
  }

  private func watch(_ descriptor: Int32, _ interest: Poller.Interest, _ body: @escaping () -> Void) {
    // Without a watch its streams are read at its end only: it is judged by its exit code all the same.
    try? loop.watch(descriptor, interest) { _ in body() }
  }

  /// Kills it with its whole group. It goes when it has ended; nothing is told.
  func cancel() {
    guard done != nil else { return }
    done = nil
    take = nil
    closeStreams()
    child.killGroup()
  }

  private func finish() {
    // Before it is reaped, as its group's number is its own until then.
    if !leavesGroup || done == nil { child.killGroup() }
    for _ in 0..<4 where child.output >= 0 { if !readOutput() { break } }
    for _ in 0..<4 where child.complaint >= 0 { if !readComplaint() { break } }
    closeStreams()
    let code = child.reap() ?? -1
    let tell = done
    done = nil
    take = nil
    children.ended(self)
    tell?(End(code: code, output: output, complaint: complaint))
  }

  // MARK: Its streams

  @discardableResult private func readOutput() -> Bool {
    guard let bytes = read(child.output, close: closeOutput) else { return false }
    if let take { take(bytes) } else { output.append(contentsOf: bytes.prefix(ChildRun.kept - output.count)) }
    return true
  }

  @discardableResult private func readComplaint() -> Bool {
    guard let bytes = read(child.complaint, close: closeComplaint) else { return false }
    complaint.append(contentsOf: bytes.prefix(ChildRun.kept - complaint.count))
    return true
  }

  /// What is there now; nil where nothing is.
  private func read(_ stream: Int32, close: () -> Void) -> UnsafeRawBufferPointer? {
    switch child.read(stream, into: children.scratch) {
    case .bytes(let count): return UnsafeRawBufferPointer(rebasing: children.scratch[..<count])
    case .wait: return nil
    case .end:
      close()
      return nil
    }
  }

  private func writeInput() {
    while sent < input.count {
      switch input.withUnsafeBytes({ child.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
      case .bytes(let count): sent += count
      case .wait: return
      case .end: sent = input.count
      }
    }
    closeInput()
  }

  private func closeStreams() {
    closeInput()
    closeOutput()
    closeComplaint()
  }
  private func closeInput() {
    loop.unwatch(child.input)
    child.closeInput()
  }
  private func closeOutput() {
    loop.unwatch(child.output)
    child.closeOutput()
  }
  private func closeComplaint() {
    loop.unwatch(child.complaint)
    child.closeComplaint()
  }
}
