import Posix
import Testing

// Children in groups of their own.

struct GroupChildTests {
  @Test func aChildIsGivenExactlyWhatIsAskedFor() throws {
    var program = GroupChild.Program(["sh", "-c", "pwd; env | sort; cat; echo no >&2; exit 3"])
    program.environment = [("PATH", "/usr/bin:/bin"), ("WORD", "hello")]
    program.folder = "/usr"
    program.hasInput = true
    let child = try GroupChild(program)
    #expect(Array("fed\n".utf8).withUnsafeBytes { child.write($0) } == .bytes(4))
    child.closeInput()
    while !child.hasEnded { WallClock.sleep(nanoseconds: 1_000_000) }
    #expect(child.reap() == 3)
    let out = text(child, child.output).split(separator: "\n").map(String.init)
    #expect(out.first == "/usr" && out.last == "fed" && out.contains("WORD=hello"))
    #expect(!out.contains { $0.hasPrefix("HOME=") })
    #expect(text(child, child.complaint) == "no\n")
  }

  @Test func whatCannotStartSaysWhy() throws {
    func step(_ change: (inout GroupChild.Program) -> Void) -> (GroupChild.StartFailure.Step, String)? {
      var program = GroupChild.Program(["/bin/true"])
      change(&program)
      do throws(GroupChild.StartFailure) {
        let child = try GroupChild(program)
        while child.reap() == nil { WallClock.sleep(nanoseconds: 1_000_000) }
        return nil
      } catch {
        return (error.step, error.problem.text)
      }
    }
    #expect(step { _ in } == nil)
    #expect(try #require(step { $0.words = ["no-such-program-here"] }) == (.exec, "no such file or directory"))
    #expect(try #require(step { $0.words = ["/etc/passwd"] }) == (.exec, "permission denied"))
    #expect(try #require(step { $0.words = [] }) == (.exec, "no such file or directory"))
    #expect(try #require(step { $0.words = ["a\0b"] }) == (.exec, "invalid argument"))
    #expect(try #require(step { $0.folder = "/no/such/folder" }) == (.folder, "no such file or directory"))
    if Machine.userID != 0 { #expect(try #require(step { $0.user = 0 }) == (.user, "operation not permitted")) }
  }

  @Test(.enabled(if: Machine.userID == 0, "needs root")) func aChildBecomesAnotherUser() throws {
    var program = GroupChild.Program(["sh", "-c", "id -u; id -g; id -G"])
    program.user = 12345
    program.group = 23456
    program.supplementaryGroups = [77]
    program.endsWithUs = true
    let child = try GroupChild(program)
    while !child.hasEnded { WallClock.sleep(nanoseconds: 1_000_000) }
    #expect(child.reap() == 0)
    #expect(text(child, child.output) == "12345\n23456\n23456 77\n")
    // We are still who we were.
    #expect(Machine.userID == 0)
  }

  private func text(_ child: GroupChild, _ stream: Int32) -> String {
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { bytes.deallocate() }
    guard case .bytes(let count) = child.read(stream, into: bytes) else { return "" }
    return String(decoding: bytes[..<count], as: UTF8.self)
  }
}
