import CPosix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Connecting without waiting, and what exactly went wrong.

extension Socket {
  /// Begins to connect; where it `isPending`, the socket becomes writable when that is over, and `problem` tells how it went. A Unix socket
  /// that too many want to connect to `isBusy`: it is to be tried again.
  public static func beginConnecting(to address: SocketAddress) throws(SystemFailure) -> (socket: Socket, isPending: Bool) {
    let (socket, result) = try address.withSystemAddress { family, pointer, size -> (Socket, Int32) in
      let number = cposix_socket(family)
      guard number >= 0 else { return (Socket(number: -1), errno) }
      #if canImport(Glibc)
        let failed = Glibc.connect(number, pointer, size) != 0
      #else
        let failed = Darwin.connect(number, pointer, size) != 0
      #endif
      return (Socket(number: number), failed ? errno : 0)
    }
    switch result {
    case 0: return (socket, false)
    case EINPROGRESS, EINTR: return (socket, true)
    default: throw SystemFailure(code: result)
    }
  }

  /// What went wrong since this was last asked; nil: nothing.
  public var problem: SystemFailure? {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    guard getsockopt(number, SOL_SOCKET, SO_ERROR, &code, &size) == 0 else { return .last }
    return code == 0 ? nil : SystemFailure(code: code)
  }

  /// Reads what is there, and tells an end from a failure.
  public func take(into bytes: UnsafeMutableRawBufferPointer) throws(SystemFailure) -> Moved {
    while true {
      let n = recv(number, bytes.baseAddress, bytes.count, 0)
      if n > 0 { return .bytes(n) }
      if n == 0 { return .end }
      if errno == EINTR { continue }
      guard errno == EAGAIN || errno == EWOULDBLOCK else { throw .last }
      return .wait
    }
  }

  /// Lets the system ask now and then whether the other end is still there, where nothing else would tell: about two minutes after it has
  /// gone without a word, the socket is broken.
  public func askWhetherAlive() {
    func set(_ level: Int32, _ option: Int32, _ value: Int32) {
      var value = value
      setsockopt(number, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }
    set(SOL_SOCKET, SO_KEEPALIVE, 1)
    #if os(Linux)
      set(Int32(IPPROTO_TCP), TCP_KEEPIDLE, 60)
    #else
      set(Int32(IPPROTO_TCP), TCP_KEEPALIVE, 60)
    #endif
    set(Int32(IPPROTO_TCP), TCP_KEEPINTVL, 15)
    set(Int32(IPPROTO_TCP), TCP_KEEPCNT, 4)
  }

  /// Whether the other end has said all or is gone, though what it has said may still be unread.
  public var hasPeerEnded: Bool {
    #if os(Linux)
      // POLLRDHUP, which is only told where it is asked for.
      let ended: Int16 = 0x2000
    #else
      let ended = Int16(POLLHUP)
    #endif
    var wait = pollfd(fd: number, events: ended, revents: 0)
    return poll(&wait, 1, 0) > 0 && wait.revents & (ended | Int16(POLLHUP) | Int16(POLLERR)) != 0
  }

  /// Our end of a TCP connection, and the other one.
  public var localAddress: SocketAddress? { Socket.address { getsockname(number, $0, $1) } }
  public var peerAddress: SocketAddress? { Socket.address { getpeername(number, $0, $1) } }

  private static func address(_ ask: (UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>) -> Int32) -> SocketAddress? {
    var storage = sockaddr_storage()
    var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    return withUnsafeMutablePointer(to: &storage) { pointer -> SocketAddress? in
      guard pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, { ask($0, &size) }) == 0 else { return nil }
      var port: UInt16 = 0
      let isRead: Bool
      switch Int32(pointer.pointee.ss_family) {
      case AF_INET:
        isRead = pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
          port = UInt16(bigEndian: $0.pointee.sin_port)
          return inet_ntop(AF_INET, &$0.pointee.sin_addr, &text, socklen_t(text.count)) != nil
        }
      case AF_INET6:
        isRead = pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) {
          port = UInt16(bigEndian: $0.pointee.sin6_port)
          return inet_ntop(AF_INET6, &$0.pointee.sin6_addr, &text, socklen_t(text.count)) != nil
        }
      default: return nil
      }
      guard isRead else { return nil }
      return .tcp(host: String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), port: port)
    }
  }
}
