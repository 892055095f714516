import Foundation
import Testing

@testable import ProcessCluster

// `$(NAME)` as Kubernetes has it, and the file that a command names.

struct ExpansionTests {
  // From k8s.io/kubernetes/third_party/forked/golang/expansion: a variable's name, and what comes of a text.
  static let cases: [(String, String)] = [
    ("$(VAR_A)", "A"), ("___$(VAR_B)___", "___B___"), ("$(VAR_A)$(VAR_B)", "AB"), ("$$(VAR_A)", "$(VAR_A)"), ("$$$(VAR_A)", "$A"),
    ("$$$$(VAR_A)", "$$(VAR_A)"), ("$(MISSING)", "$(MISSING)"), ("foo $(MISSING) $(VAR_A)", "foo $(MISSING) A"), ("$VAR_A", "$VAR_A"),
    ("$(VAR_A", "$(VAR_A"), ("$(VAR_A $(VAR_B)", "$(VAR_A $(VAR_B)"), ("$", "$"), ("$$", "$"), ("foo$", "foo$"), ("$()", "$()"),
    ("$(VAR_REF)", "$(VAR_A)"), ("\\$(VAR_A)", "\\A"), ("f000-$$VAR_A", "f000-$VAR_A"), ("$?_boo_$!", "$?_boo_$!"),
    ("$VAR_A$(VAR_A)$$", "$VAR_AA$"), ("ü$(VAR_U)", "üé"), ("$(VAR_EMPTY)!", "!"), ("", ""),
  ]

  @Test func textsAreExpanded() {
    let values = ["VAR_A": "A", "VAR_B": "B", "VAR_REF": "$(VAR_A)", "VAR_U": "é", "VAR_EMPTY": ""]
    for (text, expected) in Self.cases { #expect(Expansion.expand(text) { values[$0] } == expected, "\(text)") }
  }

  @Test func anEnvironmentSeesWhatStandsBefore() {
    let out = Expansion.environment(
      [("A", "1"), ("B", "$(A)$(HOST)"), ("C", "$(D)"), ("D", "4"), ("A", "$(A)2"), ("E", "$(A)")], over: [("HOST", "h"), ("D", "old")])
    #expect(out.map { "\($0.name)=\($0.value)" } == ["HOST=h", "D=4", "A=12", "B=1h", "C=old", "E=12"])
    #expect(Expansion.expand(["--at", "$(B):$(PORT)"], in: out) == ["--at", "1h:$(PORT)"])
  }

  @Test func aCommandIsFoundOnTheContainersPath() throws {
    func complaint(_ name: String, _ path: String?, _ folder: String = "/") -> String? {
      do throws(ProgramMissing) { _ = try ProgramPath.find(name, path: path, workingFolder: folder) } catch { return error.description }
      return nil
    }
    #expect(try ProgramPath.find("sh", path: nil, workingFolder: "/").hasSuffix("bin/sh"))
    #expect(try ProgramPath.find("sh", path: "/nowhere::/bin", workingFolder: "/") == "/bin/sh")
    #expect(try ProgramPath.find("./sh", path: "", workingFolder: "/bin") == "/bin/./sh")
    #expect(try ProgramPath.find("sh", path: "bin", workingFolder: "/") == "//bin/sh")
    #expect(complaint("sh", "/nowhere:/etc") == "exec: \"sh\": executable file not found in $PATH")
    #expect(complaint("sh", ":", "/bin") == "exec: \"sh\": executable file not found in $PATH")
    #expect(complaint("passwd", "/etc") == "exec: \"/etc/passwd\": permission denied")
    #expect(complaint("/no/such", nil) == "exec: \"/no/such\": no such file or directory")
    #expect(complaint("/tmp", nil) == "exec: \"/tmp\": is a directory")
    #expect(complaint("", nil) == "exec: \"\": no command was given")
  }
}
