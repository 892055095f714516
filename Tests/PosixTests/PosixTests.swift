import Foundation
import Posix
import Testing

/// A folder of one test's own.
func scratch() throws -> String {
  let path = FileManager.default.temporaryDirectory.appendingPathComponent("kctl-posix-\(UUID().uuidString)").path
  try Folder.make(path)
  return path
}

@Test func filesAreWrittenAtAPlaceAndReadBack() throws {
  let path = try scratch() + "/f"
  let file = try Descriptor(path, .create)
  try file.write(Array("hello".utf8), at: 0)
  try file.write(Array("p me".utf8), at: 3)
  try file.sync()
  #expect(try file.read(at: 0, count: 100) == Array("help me".utf8))
  try file.truncate(to: 4)
  #expect(try file.size() == 4)
  let mapped = try MappedFile(path)
  withExtendedLifetime(mapped) { #expect(Array(mapped.bytes) == Array("help".utf8)) }
}

@Test func aSecondLockIsRefused() throws {
  let path = try scratch() + "/lock"
  do {
    let first = try FileLock(ifFree: path)
    #expect(throws: SystemFailure.self) { _ = try FileLock(ifFree: path) }
    _ = consume first
  }
  // A child that another test is just starting holds what this process held until it becomes its program.
  for _ in 0..<200 {
    if (try? FileLock(ifFree: path)) != nil { return }
    WallClock.sleep(nanoseconds: 10_000_000)
  }
  Issue.record("the lock is still held though its holder has let go")
}

@Test func childrenReadWriteAndEnd() throws {
  let text = [UInt8](repeating: 65, count: 1 << 20)
  let cat = try Child.run("cat", [], input: text)
  #expect(cat.output == text)
  #expect(cat.code == 0)
  let shell = try Child.run("/bin/sh", ["-c", "echo $WORD >&2; exit 7"], environment: ["WORD": "hello"])
  #expect(shell.code == 7)
  #expect(String(decoding: shell.complaint, as: UTF8.self) == "hello\n")
  #expect(throws: SystemFailure.self) { _ = try Child.run("no-such-program-here", []) }
  #expect(try Child.run("/bin/sh", ["-c", "kill -9 $$"]).code == 137)
}

@Test func aCompanionEndsWithItsOwner() throws {
  let folder = try Folder.makeNew(FileManager.default.temporaryDirectory.path + "/kctl-")
  let companion = try Companion("/bin/sh", ["-c", "echo $$ > \(folder)/pid; echo here >&2; exec sleep 1000"], folder: folder)
  var process: Int32?
  while process == nil {
    process = (try? String(contentsOfFile: folder + "/pid", encoding: .utf8)).flatMap { Int32($0.dropLast()) }
  }
  #expect(!companion.hasEnded)
  while companion.complaint.isEmpty {}
  #expect(companion.complaint == "here\n")
  companion.end()
  #expect(companion.hasEnded)
  #expect(try kill(#require(process), 0) != 0)
  #expect(!Folder.exists(folder))
}

@Test func aCompanionThatEndsByItselfSaysWhy() throws {
  let folder = try Folder.makeNew(FileManager.default.temporaryDirectory.path + "/kctl-")
  let companion = try Companion("/bin/sh", ["-c", "echo no such context >&2; exit 3"], folder: folder)
  while !companion.hasEnded {}
  #expect(companion.complaint == "no such context\n")
  #expect(!Folder.exists(folder))
}
