import Client
import Posix

// A command that somebody runs in a container.

/// A command beside a container's program, with whoever asked for it at the other end of its streams.
final class ExecStream: StreamSource {
  private let child: GroupChild
  private let request: StreamRequest
  private weak var peer: (any StreamPeer)?
  /// Called once when it is over and nothing of it is left.
  private var onEnd: (() -> Void)?
  private var waiting: [UInt8] = []
  private var inputEnds = false
  private var isPaused = false
  private let watches: StreamWatches
  private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 15, alignment: 16)

  /// How much input waits for a program that doesn't read before no more is taken.
  private static let fullInput = 1 << 18
  /// What ends the input on a terminal: Ctrl-D.
  private static let endOfTransmission: UInt8 = 4

  init(
    _ loop: any EventLoop, _ program: GroupChild.Program, _ request: StreamRequest, _ peer: any StreamPeer, onEnd: @escaping () -> Void
  ) throws(GroupChild.StartFailure) {
    watches = StreamWatches(loop)
    self.request = request
    self.peer = peer
    child = try GroupChild(program)
    self.onEnd = onEnd
    follow()
    child.awaitEnd(on: loop) { [self] in finish() }
  }

  deinit { scratch.deallocate() }

  // MARK: Its streams

  /// Watches each stream for what is wanted of it now. A terminal is one descriptor both ways.
  private func follow() {
    var wanted: [Int32: Poller.Interest] = [:]
    if child.output >= 0 { wanted[child.output, default: []].insert(isPaused ? [] : .read) }
    if child.complaint >= 0 { wanted[child.complaint, default: []].insert(isPaused ? [] : .read) }
    if child.input >= 0, !waiting.isEmpty { wanted[child.input, default: []].insert(.write) }
    watches.want(wanted) { [self] in handle($0, $1) }
  }

  private func handle(_ descriptor: Int32, _ ready: Poller.Interest) {
    if ready.contains(.write) { write() }
    if !ready.isDisjoint(with: [.read, .gone]), !isPaused {
      if descriptor == child.output { read(descriptor) } else if descriptor == child.complaint { read(descriptor) }
    }
    // Nobody reads its input any more.
    if ready.contains(.gone), descriptor == child.input, descriptor != child.output { dropInput() }
    follow()
  }

  /// Reads once; returns how many bytes were there.
  @discardableResult private func read(_ descriptor: Int32) -> Int {
    switch child.read(descriptor, into: scratch) {
    case .bytes(let count):
      let bytes = Array(UnsafeRawBufferPointer(rebasing: scratch[..<count]))
      if descriptor == child.complaint {
        if request.hasErrors { peer?.errors(bytes) }
      } else if request.hasOutput {
        peer?.output(bytes)
      }
      isPaused = peer?.isFull ?? false
      return count
    case .wait: return 0
    case .end:
      watches.forget(descriptor)
      if descriptor == child.complaint { child.closeComplaint() } else { child.closeOutput() }
      return 0
    }
  }

  /// Reads what a pipe or a terminal holds at most: somebody whom the command has left running may go on writing.
  private func drain(_ descriptor: Int32) {
    var left = 1 << 17
    while left > 0 {
      let count = descriptor >= 0 ? read(descriptor) : 0
      if count == 0 { return }
      left -= count
    }
  }

  private func write() {
    while !waiting.isEmpty {
      switch waiting.withUnsafeBytes({ child.write($0) }) {
      case .bytes(let count): waiting.removeFirst(count)
      case .wait: return
      case .end: return dropInput()
      }
    }
    if inputEnds, !request.hasTerminal { dropInput() }
    peer?.hasRoomForInput()
  }

  private func dropInput() {
    waiting = []
    if !request.hasTerminal, child.input >= 0 {
      watches.forget(child.input)
      child.closeInput()
    }
    peer?.hasRoomForInput()
  }

  // MARK: From whoever asked

  var isFull: Bool { waiting.count >= ExecStream.fullInput }

  func input(_ bytes: [UInt8]) {
    guard child.input >= 0, !inputEnds else { return }
    waiting += bytes
    write()
    follow()
  }

  func endInput() {
    guard !inputEnds else { return }
    if request.hasTerminal { input([ExecStream.endOfTransmission]) }
    inputEnds = true
    write()
    follow()
  }

  func resize(columns: Int, rows: Int) { child.resize(columns: columns, rows: rows) }

  func resume() {
    isPaused = false
    follow()
  }

  /// Nobody listens any more: the command is ended, with what it has started in its group.
  func cancel() {
    peer = nil
    child.killGroup()
  }

  /// Ends the command; whoever asked is told how it ended.
  func end() { child.killGroup() }

  // MARK: Its end

  private func finish() {
    guard let told = onEnd else { return }
    onEnd = nil
    // All that it has said, whether there is room or not; what it has left running may go on.
    drain(child.output)
    drain(child.complaint)
    watches.end()
    let code = child.reap() ?? -1
    child.closeInput()
    child.closeOutput()
    child.closeComplaint()
    peer?.ended(code == 0 ? .success : .exited(code))
    told()
  }
}
