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
    sockets(at: address, port: port, isDatagram: isDatagram).lazy.compactMap(holder).first
  }

  /// Who answers at a numeric address, as far as some processes are asked about.
  public enum Answerer: Sendable, Equatable {
    /// One of those processes.
    case theirs
    /// Another, or another user.
    case other
    /// Nobody who is seen, or somebody who isn't seen into.
    case unknown
  }

  /// Tells whether it is one of some processes that listens on a TCP port of a numeric address, by itself or on all addresses.
  public static func answerer(address: String, port: UInt16, of processes: [Int32]) -> Answerer {
    let all = sockets(at: address, port: port, isDatagram: false)
    guard let nearest = all.map(\.nearness).min() else { return .unknown }
    let sockets = all.filter { $0.nearness == nearest }
    if sockets.contains(where: { socket in processes.contains { holds($0, socket.link) } }) { return .theirs }
    // A program may hide its files from its own user, not from others whose sockets it has.
    return sockets.allSatisfy { $0.user == Machine.userID && process(of: $0) == nil } ? .unknown : .other
  }

  private struct Found {
    let address: String
    /// Which of several gets a connection: 0 where it is bound to that address, 1 to all of the family, 2 to all of both.
    let nearness: Int
    let user: UInt32
    /// What leads to it in `/proc/N/fd`.
    let link: [UInt8]
  }

  /// The sockets that are bound there, or everywhere.
  private static func sockets(at address: String, port: UInt16, isDatagram: Bool) -> [Found] {
    let kind = isDatagram ? "udp" : "tcp"
    var found: [Found] = []
    for (table, isSix) in [("/proc/net/\(kind)", false), ("/proc/net/\(kind)6", true)] {
      guard let bytes = try? Machine.readFile(table) else { continue }
      for line in bytes.split(separator: 10).dropFirst() where isOf(port, line, isSix: isSix) {
        let words = Substring(decoding: line, as: UTF8.self).split(separator: " ")
        guard words.count > 9, isDatagram || words[3] == "0A", let place = Place(words[1], isSix: isSix), place.port == port,
          let nearness = place.nearness(to: address, isSix: isSix), let user = UInt32(words[7])
        else { continue }
        let host = isSix ? "[\(place.text)]" : place.text
        found.append(
          Found(address: "\(host):\(port)", nearness: nearness, user: user, link: Array("socket:[\(words[9])]".utf8)))
      }
    }
    return found
  }

  private static func holder(_ socket: Found) -> PortHolder? {
    guard let process = process(of: socket) else { return nil }
    let name = (try? Machine.readFile("/proc/\(process)/comm")).map { String(decoding: $0, as: UTF8.self) } ?? ""
    return PortHolder(program: name.split(separator: "\n").first.map(String.init) ?? "?", process: process, address: socket.address)
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

    /// Nil where it doesn't answer at that address. A socket of IPv6 may be bound to an address of IPv4, or to all of them too.
    func nearness(to address: String, isSix: Bool) -> Int? {
      if text == address || text == "::ffff:\(address)" { return 0 }
      guard isWild, isSix || !address.contains(":") else { return nil }
      return isSix == address.contains(":") ? 1 : 2
    }
  }

  private static func process(of socket: Found) -> Int32? {
    ((try? Machine.entries(of: "/proc")) ?? []).lazy.compactMap { Int32($0) }.first { holds($0, socket.link) }
  }

  private static func holds(_ process: Int32, _ wanted: [UInt8]) -> Bool {
    var link = [UInt8](repeating: 0, count: 64)
    return ((try? Machine.entries(of: "/proc/\(process)/fd")) ?? []).contains { file in
      let count = link.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { readlink("/proc/\(process)/fd/\(file)", $0.assumingMemoryBound(to: CChar.self), bytes.count) } ?? -1
      }
      return count == wanted.count && link[..<count].elementsEqual(wanted)
    }
  }
}
