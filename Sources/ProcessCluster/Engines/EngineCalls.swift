import Posix

// Calls of engines' command lines on an event loop, never waited for.

/// What came of a call.
struct EngineAnswer {
  let code: Int32
  let output: [UInt8]
  let complaint: [UInt8]

  var isWell: Bool { code == 0 }

  /// What the engine says is wrong, without its own talk.
  var reason: String {
    let lines = String(decoding: complaint, as: UTF8.self).split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("time=\"") }
    let text = lines.map { EngineAnswer.bare($0) }.joined(separator: "; ")
    return text.isEmpty ? "the engine has ended with code \(code), and says nothing" : String(text.prefix(2000))
  }

  /// A line without the word that it is an error, and without containers' numbers: one event tells of all attempts.
  private static func bare(_ line: Substring) -> String {
    for beginning in ["Error: ", "Error response from daemon: ", "docker: "] where line.hasPrefix(beginning) {
      return bare(line.dropFirst(beginning.utf8.count))
    }
    return line.split(separator: " ", omittingEmptySubsequences: false).map { word in
      let number = word.prefix { $0.isHexDigit }
      return number.utf8.count == 64 ? "…" + word.dropFirst(64) : String(word)
    }.joined(separator: " ")
  }
}

/// Calls engines, a bounded number at a time, first come, first served.
final class EngineCalls {
  private typealias Call = (words: [String], environment: [(name: String, value: String)], done: (EngineAnswer) -> Void)

  let environment: EngineEnvironment
  private let children: Children
  private let limit: Int
  private var waiting: [Call] = []

  /// - Parameter limit: how many at once; an engine works through them more or less one by one.
  init(_ loop: any EventLoop, _ environment: EngineEnvironment, limit: Int = max(4, 2 * Machine.processors)) {
    self.environment = environment
    self.limit = limit
    children = Children(loop)
    children.onEnd = { [weak self] in self?.pump() }
  }

  /// Calls an engine; `done` is never told within this call.
  /// - Parameters:
  ///   - more: what the client finds in its environment besides its own.
  ///   - isUrgent: whether it goes before all that wait.
  func run(
    _ words: [String], more: [(name: String, value: String)] = [], isUrgent: Bool = false, done: @escaping (EngineAnswer) -> Void
  ) {
    waiting.insert((words, more, done), at: isUrgent ? 0 : waiting.endIndex)
    children.loop.after(nanoseconds: 0) { [weak self] in self?.pump() }
  }

  private func pump() {
    while children.count < limit, !waiting.isEmpty { begin(waiting.removeFirst()) }
  }

  private func begin(_ call: Call) {
    var program = GroupChild.Program(call.words)
    program.environment = environment.variables + call.environment
    program.folder = "/"
    do throws(GroupChild.StartFailure) {
      // An engine's own helpers outlive its client.
      _ = try children.start(program, leavesGroup: true) { end in
        call.done(EngineAnswer(code: end.code, output: end.output, complaint: end.complaint))
      }
    } catch {
      call.done(EngineAnswer(code: 127, output: [], complaint: Array("\(call.words[0]): \(error.problem.text)".utf8)))
    }
  }
}
