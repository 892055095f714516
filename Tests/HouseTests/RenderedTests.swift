import CLI
import Foundation
import Testing

// The generated files: fresh, and fit for the programs that read them.

struct RenderedTests {
  @Test func generatedFilesAreFresh() {
    let files = Rendered.files(specPage: Tree.text(Rendered.specPage))
    for file in files {
      #expect(
        Tree.text(file.path) == file.text, "\(file.path) is stale: run 'swift run kctl __render .' and commit what it writes")
    }
    let known = Set(files.map(\.path) + Rendered.handwritten)
    for path in Tree.paths(in: "man") + Tree.paths(in: "completions") {
      #expect(known.contains(path), "\(path): nothing makes this file; delete it")
    }
    #expect(Tree.text(Rendered.specPage).contains("\\fBDeployment\\fR"), "\(Rendered.specPage) has lost its table of kinds")
  }

  @Test(.enabled(if: installed("mandoc"), "mandoc is not installed")) func mandocHasNoComplaint() throws {
    let pages = Tree.paths(in: "man")
    let said = try run(["mandoc", "-T", "lint"] + pages)
    #expect(said.text.isEmpty, "mandoc -T lint complains")
  }

  #if os(Linux)
    @Test(.enabled(if: installed("man"), "man is not installed")) func manShowsThePages() throws {
      let shown = try run(["man", "-l", "man/kctl.1"])
      #expect(shown.code == 0 && shown.text.contains("KCTL_HOME"))
    }
  #endif

  @Test(.enabled(if: installed("bash"), "bash is not installed")) func bashCompletes() throws {
    let script = """
      source completions/kctl.bash
      t() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=(); _kctl; echo "${COMPREPLY[*]}"; }
      t kctl rollo
      t kctl -n shop rollout st
      t kctl get pods --output = js
      t kctl rollout status --timeo
      t kctl apply --dry-run = s
      t kctl apply -f Tests/Specs/web.
      """
    let said = try run(["bash", "--norc", "-c", script])
    let expected = "rollout\nstatus\njson jsonpath jsonpath-as-json jsonpath-file\n--timeout=\nserver\nTests/Specs/web.yaml\n"
    #expect(said.text == expected)
  }

  @Test(.enabled(if: installed("zsh"), "zsh is not installed")) func zshLoads() throws {
    let said = try run(["zsh", "-fc", "autoload -U compinit && compinit -D && source completions/_kctl && (( $+functions[_kctl] ))"])
    #expect(said.code == 0 && said.text.isEmpty, "\(said.text)")
  }

  @Test(.enabled(if: installed("fish"), "fish is not installed")) func fishCompletes() throws {
    let script = """
      source completions/kctl.fish
      complete -C 'kctl rollo'
      complete -C 'kctl -n shop rollout st'
      complete -C 'kctl completion fi'
      """
    let said = try run(["fish", "--no-config", "-c", script])
    let words = said.text.split(separator: "\n").map { $0.split(separator: "\t").first.map(String.init) ?? "" }
    #expect(said.code == 0 && words == ["rollout", "status", "fish"], "\(said.text)")
  }
}

private func installed(_ program: String) -> Bool {
  (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").contains {
    FileManager.default.isExecutableFile(atPath: "\($0)/\(program)")
  }
}

/// What a program says at the repository's root, on both streams.
private func run(_ words: [String]) throws -> (code: Int32, text: String) {
  let home = NSTemporaryDirectory() + "kctl-house-\(ProcessInfo.processInfo.processIdentifier)"
  try FileManager.default.createDirectory(atPath: home, withIntermediateDirectories: true)
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
  process.arguments = words
  process.currentDirectoryURL = URL(fileURLWithPath: Tree.root)
  process.environment = [
    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "HOME": home, "TERM": "dumb", "LC_ALL": "C", "MANPAGER": "cat",
  ]
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  process.standardInput = FileHandle.nullDevice
  try process.run()
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (process.terminationStatus, text)
}
