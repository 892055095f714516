import Posix

// Calls of engines' command lines on an event loop, never waited for.

/// What came of a call.
struct EngineAnswer {
  let code: Int32
  let output: [UInt8]
  let complaint: [UInt8]
  /// Whether it was given up: what was asked for may be done all the same.
  var isSilence = false

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

extension EngineAnswer {
  /// None has come.
  init(silence: Duration, of program: String) {
    self.init(
      code: 124, output: [], complaint: Array("\(program) has not answered for \(silence.components.seconds) seconds".utf8), isSilence: true
    )
  }
}

/// What a call is for: how long it may take, and which others it may hold up.
enum EngineErrand: CaseIterable {
  /// An end that somebody waits for.
  case urgent
  /// A question, or a container's removal.
  case short
  /// The making of a container, or the removal of many.
  case long
  /// A pull takes as long as its image is large, and its registry slow.
  case pull

  /// How long an engine may take for it; nil: as long as it likes.
  var patience: Duration? {
    switch self {
    case .urgent, .short: .seconds(30)
    // What the kubelet gives a runtime.
    case .long: .seconds(120)
    case .pull: nil
    }
  }
}

/// Calls engines: of each errand a bounded number at a time, first come, first served. No errand waits for another.
final class EngineCalls {
  private struct Call {
    let words: [String]
    let environment: [(name: String, value: String)]
    let errand: EngineErrand
    let done: (EngineAnswer) -> Void
  }

  let environment: EngineEnvironment
  private let children: Children
  private let limit: Int
  private let patience: (EngineErrand) -> Duration?
  private var waiting: [EngineErrand: [Call]] = [:]
  private var underWay: [EngineErrand: Int] = [:]

  /// - Parameters:
  ///   - limit: how many of an errand at once; an engine works through them more or less one by one.
  ///   - patience: how long an engine may take, by the errand.
  init(
    _ loop: any EventLoop, _ environment: EngineEnvironment, limit: Int = max(4, 2 * Machine.processors),
    patience: @escaping (EngineErrand) -> Duration? = \.patience
  ) {
    self.environment = environment
    self.limit = limit
    self.patience = patience
    children = Children(loop)
  }

  /// How many clients there are, those that were given up and are not gone yet among them.
  var clients: Int { children.count }

  /// Calls an engine; `done` is never told within this call.
  /// - Parameter more: what the client finds in its environment besides its own.
  func run(
    _ words: [String], _ errand: EngineErrand, more: [(name: String, value: String)] = [], done: @escaping (EngineAnswer) -> Void
  ) {
    waiting[errand, default: []].append(Call(words: words, environment: more, errand: errand, done: done))
    children.loop.after(nanoseconds: 0) { [weak self] in self?.pump(errand) }
  }

  private func pump(_ errand: EngineErrand) {
    while underWay[errand, default: 0] < limit, let call = waiting[errand]?.first {
      waiting[errand]?.removeFirst()
      begin(call)
    }
  }

  private func begin(_ call: Call) {
    var program = GroupChild.Program(call.words)
    program.environment = environment.variables + call.environment
    program.folder = "/"
    underWay[call.errand, default: 0] += 1
    do throws(GroupChild.StartFailure) {
      var timer: LoopTimer?
      // An engine's own helpers outlive its client.
      let run = try children.start(program, leavesGroup: true) { [self] end in
        if let timer { children.loop.cancel(timer) }
        finish(call, EngineAnswer(code: end.code, output: end.output, complaint: end.complaint))
      }
      guard let patience = patience(call.errand) else { return }
      timer = children.loop.after(nanoseconds: patience.nanoseconds) { [self] in
        run.cancel()
        finish(call, EngineAnswer(silence: patience, of: call.words[0]))
      }
    } catch {
      finish(call, EngineAnswer(code: 127, output: [], complaint: Array("\(call.words[0]): \(error.problem.text)".utf8)))
    }
  }

  private func finish(_ call: Call, _ answer: EngineAnswer) {
    underWay[call.errand, default: 1] -= 1
    call.done(answer)
    pump(call.errand)
  }
}
