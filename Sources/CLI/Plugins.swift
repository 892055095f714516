import Posix

// Executables named kctl-foo on the PATH are commands: `kctl foo`.

/// Plugins, found by name on the PATH.
enum Plugins {
  /// Becomes the plugin that the words name: the longest name that is there. Returns where none is.
  static func run(_ words: [String], _ session: Session) throws {
    let names = Array(words.prefix { !$0.hasPrefix("-") })
    guard !names.isEmpty else { return }
    for count in stride(from: names.count, through: 1, by: -1) {
      let name = session.program + "-" + names[..<count].map { $0.map { $0 == "-" ? "_" : String($0) }.joined() }.joined(separator: "-")
      guard !name.contains("/"), let path = find(name, session) else { continue }
      session.console.flush()
      throw Failure("cannot run plugin \(path): \(Machine.become(path, Array(words.dropFirst(count))).text)")
    }
  }

  static func folders(_ session: Session) -> [String] {
    (session.console.environment("PATH") ?? "").split(separator: ":").map(String.init)
  }

  static func find(_ name: String, _ session: Session) -> String? {
    folders(session).map { "\($0)/\(name)" }.first(where: Machine.isExecutable)
  }

  /// Every plugin's path, in the PATH's order.
  static func all(_ session: Session) -> [String] {
    folders(session).flatMap { folder in
      ((try? Machine.entries(of: folder)) ?? []).filter { $0.hasPrefix(session.program + "-") }.map { "\(folder)/\($0)" }
    }
  }
}
