import APIMachinery
import Client
import HTTP
import Posix

// A watch or a log on a connection of its own.

/// What comes on one connection, gathered until it is asked for.
final class RemoteStream: EventStream {
  enum Content { case watch(Kind), log }

  /// How the server knows it.
  let name: String
  private let answer: ClientStream
  private var reader: WatchReader?
  /// The beginning of a line that has not ended.
  private var line: [UInt8] = []
  private var events: [StreamEvent] = []
  /// Where the next event stands.
  private var at = 0
  private var failure: Status?
  private(set) var isCancelled = false
  /// Whether nothing more comes behind what was gathered.
  private(set) var isOver = false
  /// How much has come: events, or a log's bytes.
  private(set) var seen: Int64 = 0

  init(_ name: String, _ answer: ClientStream, _ content: Content) {
    self.name = name
    self.answer = answer
    if case .watch(let kind) = content { reader = WatchReader(kind) }
  }

  func cancel() {
    isCancelled = true
    forget()
    answer.end()
  }

  private func forget() {
    events.removeAll(keepingCapacity: true)
    at = 0
  }

  var socket: Socket { answer.socket }
  /// The next thing that was gathered.
  func pop() throws(Status) -> StreamEvent? {
    if at < events.count {
      let event = events[at]
      at += 1
      if at == events.count { forget() }
      // A watch that has failed brings nothing more.
      if case .error = event { finish() }
      return event
    }
    if let failure {
      self.failure = nil
      throw failure
    }
    return nil
  }

  /// Gathers what has come, without waiting.
  func gather() {
    guard !isOver, !isCancelled else { return }
    var bytes: [UInt8] = []
    do throws(ClientProblem) {
      if try !answer.take(into: &bytes) { isOver = true }
    } catch {
      isOver = true
    }
    do throws(Status) {
      if reader != nil { try watched(bytes) } else { logged(bytes) }
    } catch {
      failure = error
      isOver = true
    }
    if isOver { answer.end() }
  }

  private func watched(_ bytes: [UInt8]) throws(Status) {
    let new = try reader?.read(bytes) ?? []
    seen += Int64(new.count)
    events += new
  }

  /// Whole lines at once; what has no end yet waits for it, though not for ever.
  private func logged(_ bytes: [UInt8]) {
    seen += Int64(bytes.count)
    line += bytes
    let end = isOver || line.count > 1 << 20 ? line.count : (line.lastIndex(of: 10) ?? -1) + 1
    guard end > 0 else { return }
    events.append(.log(Array(line[..<end])))
    line.removeFirst(end)
  }

  private func finish() {
    isOver = true
    forget()
    answer.end()
  }
}
