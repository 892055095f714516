#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Who listens on a port: Linux tells in /proc.

/// A program that has a port.
public struct PortHolder: Sendable, Equatable {
  public let program: String
  public let process: Int32
  /// Where it listens: `127.0.0.1:80`, or `0.0.0.0:80` for all addresses.
  public let address: String

  /// Looks for whoever listens at a numeric address, or at all of them; nil where nobody does, or the system doesn't tell.
  public static func find(address: String, port: UInt16, isDatagram: Bool) -> PortHolder? {
    let kind = isDatagram ? "udp" : "tcp"
    for (table, isSix) in [("/proc/net/\(kind)", false), ("/proc/net/\(kind)6", true)] {
      guard let bytes = try? Machine.readFile(table) else { continue }
      for line in bytes.split(separator: 10).dropFirst() where isOf(port, line, isSix: isSix) {
        let words = Substring(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count > 9, isDatagram || words[3] == "0A", let place = Place(words[1], isSix: isSix), place.port == port else {
          continue
        }
        guard place.isWild || place.text == address else { continue }
        guard let process = process(ofSocket: words[9]) else { continue }
        let name = (try? Machine.readFile("/proc/\(process)/comm")).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let host = isSix ? "[\(place.text)]" : place.text
        return PortHolder(program: name.split(separator: "\n").first.map(String.init) ?? "?", process: process, address: "\(host):\(port)")
      }
    }
    return nil
  }

  /// The IPv4 addresses that sockets are bound to, as numbers, those of connections that are over left out.
  public static func boundAddresses() -> [UInt32] {
    ["/proc/net/tcp", "/proc/net/udp"].flatMap { table in
      ((try? Machine.readFile(table)) ?? []).split(separator: 10).dropFirst().compactMap { line -> UInt32? in
        let words = Substring(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count > 3, words[3] != "06", let word = UInt32(words[1].prefix(8), radix: 16) else { return nil }
        return UInt32(bigEndian: word)
      }
    }
  }

  /// Whether a line's own port is that one, seen without reading the rest: a busy machine has a hundred thousand lines.
  private static func isOf(_ port: UInt16, _ line: ArraySlice<UInt8>, isSix: Bool) -> Bool {
    // `  12: 0100007F:1F90 …`
    guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return false }
    let digits = line[colon...].dropFirst(2 + (isSix ? 32 : 8) + 1).prefix(4)
    return UInt16(Substring(decoding: digits, as: UTF8.self), radix: 16) == port
  }

  /// `0100007F:1F90`: words of the address in the machine's order, then the port.
  private struct Place {
    let text: String
    let port: UInt16
    let isWild: Bool

    init?(_ word: Substring, isSix: Bool) {
      let halves = word.split(separator: ":")
      guard halves.count == 2, let port = UInt16(halves[1], radix: 16), halves[0].utf8.count == (isSix ? 32 : 8) else { return nil }
      self.port = port
      var words: [UInt32] = []
      var rest = halves[0]
      while !rest.isEmpty {
        guard let word = UInt32(rest.prefix(8), radix: 16) else { return nil }
        words.append(word)
        rest = rest.dropFirst(8)
      }
      isWild = words.allSatisfy { $0 == 0 }
      var text = [CChar](repeating: 0, count: 64)
      guard inet_ntop(isSix ? AF_INET6 : AF_INET, &words, &text, socklen_t(text.count)) != nil else { return nil }
      self.text = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
  }

  private static func process(ofSocket inode: Substring) -> Int32? {
    let wanted = Array("socket:[\(inode)]".utf8)
    var link = [UInt8](repeating: 0, count: 64)
    for name in (try? Machine.entries(of: "/proc")) ?? [] {
      guard let process = Int32(name) else { continue }
      for file in (try? Machine.entries(of: "/proc/\(name)/fd")) ?? [] {
        let count = link.withUnsafeMutableBytes { bytes in
          bytes.baseAddress.map { readlink("/proc/\(name)/fd/\(file)", $0.assumingMemoryBound(to: CChar.self), bytes.count) } ?? -1
        }
        if count == wanted.count, link[..<count].elementsEqual(wanted) { return process }
      }
    }
    return nil
  }
}
