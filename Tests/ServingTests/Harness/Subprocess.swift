import Foundation

// Programs that the tests start: what they write goes to files, so that no pipe outlives its reader in somebody else's child.

/// A program that was started. It is killed when it goes.
final class Subprocess {
  /// What came of a program that has ended.
  struct Outcome: CustomStringConvertible {
    /// Its exit code; 128 and the signal's number where one ended it.
    let code: Int32
    let output: String
    let complaint: String
    var description: String { "exit code \(code)\n\(output)\(complaint)" }
    var lines: [String] { output.split(separator: "\n").map(String.init) }
  }

  struct Failure: Error, CustomStringConvertible { let description: String }

  private let number: pid_t
  private let out: String
  private var ended: Int32?

  /// - Parameters:
  ///   - environment: all of it; nothing is inherited.
  ///   - out: the file for its output; its complaints go beside it, to `out.err`.
  ///   - input: the file that it reads.
  init(_ program: String, _ arguments: [String], environment: [String: String], out: String, input: String? = nil) throws {
    self.out = out
    #if canImport(Glibc)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    var all = sigset_t()
    sigfillset(&all)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    posix_spawn_file_actions_addopen(&actions, 0, input ?? "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, out + ".err", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    var surroundings: [UnsafeMutablePointer<CChar>?] = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for text in words + surroundings { free(text) } }
    var number: pid_t = 0
    let failure = posix_spawn(&number, program, &actions, &attributes, &words, &surroundings)
    guard failure == 0 else { throw Failure(description: "\(program): \(String(cString: strerror(failure)))") }
    self.number = number
  }

  deinit {
    guard ended == nil else { return }
    kill(number, SIGKILL)
    var status: Int32 = 0
    waitpid(number, &status, 0)
  }

  var output: String { (try? String(contentsOfFile: out, encoding: .utf8)) ?? "" }
  var complaint: String { (try? String(contentsOfFile: out + ".err", encoding: .utf8)) ?? "" }

  func signal(_ signal: Int32) { if ended == nil { kill(number, signal) } }

  /// Whether it still runs.
  var isRunning: Bool {
    guard ended == nil else { return false }
    var status: Int32 = 0
    guard waitpid(number, &status, WNOHANG) == number else { return true }
    let signal = status & 0x7f
    ended = signal == 0 ? (status >> 8) & 0xff : 128 + signal
    return false
  }

  /// Waits for its end; one that takes longer is killed.
  func wait(atMost seconds: Double = 60) throws -> Outcome {
    try Patience.until("the end of a program", seconds) { !isRunning }
    return Outcome(code: ended ?? -1, output: output, complaint: complaint)
  }
}

/// How tests wait for what no call waits for.
enum Patience {
  static func until(_ what: String, _ seconds: Double = 120, _ holds: () throws -> Bool) throws {
    let deadline = ProcessInfo.processInfo.systemUptime + seconds
    while try !holds() {
      guard ProcessInfo.processInfo.systemUptime < deadline else {
        throw Subprocess.Failure(description: "\(what) has not come within \(seconds) seconds")
      }
      usleep(2000)
    }
  }
}

/// A folder of one test's own, short enough for Unix sockets, removed when it goes.
final class ScratchFolder {
  let path: String

  init() throws {
    var template = Array((NSTemporaryDirectory() + "kctl-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else { throw Subprocess.Failure(description: "cannot make a temporary folder") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func write(_ file: String, _ text: String, mode: Int = 0o600) throws -> String {
    let place = "\(path)/\(file)"
    try text.write(toFile: place, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place)
    return place
  }
}
