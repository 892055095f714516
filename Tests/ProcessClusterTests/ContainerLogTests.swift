import APIMachinery
import Foundation
import Posix
import Testing

@testable import ProcessCluster

// What a program writes comes back as it was, over rotations, long lines and full disks.

#if os(Linux)
  struct ContainerLogTests {
    let scene: ContainerScene
    init() throws { scene = try ContainerScene() }

    private func file(_ bytes: [UInt8]) throws -> String {
      let path = scene.folder + "/data"
      #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
      return path
    }

    /// All bytes of a stream, newlines put back.
    private func bytes(_ lines: [LogLine]) -> [UInt8] { lines.flatMap { $0.endsLine ? $0.bytes + [10] : $0.bytes } }

    @Test func recordsAreAsKubernetesWritesThem() throws {
      let before = WallClock.now
      let (exit, container) = try scene.run(scene.shell("echo one; sleep 0.05; echo two >&2; sleep 0.05; echo; sleep 0.05; printf three"))
      let found = lines(container)
      #expect(text(found) == ["one", "two", "", "three"])
      #expect(found.map(\.stream) == [.output, .error, .output, .output])
      #expect(found.map(\.endsLine) == [true, true, true, false])
      #expect(found.allSatisfy { $0.time.nanoseconds >= before && $0.time <= exit.ended })
      #expect(found.map(\.time) == found.map(\.time).sorted())
      let raw = try String(contentsOfFile: container.folder + "/0.log", encoding: .utf8).split(separator: "\n")
      #expect(raw.count == 4)
      for (line, end) in zip(raw, ["stdout F one", "stderr F two", "stdout F ", "stdout P three"]) {
        #expect(line.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z (std.*)/)?.output.1 == Substring(end), "\(line)")
      }
      #expect(raw.first?.prefix(19) == Substring(found[0].time.rfc3339.dropLast()))
    }

    @Test func aLineOfAMebibyteSurvives() throws {
      let path = try file([UInt8](repeating: 120, count: 1 << 20) + Array("\nshort\n".utf8))
      let found = lines(try scene.run(scene.launch(of: ["/bin/cat", path])).container)
      #expect(found.map(\.bytes.count) == [1 << 20, 5])
      #expect(found.allSatisfy { $0.beginsLine && $0.endsLine })
    }

    @Test func binaryBytesSurvive() throws {
      var seed: UInt64 = 7
      let data = (0..<3_000_000).map { _ -> UInt8 in
        seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(seed >> 56)
      }
      let path = try file(data)
      let (_, container) = try scene.run(scene.launch(of: ["/bin/cat", path]))
      #expect(bytes(lines(container)) == data)
    }

    @Test func filesAreRotatedAndReadAcross() throws {
      var launch = scene.shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done")
      launch.log.bytesPerFile = 100_000
      launch.log.files = 20
      let (_, container) = try scene.run(launch)
      let names = try FileManager.default.contentsOfDirectory(atPath: container.folder).filter { $0.hasPrefix("0.log") }
      #expect(names.count > 5)
      for name in names {
        let size = try FileManager.default.attributesOfItem(atPath: container.folder + "/" + name)[.size] as? Int
        #expect(size ?? .max <= 100_000, "\(name)")
      }
      #expect(text(lines(container)) == (0..<20000).map { "line \($0)" })
      for count in [0, 1, 2, 3000, 15_000, 19_999, 20_000, 30_000] {
        let tail = text(all(LogReader(folder: container.folder, from: .tail(count))))
        #expect(tail == (max(0, 20000 - count)..<20000).map { "line \($0)" }, "tail \(count)")
      }
    }

    @Test func onlySoManyFilesAreKept() throws {
      var launch = scene.shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done")
      launch.log.bytesPerFile = 50_000
      launch.log.files = 3
      let (_, container) = try scene.run(launch)
      let names = try FileManager.default.contentsOfDirectory(atPath: container.folder).filter { $0.hasPrefix("0.log") }
      #expect(names.sorted() == ["0.log", "0.log.1", "0.log.2"])
      let found = text(lines(container))
      #expect(found.last == "line 19999")
      #expect(found.count < 5000 && found == (20000 - found.count..<20000).map { "line \($0)" })
    }

    @Test func aFollowerLosesNothingOverRotations() throws {
      var launch = scene.shell("i=0; while [ $i -lt 30000 ]; do echo line $i; i=$((i+1)); done")
      launch.log.bytesPerFile = 30_000
      launch.log.files = 99
      let container = try scene.start(launch)
      let reader = LogReader(folder: container.folder)
      var found: [LogLine] = []
      while container.ended == nil { found += reader.next(atMost: 10_000) }
      found += all(reader)
      #expect(!reader.hasMissedSome)
      #expect(text(found) == (0..<30000).map { "line \($0)" })
    }

    @Test func aFollowerThatWasLeftBehindSaysSo() throws {
      var launch = scene.shell("echo first; read go; i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done")
      launch.log.bytesPerFile = 30_000
      launch.log.files = 3
      launch.hasInput = true
      let container = try scene.start(launch)
      let reader = LogReader(folder: container.folder)
      #expect(try wait(for: "a line") { reader.next().first.map { [$0] } }.map(\.bytes) == [Array("first".utf8)])
      #expect(reader.next().isEmpty)
      try #require(FileHandle(forWritingAtPath: container.folder + "/stdin")).write(Data("go\n".utf8))
      _ = try end(of: container)
      let rest = text(all(reader))
      #expect(reader.hasMissedSome)
      #expect(rest.last == "line 19999")
    }

    @Test func aFollowerSeesTheBeginningOfALine() throws {
      var launch = scene.shell("printf begin; read go; echo -end; echo next")
      launch.hasInput = true
      let container = try scene.start(launch)
      let reader = LogReader(folder: container.folder, from: .tail(5))
      let first = try wait(for: "the beginning") { reader.next().first }
      #expect(String(decoding: first.bytes, as: UTF8.self) == "begin" && first.beginsLine && !first.endsLine)
      try #require(FileHandle(forWritingAtPath: container.folder + "/stdin")).write(Data("go\n".utf8))
      _ = try end(of: container)
      let rest = all(reader)
      #expect(text(rest) == ["-end", "next"])
      #expect(rest.map(\.beginsLine) == [false, true] && rest.map(\.endsLine) == [true, true])
    }

    @Test func whatIsOlderIsPassedOver() throws {
      var launch = scene.shell("i=0; while [ $i -lt 6000 ]; do echo line $i; i=$((i+1)); [ $((i % 1000)) = 0 ] && sleep 0.05; done")
      launch.log.bytesPerFile = 60_000
      launch.log.files = 20
      let (_, container) = try scene.run(launch)
      let whole = lines(container)
      let middle = whole[3500].time
      let since = all(LogReader(folder: container.folder, since: middle))
      #expect(since == whole.filter { $0.time >= middle })
      #expect(all(LogReader(folder: container.folder, since: Instant(nanoseconds: WallClock.now))).isEmpty)
      #expect(all(LogReader(folder: container.folder, from: .tail(10), since: middle)) == Array(whole.suffix(10)))
    }

    @Test(.enabled(if: Machine.userID == 0, "only root may mount a small file system to fill")) func aFullDiskHoldsNobodyUp() throws {
      let place = try scene.place()
      guard try Child.run("mount", ["-t", "tmpfs", "-o", "size=256k", "none", place]).code == 0 else {
        print("a full disk: skipped, as nothing can be mounted here")
        return
      }
      defer { _ = try? Child.run("umount", [place]) }
      let launch = scene.shell("i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; exit 7")
      let container = try scene.start(launch, in: place)
      let exit = try end(of: container)
      #expect(exit.code == 7)
      #expect(exit.dropped.records > 0 && exit.dropped.bytes > exit.dropped.records)
      #expect(exit.dropped.notice.hasPrefix("\(exit.dropped.records) lines of output (\(exit.dropped.bytes) bytes) "))
      let kept = text(lines(container))
      #expect(!kept.isEmpty && kept == (0..<kept.count).map { "line \($0)" })
      #expect(kept.count + exit.dropped.records == 20000)
      #expect(ContainerProcess.adopt(folder: place)?.ended == exit)
    }
  }
#endif
