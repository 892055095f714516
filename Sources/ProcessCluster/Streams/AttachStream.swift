import Client
import Posix

// Somebody who is attached to a container.

/// A container's own streams, with whoever has asked for them at the other end.
final class AttachStream: StreamSource {
  private let watches: StreamWatches
  private let process: ContainerProcess
  private let request: StreamRequest
  private weak var peer: (any StreamPeer)?
  /// Whether the program's input ends with this one's.
  private let endsInput: Bool
  private var onEnd: (() -> Void)?
  private let files: [String]
  private var output: [FIFO?] = []
  private var input: FIFO?
  private var waiting: [UInt8] = []
  private var inputEnds = false
  private var isPaused = false

  private static let fullInput = 1 << 18

  /// - Parameter place: one of the container's places that nobody else has.
  init(
    _ loop: any EventLoop, _ process: ContainerProcess, place: Int, _ request: StreamRequest, _ peer: any StreamPeer, endsInput: Bool,
    onEnd: @escaping () -> Void
  ) throws(SystemFailure) {
    watches = StreamWatches(loop)
    self.process = process
    self.request = request
    self.peer = peer
    self.endsInput = endsInput
    files = [1, 2].map { "\(process.folder)/attach-\(place)-\($0)" }
    var output: [FIFO?] = []
    do throws(SystemFailure) {
      for file in files {
        try? Folder.remove(file)
        output.append(try FIFO(making: file))
      }
      self.output = output
      if request.hasInput { input = try FIFO(writingTo: process.folder + "/stdin") }
      guard process.attach(at: place) else { throw .brokenPipe }
    } catch {
      for file in files { try? Folder.remove(file) }
      throw error
    }
    self.onEnd = onEnd
    follow()
  }

  // MARK: Its streams

  private func follow() {
    var wanted: [Int32: Poller.Interest] = [:]
    for case let stream? in output { wanted[stream.number] = isPaused ? [] : .read }
    if let input, !waiting.isEmpty { wanted[input.number] = .write }
    watches.want(wanted) { [self] in handle($0, $1) }
  }

  private func handle(_ number: Int32, _ ready: Poller.Interest) {
    if number == input?.number { write() } else if !isPaused { read(number, isGone: ready.contains(.gone)) }
    follow()
  }

  private func read(_ number: Int32, isGone: Bool) {
    guard let which = output.firstIndex(where: { $0?.number == number }), let stream = output[which] else { return }
    let bytes = stream.read(atMost: 1 << 16)
    guard !bytes.isEmpty else {
      // Before the shim has opened it there is nothing to read either, and no end is told.
      if isGone { close(which) }
      return
    }
    tell(which, bytes)
    isPaused = peer?.isFull ?? false
  }

  private func tell(_ which: Int, _ bytes: [UInt8]) {
    if which == 0 {
      if request.hasOutput { peer?.output(bytes) }
    } else if request.hasErrors {
      peer?.errors(bytes)
    }
  }

  private func close(_ which: Int) {
    guard let stream = output[which] else { return }
    watches.forget(stream.number)
    output[which] = nil
    if output.allSatisfy({ $0 == nil }) { finish() }
  }

  private func write() {
    guard let input else { return }
    while !waiting.isEmpty {
      switch input.write(waiting) {
      case .bytes(let count): waiting.removeFirst(count)
      case .wait: return
      case .end: return dropInput()
      }
    }
    if inputEnds { dropInput() }
    peer?.hasRoomForInput()
  }

  private func dropInput() {
    waiting = []
    guard let open = input else { return }
    watches.forget(open.number)
    input = nil
    if inputEnds, endsInput { process.closeInput() }
    peer?.hasRoomForInput()
  }

  // MARK: From whoever asked

  var isFull: Bool { waiting.count >= AttachStream.fullInput }

  func input(_ bytes: [UInt8]) {
    guard input != nil, !inputEnds else { return }
    waiting += bytes
    write()
    follow()
  }

  func endInput() {
    inputEnds = true
    write()
    follow()
  }

  func resize(columns: Int, rows: Int) { process.resize(columns: columns, rows: rows) }

  func resume() {
    isPaused = false
    follow()
  }

  func cancel() {
    peer = nil
    // Who goes says no more.
    inputEnds = true
    finish()
  }

  // MARK: Its end

  /// The program has ended, and its shim too: what it has said stands in the FIFOs.
  func containerEnded() {
    isPaused = false
    for which in output.indices {
      guard let stream = output[which] else { continue }
      while true {
        let bytes = stream.read(atMost: 1 << 16)
        if bytes.isEmpty { break }
        tell(which, bytes)
      }
    }
    finish()
  }

  private func finish() {
    guard let told = onEnd else { return }
    onEnd = nil
    watches.end()
    output = [nil, nil]
    dropInput()
    for file in files { try? Folder.remove(file) }
    peer?.ended(.success)
    told()
  }
}
