import Testing

// What holds for every source file.

struct SourceTests {
  static let pure: Set<String> = [
    "Formats", "Arguments", "APIMachinery", "API", "Client", "Printers", "KubeControllerManager", "KubeScheduler", "Kubelet",
  ]
  static let backends: Set<String> = ["SimulatedCluster", "ProcessCluster", "RemoteCluster"]

  @Test func importsFollowTheArrows() {
    #expect(!Tree.arrows.isEmpty, "no target was read out of Package.swift")
    for file in Tree.sources {
      guard let allowed = Tree.arrows[file.target] else { continue }
      for module in file.imports where !allowed.contains(module) {
        let system = ["Glibc", "Darwin", "Musl"].contains(module)
        if system && ["Posix", "ProcessCluster"].contains(file.target) { continue }
        Issue.record("\(file.path): imports \(module), which Package.swift gives \(file.target) no arrow to; move the code, not the arrow")
      }
    }
  }

  @Test func pureTargetsTouchNoSystem() {
    for target in Self.pure.sorted() {
      let reached = Tree.arrows[target] ?? []
      #expect(
        reached.isDisjoint(with: Self.backends.union(["Posix", "CPosix", "CLI"])),
        "Package.swift: \(target) is pure; what it needs of the system enters by a protocol")
    }
    for file in Tree.sources where file.target == "KubeAPIServer" && !file.path.contains("/Persistence/") {
      #expect(!file.imports.contains("Posix"), "\(file.path): only Persistence/ speaks to the system")
    }
  }

  @Test func commandLineKnowsNoBackend() {
    #expect((Tree.arrows["CLI"] ?? []).isDisjoint(with: Self.backends), "Package.swift: CLI speaks to a Client, never to a backend")
  }

  @Test func nothingForbiddenIsCalled() {
    let forbidden: [(String, String)] = [
      ("Date()", "time comes from a Clock"), ("UUID()", "names are drawn from Dice"),
      ("SystemRandomNumberGenerator", "chance comes from Dice"),
      ("fatalError(", "throw, or preconditionFailure for a broken promise of ours"),
      ("try!", "handle the error"), (" as!", "use as? and handle nil"), ("DispatchQueue", "the core is one thread"),
      ("Task {", "the core is synchronous"), ("TODO", "finish it, or file it"), ("FIXME", "fix it, or file it"),
    ]
    for file in Tree.sources {
      for (number, text) in file.code {
        for (call, remedy) in forbidden where text.contains(call) {
          Issue.record("\(file.path):\(number): \(call.trimmed) is not used here: \(remedy)")
        }
      }
    }
  }

  @Test func everyFileSaysWhatItIsFor() {
    let before = ["import ", "#if ", "#else", "#elseif ", "#endif"]
    for file in Tree.sources {
      let lines = file.lines.map { $0.drop(while: \.isWhitespace) }
      guard let first = lines.first(where: { line in !line.isEmpty && !before.contains(where: line.hasPrefix) }) else { continue }
      #expect(first.hasPrefix("//"), "\(file.path): open with a line of comment that says what the file is for")
    }
  }
}

extension String {
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
