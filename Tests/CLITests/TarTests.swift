import Foundation
import Posix
import Testing

@testable import CLI

// Archives as kctl cp writes and reads them, held against the installed tar.

struct TarTests {
  private let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "kctl-tar-" + UUID().uuidString.prefix(8)
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func write(_ path: String, _ text: String) throws {
    let path = folder + "/" + path
    try FileManager.default.createDirectory(atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    try text.write(toFile: path, atomically: false, encoding: .utf8)
  }

  private func text(_ path: String) -> String? { try? String(contentsOfFile: folder + "/" + path, encoding: .utf8) }

  private func tar(_ words: String..., input: [UInt8] = []) throws -> [UInt8] {
    let ended = try Child.run("tar", ["-C", folder] + words, input: input)
    try #require(ended.code == 0, "\(String(decoding: ended.complaint, as: UTF8.self))")
    return ended.output
  }

  private static let hasTar = (try? Child.run("tar", ["--version"]))?.code == 0
  /// Longer than a header's field.
  private static let long = String(repeating: "x", count: 150)

  private func tree() throws {
    try write("d/a", "one\n")
    try write("d/sub/\(Self.long)/b", String(repeating: "two\n", count: 400))
    try write("d/empty-file", "")
    try FileManager.default.createDirectory(atPath: folder + "/d/empty", withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(atPath: folder + "/d/link", withDestinationPath: "a")
  }

  private func archive(_ path: String, as name: String) throws -> [UInt8] {
    var writer = TarWriter(folder + "/" + path, as: name)
    var bytes: [UInt8] = []
    while let more = try writer.next() { bytes += more }
    return bytes
  }

  @Test(.enabled(if: hasTar, "tar is not installed")) func tarReadsWhatIsWritten() throws {
    try tree()
    let bytes = try archive("d", as: "e")
    try FileManager.default.createDirectory(atPath: folder + "/out", withIntermediateDirectories: true)
    _ = try tar("-C", "out", "-xf", "-", input: bytes)
    #expect(text("out/e/a") == "one\n" && text("out/e/sub/\(Self.long)/b") == String(repeating: "two\n", count: 400))
    #expect(text("out/e/empty-file") == "")
    #expect(try FileFacts(at: folder + "/out/e/empty").kind == .folder)
    #expect(try FileFacts(at: folder + "/out/e/link").kind == .link("a"))
  }

  @Test(.enabled(if: hasTar, "tar is not installed"), arguments: ["gnu", "pax", "ustar"])
  func whatTarWritesIsRead(_ format: String) throws {
    try tree()
    if format == "ustar" { try FileManager.default.removeItem(atPath: folder + "/d/sub") }
    try FileManager.default.linkItem(atPath: folder + "/d/a", toPath: folder + "/d/zz-hard")
    let bytes = try tar("--format=\(format)", "-cf", "-", "d")
    var skipped: [String] = []
    for size in [1, 511, 100_000] {
      let out = "out-\(size)"
      let untar = Untar(
        prefix: "d", to: folder + "/" + out, warn: { Issue.record("\($0)") }, skipped: { _, target in skipped.append(target) })
      for start in stride(from: 0, to: bytes.count, by: size) { try untar.take(Array(bytes[start..<min(bytes.count, start + size)])) }
      try untar.end()
      #expect(text("\(out)/a") == "one\n" && text("\(out)/zz-hard") == "one\n" && text("\(out)/empty-file") == "")
      if format != "ustar" { #expect(text("\(out)/sub/\(Self.long)/b") == String(repeating: "two\n", count: 400)) }
      #expect(!FileManager.default.fileExists(atPath: folder + "/\(out)/link"))
    }
    #expect(skipped == ["a", "a", "a"])
  }

  @Test func nothingLandsOutside() throws {
    var warnings: [String] = []
    let untar = Untar(prefix: "d", to: folder + "/in", warn: { warnings.append($0) }, skipped: { _, _ in })
    func entry(_ name: String) -> [UInt8] {
      var header = TarHeader(name, .file)
      header.length = 3
      return header.bytes + Array("bad".utf8) + TarHeader.padding(3)
    }
    try untar.take(entry("d/../../escaped"))
    try untar.take(entry("d/../escaped"))
    #expect(throws: Failure.self) { try untar.take(entry("/etc/escaped")) }
    #expect(warnings.count == 2 && warnings.allSatisfy { $0.hasSuffix("is outside target destination, skipping") })
    #expect(!FileManager.default.fileExists(atPath: folder + "/escaped"))
    // What was cut off is not taken for whole.
    let cut = Untar(prefix: "d", to: folder + "/in", warn: { _ in }, skipped: { _, _ in })
    try cut.take(Array(entry("d/x").dropLast(600)))
    #expect(throws: Failure.self) { try cut.end() }
  }

  @Test func brokenArchivesAreRefusedAndNeverTrap() throws {
    try tree()
    let good = try archive("d", as: "d")
    var state: UInt64 = 3
    func chance(_ limit: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % limit
    }
    for _ in 0..<2000 {
      var bytes = Array(good.prefix(chance(good.count) + 1))
      for _ in 0..<chance(4) { bytes[chance(bytes.count)] = UInt8(chance(256)) }
      var reader = TarReader()
      _ = try? reader.read(bytes)
    }
    var reader = TarReader()
    #expect(throws: TarFailure.self) { try reader.read([UInt8](repeating: 65, count: 512)) }
    var fields = TarHeader("x", .fields)
    fields.length = 12
    var other = TarReader()
    #expect(throws: TarFailure.self) { try other.read(fields.bytes + Array("999 path=a\n\n".utf8) + TarHeader.padding(12)) }
  }

  @Test func pathsAreGos() {
    #expect(
      SlashPath.clean("a//b/./c/..") == "a/b" && SlashPath.clean("/../a") == "/a" && SlashPath.clean("../a/..") == ".."
        && SlashPath.clean("") == ".")
    #expect(
      SlashPath.base("/a/b/") == "b" && SlashPath.base("/") == "/" && SlashPath.folder("/a/b") == "/a" && SlashPath.folder("a") == ".")
    #expect(
      SlashPath.isBelow("a/../b", ".") && !SlashPath.isBelow("../a", ".") && !SlashPath.isBelow("/ab", "/a")
        && SlashPath.isBelow("/a/b", "/a"))
  }

  @Test func placesAreKubectls() throws {
    let place = try CopyPlace("ns/pod:/a:b")
    #expect(place.namespace == "ns" && place.pod == "pod" && place.path == "/a:b")
    #expect(try CopyPlace("./file").pod.isEmpty)
    #expect(throws: Failure.self) { try CopyPlace(":x") }
    #expect(throws: Failure.self) { try CopyPlace("a/b/c:x") }
  }
}
