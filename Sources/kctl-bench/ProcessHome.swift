import Posix

// A cluster of real processes for a benchmark, driven by the kctl binary.

/// A `process:` cluster in a home of its own, until it is stopped with all that runs.
struct ProcessHome {
  let home: String
  private var folder: String { "\(home)/processes/default" }

  init(_ home: String) throws {
    self.home = home
    try Folder.make(home)
    try kctl("get", "nodes")
  }

  func stop() { _ = try? kctl("agent", "stop", "--pods") }

  @discardableResult func kctl(_ words: String...) throws -> String {
    let outcome = try Child.run(Measure.kctl, ["--context=process"] + words, environment: ["KCTL_HOME": home])
    guard outcome.code == 0 else {
      throw BenchFailure("kctl \(words.joined(separator: " ")): \(String(decoding: outcome.complaint.prefix(400), as: UTF8.self))")
    }
    return String(decoding: outcome.output, as: UTF8.self)
  }

  /// Writes a manifest and applies it.
  func apply(_ manifest: String) throws {
    let path = "\(home)/manifest.yaml"
    try Machine.replaceFile(path, with: Array(manifest.utf8), mode: 0o600)
    try kctl("apply", "-f", path)
  }

  /// The daemon's process: `running, process 4711, version …`.
  func daemon() throws -> Int32 {
    let words = try kctl("agent", "status").split { $0 == " " || $0 == "," }
    guard let at = words.firstIndex(of: "process"), words.indices.contains(at + 1), let process = Int32(words[at + 1]) else {
      throw BenchFailure("kctl agent status names no process")
    }
    return process
  }

  /// The unique ids of the pods with a label.
  func pods(_ selector: String) throws -> [String] {
    let text = try kctl("get", "pods", "-l", selector, "-o", "jsonpath={range .items[*]}{.metadata.uid}{\"\\n\"}{end}")
    return text.split(separator: "\n").map(String.init)
  }

  /// The folder of a container's run, the first being 0; nil before there is one.
  func run(_ attempt: Int, of container: String, pod uid: String) -> String? {
    let runs = "\(folder)/pods/\(uid)/containers/\(container)"
    return (try? Machine.entries(of: runs))?.first { $0.hasPrefix("\(attempt)-") }.map { "\(runs)/\($0)" }
  }

  /// A number that a run's shim has written down, as in `program 00000000000000004711`.
  static func number(_ name: String, in file: String) -> Int64? {
    guard let bytes = try? Machine.readFile(file) else { return nil }
    let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("\(name) ") }
    return line.flatMap { Int64($0.dropFirst(name.utf8.count + 1)) }
  }
}
