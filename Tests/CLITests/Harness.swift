import APIMachinery
import CLI
import Client
import Foundation
import SimulatedCluster

// Commands in this process: captured output, a folder of its own, a cluster in memory on a manual clock.

/// A console that keeps what is written.
final class TestConsole: Console {
  var output = ""
  var complaints = ""
  var input: [UInt8] = []
  var variables: [String: String] = [:]
  let workingFolder: String
  var wallTime = Instant(year: 2026, month: 1, day: 1)

  init(in folder: String) { workingFolder = folder }

  func write(_ text: String) { output += text }
  func complain(_ text: String) { complaints += text }
  func flush() -> Bool { true }
  func readInput() throws -> [UInt8] { input }
  func environment(_ name: String) -> String? { variables[name] }
  var outputIsTerminal: Bool { false }
  var errorIsTerminal: Bool { false }
  var inputIsTerminal: Bool { false }
}

/// Clusters in memory, one for each address, that last as long as the backend.
final class MemoryBackend: Backend {
  let scheme = "sim"
  var clusters: [String: SimulatedCluster] = [:]
  let seed: UInt64

  init(seed: UInt64 = 1) { self.seed = seed }

  func open(_ address: String, _ options: BackendOptions) throws -> any Client {
    if let cluster = clusters[address] { return cluster }
    let cluster = try SimulatedCluster(clock: .manual, seed: seed)
    clusters[address] = cluster
    return cluster
  }
}

/// A shell of sorts: runs command lines one after another on one cluster.
final class Shell {
  let folder: String
  let program: KctlProgram
  let backend: MemoryBackend

  struct Ended {
    var code: Int32
    var output: String
    var complaints: String
  }

  /// - Parameter served: whether each command speaks to its cluster over HTTP.
  init(seed: UInt64 = 1, served: Bool = false) {
    folder = NSTemporaryDirectory() + "kctl-cli-" + UUID().uuidString
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    // Transcripts apply `Tests/Specs/web.yaml` as the README does.
    let tests = ((#filePath as NSString).deletingLastPathComponent as NSString).deletingLastPathComponent
    try? FileManager.default.createSymbolicLink(atPath: folder + "/Tests", withDestinationPath: tests)
    backend = MemoryBackend(seed: seed)
    program = KctlProgram(backends: [served ? ServedBackend(backend, folder: folder) : backend])
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func write(_ file: String, _ text: String) {
    let path = folder + "/" + file
    try? FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    _ = FileManager.default.createFile(atPath: path, contents: Data(text.utf8))
  }

  @discardableResult func run(_ words: [String], input: String = "") -> Ended {
    let console = TestConsole(in: folder)
    console.variables = ["KCTL_HOME": folder + "/home", "HOME": folder, "PATH": ""]
    console.input = Array(input.utf8)
    let code = program.run(words, on: console)
    return Ended(code: code.rawValue, output: console.output, complaints: console.complaints)
  }

  /// Runs `kctl get pods -o name`; words as a shell splits them, `<<< 'text'` is standard input.
  func run(line: String) -> Ended {
    var (words, input) = (Shell.words(line), "")
    if let i = words.firstIndex(of: "<<<"), i + 1 < words.count {
      input = words[i + 1]
      words.removeSubrange(i...(i + 1))
    }
    return run(Array(words.dropFirst()), input: input)
  }

  static func words(_ line: String) -> [String] {
    var words: [String] = []
    var word = ""
    var quote: Character?
    var begun = false
    var escaped = false
    for c in line {
      if escaped {
        word.append(c)
        escaped = false
      } else if let open = quote {
        if c == open { quote = nil } else { word.append(c) }
      } else if c == "\\" {
        (escaped, begun) = (true, true)
      } else if c == "'" || c == "\"" {
        (quote, begun) = (c, true)
      } else if c == " " {
        if begun || !word.isEmpty { words.append(word) }
        (word, begun) = ("", false)
      } else {
        word.append(c)
      }
    }
    if begun || !word.isEmpty { words.append(word) }
    return words
  }
}
