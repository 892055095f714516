import CPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Stream sockets: TCP by numeric address, Unix by path.

/// Where a stream socket listens or connects to.
public enum SocketAddress: Hashable, Sendable, CustomStringConvertible {
  /// A numeric IPv4 or IPv6 address.
  case tcp(host: String, port: UInt16)
  case unix(path: String)

  /// The longest path that every system takes for a Unix socket, in bytes.
  public static let longestPath = 103

  /// `127.0.0.1:8001`, `[::1]:8001`, `localhost:8001` (which is 127.0.0.1) or `unix:PATH`; nil where it is none of these.
  public init?(_ text: String) {
    if text.hasPrefix("unix:") {
      let path = String(text.dropFirst(5))
      guard !path.isEmpty else { return nil }
      self = .unix(path: path)
      return
    }
    guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else { return nil }
    var host = String(text[..<colon])
    if host.hasPrefix("["), host.hasSuffix("]") { host = String(host.dropFirst().dropLast()) } else if host.contains(":") { return nil }
    if host == "localhost" { host = "127.0.0.1" }
    guard SocketAddress.isNumeric(host) else { return nil }
    self = .tcp(host: host, port: port)
  }

  public static func isNumeric(_ host: String) -> Bool {
    var four = in_addr()
    var six = in6_addr()
    return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
  }

  public var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): "unix:\(path)"
    }
  }

  /// Whether only this machine reaches it.
  public var isLocal: Bool {
    switch self {
    case .unix: true
    case .tcp(let host, _): host.hasPrefix("127.") || host == "::1"
    }
  }

  /// The address as the system has it, for the length of a call.
  func withSystemAddress<T>(_ body: (Int32, UnsafePointer<sockaddr>, socklen_t) -> T) throws(SystemFailure) -> T {
    switch self {
    case .unix(let path):
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      let bytes = Array(path.utf8)
      guard bytes.count <= SocketAddress.longestPath, !bytes.contains(0) else { throw SystemFailure(code: ENAMETOOLONG) }
      withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
      return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(AF_UNIX, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
      }
    case .tcp(let host, let port):
      var four = sockaddr_in()
      if inet_pton(AF_INET, host, &four.sin_addr) == 1 {
        four.sin_family = sa_family_t(AF_INET)
        four.sin_port = port.bigEndian
        return withUnsafePointer(to: &four) { pointer in
          pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(AF_INET, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
        }
      }
      var six = sockaddr_in6()
      guard inet_pton(AF_INET6, host, &six.sin6_addr) == 1 else { throw SystemFailure(code: EINVAL) }
      six.sin6_family = sa_family_t(AF_INET6)
      six.sin6_port = port.bigEndian
      return withUnsafePointer(to: &six) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(AF_INET6, $0, socklen_t(MemoryLayout<sockaddr_in6>.size)) }
      }
    }
  }
}

/// A stream socket, non-blocking, closed when it goes.
public final class Socket {
  public private(set) var number: Int32

  init(number: Int32) { self.number = number }
  deinit { end() }

  /// Closes it now.
  public func end() {
    if number >= 0 { close(number) }
    number = -1
  }

  /// Tells the other end that nothing more will come, and goes on reading.
  public func endWriting() { shutdown(number, Int32(SHUT_WR)) }

  /// What came of reading or writing without waiting.
  public enum Moved: Equatable, Sendable {
    case bytes(Int)
    /// Nothing can move just now.
    case wait
    /// The other end has ended its stream, or is gone.
    case end
  }

  /// Connects, waiting until the other end has taken it: ten seconds at most, or fewer nanoseconds.
  public static func connect(to address: SocketAddress, nanoseconds: Int64? = nil) throws(SystemFailure) -> Socket {
    try connect(to: address, nanoseconds: nanoseconds) { Machine.sleep(nanoseconds: $0) }
  }

  /// - Parameter pause: waits before another attempt.
  static func connect(to address: SocketAddress, nanoseconds: Int64?, pause: (Int64) -> Void) throws(SystemFailure) -> Socket {
    let end = Machine.steadyNanoseconds + min(10_000_000_000, nanoseconds ?? .max)
    var (socket, isPending) = (Socket(number: -1), false)
    var step: Int64 = 1_000_000
    while socket.number < 0 {
      do throws(SystemFailure) {
        (socket, isPending) = try beginConnecting(to: address)
      } catch {
        // So many stand at a Unix socket's door that there is no room for another, and nothing tells when there is.
        let left = end - Machine.steadyNanoseconds
        guard error.isBusy, left > 0 else { throw error }
        pause(min(step, left))
        step = min(step * 2, 50_000_000)
      }
    }
    if isPending {
      var wait = pollfd(fd: socket.number, events: Int16(POLLOUT), revents: 0)
      let patience = Int32(clamping: max(0, end - Machine.steadyNanoseconds - 1) / 1_000_000 + 1)
      while poll(&wait, 1, patience) < 0 { guard errno == EINTR else { throw .last } }
      if wait.revents == 0 { throw SystemFailure(code: ETIMEDOUT) }
      if let problem = socket.problem { throw problem }
    }
    if case .tcp = address { socket.sendAtOnce() }
    return socket
  }

  /// Lets small pieces leave without waiting for more.
  public func sendAtOnce() {
    var on: Int32 = 1
    setsockopt(number, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
  }

  /// Reads into the end of `bytes`, at most `count`.
  public func read(into bytes: UnsafeMutableRawBufferPointer) -> Moved {
    while true {
      let n = recv(number, bytes.baseAddress, bytes.count, 0)
      if n > 0 { return .bytes(n) }
      if n == 0 { return .end }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .wait : .end
    }
  }

  public func write(_ bytes: UnsafeRawBufferPointer) -> Moved {
    #if canImport(Glibc)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    while true {
      let n = send(number, bytes.baseAddress, bytes.count, flags)
      if n >= 0 { return .bytes(n) }
      if errno == EINTR { continue }
      return errno == EAGAIN || errno == EWOULDBLOCK ? .wait : .end
    }
  }

  /// Who is at the other end of a Unix socket.
  public var peerUser: UInt32? {
    var user: UInt32 = 0
    return cposix_peer_user(number, &user) == 0 ? user : nil
  }

  /// The process at the other end of a Unix socket; nil where the system doesn't tell.
  public var peerProcess: Int32? {
    let process = cposix_peer_process(number)
    return process > 0 ? process : nil
  }

  /// Waits until any of several sockets can be read; false at the end of so many nanoseconds (nil: for ever) or where a signal came.
  public static func waitReadable(_ sockets: [Socket], nanoseconds: Int64?) -> [Bool] {
    Machine.wait(for: sockets.map { ($0.number, .read) }, nanoseconds: nanoseconds).map { !$0.isEmpty }
  }

  /// Waits until it can be written.
  public func waitWritable() {
    var wait = pollfd(fd: number, events: Int16(POLLOUT), revents: 0)
    _ = poll(&wait, 1, 1000)
  }
}

/// A socket that takes connections. A Unix socket's file is of mode 0600 and goes with it.
public final class Listener {
  public let address: SocketAddress
  public let socket: Socket
  private let file: FileIdentity?

  /// Port 0 takes a free one: `address` tells which. A socket file that nobody listens on any more is replaced.
  public init(_ wanted: SocketAddress, backlog: Int32 = 1024) throws(SystemFailure) {
    if case .unix(let path) = wanted, Folder.exists(path) {
      do throws(SystemFailure) {
        _ = try Socket.beginConnecting(to: wanted)
        throw SystemFailure(code: EADDRINUSE)
      } catch {
        // Where many stand at the door, somebody is behind it.
        guard error.isRefused else { throw error.isBusy ? SystemFailure(code: EADDRINUSE) : error }
        // Any other file refuses too, and stays: binding will say that the name is taken.
        if Folder.isSocket(path) { unlink(path) }
      }
    }
    let (made, failure) = try wanted.withSystemAddress { family, pointer, size -> (Socket, Int32) in
      let number = cposix_socket(family)
      guard number >= 0 else { return (Socket(number: -1), errno) }
      let socket = Socket(number: number)
      var on: Int32 = 1
      setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, socklen_t(MemoryLayout<Int32>.size))
      guard bind(number, pointer, size) == 0 else { return (socket, errno) }
      // Before it listens, nobody can connect.
      if case .unix(let path) = wanted, chmod(path, 0o600) != 0 { return (socket, errno) }
      guard listen(number, backlog) == 0 else { return (socket, errno) }
      return (socket, 0)
    }
    guard failure == 0 else { throw SystemFailure(code: failure) }
    socket = made
    switch wanted {
    case .unix(let path):
      address = wanted
      file = try FileIdentity(of: path)
    case .tcp(let host, let port):
      address = .tcp(host: host, port: port == 0 ? Listener.port(of: made.number) : port)
      file = nil
    }
  }

  /// Whoever waits at the door; nil where nobody does, or where no more descriptors are to be had.
  public func accept() -> Socket? {
    while true {
      let number = cposix_accept(socket.number)
      if number >= 0 {
        let socket = Socket(number: number)
        if case .tcp = address { socket.sendAtOnce() }
        return socket
      }
      if errno == EINTR || errno == ECONNABORTED { continue }
      return nil
    }
  }

  /// Takes no more; a Unix socket's file goes, if it is still this one.
  public func end() {
    socket.end()
    if case .unix(let path) = address, let file, (try? FileIdentity(of: path)) == file { unlink(path) }
  }

  private static func port(of number: Int32) -> UInt16 {
    var address = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    return withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { _ = getsockname(number, $0, &size) }
      // The port stands at the same place in both families.
      return pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { UInt16(bigEndian: $0.pointee.sin_port) }
    }
  }
}

extension SystemFailure {
  public var isAddressInUse: Bool { code == EADDRINUSE }
  /// Nobody listens there.
  public var isRefused: Bool { code == ECONNREFUSED }
  /// This machine has run out of something: descriptors, memory, ports to connect from.
  public var isShortage: Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM, EADDRNOTAVAIL].contains(code) }
}
