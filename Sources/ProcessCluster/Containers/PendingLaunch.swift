import APIMachinery
import CPosix
import Posix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A container between its shim's start and its program's: so that hundreds can be under way at once.

/// A launch under way. If it is dropped, the container starts all the same, and its folder can be adopted.
public final class PendingLaunch {
  /// Readable once `finish` need not wait.
  public var descriptor: Int32 { channel }

  /// The first of its mounts, from 1, that the program runs without, known from `finish` on.
  private(set) var mountFailure: (step: Int, problem: SystemFailure)?

  private let launch: ContainerLaunch
  private let folder: String
  private let token: String
  private let shim: Int32
  private var channel: Int32

  /// Starts a shim and hands it the request.
  /// - Parameter executable: what is run as the shim: this program, or another one that holds CPosix.
  public init(_ launch: ContainerLaunch, folder: String, executable: String? = nil) throws(LaunchFailure) {
    self.launch = launch
    self.folder = folder
    let place: Descriptor
    do { place = try Descriptor(folder, .read) } catch { throw LaunchFailure(.folder, error, folder) }
    guard cposix_lock_folder(place.number) == 0 else { throw LaunchFailure(.folder, .latest, folder) }
    guard !Folder.exists(folder + "/state") else { throw LaunchFailure(.folder, SystemFailure(code: EEXIST), folder) }

    token = try PendingLaunch.newToken(for: launch.program)
    guard let request = launch.request(token: token) else {
      throw LaunchFailure(.request, SystemFailure(code: EINVAL), launch.program)
    }
    var ends: [Int32] = [-1, -1]
    guard cposix_socket_pair(&ends) == 0 else { throw LaunchFailure(.shim, .latest, launch.program) }
    channel = ends[0]
    defer { close(ends[1]) }
    var process: pid_t = 0
    let problem = cposix_spawn_shim(executable ?? PendingLaunch.ourselves, token, launch.label, ends[1], place.number, &process)
    shim = process
    guard problem == 0 else {
      close(channel)
      channel = -1
      throw LaunchFailure(.shim, SystemFailure(code: problem), launch.program)
    }
    guard PendingLaunch.deliver(request, to: channel) else { throw abandoned() }
  }

  deinit {
    if channel >= 0 { close(channel) }
  }

  /// Waits until the program runs or can't.
  public func finish() throws(LaunchFailure) -> ContainerProcess {
    var reply = cposix_shim_reply()
    guard withUnsafeMutableBytes(of: &reply, { PendingLaunch.receive($0, from: channel) }) else { throw abandoned() }
    if reply.mount > 0 { mountFailure = (Int(reply.mount), SystemFailure(code: reply.mount_problem)) }
    guard reply.step == Int32(CPOSIX_STEP_NONE) else {
      // It ends by itself, at once.
      _ = waitpid(shim, nil, 0)
      throw LaunchFailure(step: reply.step, code: reply.problem, launch)
    }
    #if os(Linux)
      // Our child, not yet waited for: the number is its own.
      let watch = cposix_process_descriptor(shim)
    #else
      // There the shim keeps its end of the channel until its own.
      let watch = channel
      channel = -1
    #endif
    return ContainerProcess(
      folder: folder, shim: shim, program: reply.program, started: Instant(nanoseconds: reply.started), token: token, isOurChild: true,
      watch: watch)
  }

  private func abandoned() -> LaunchFailure {
    // It has ended, or does as it finds our end closed before it was told all.
    close(channel)
    channel = -1
    _ = waitpid(shim, nil, 0)
    return LaunchFailure(.shim, SystemFailure(code: EPIPE), launch.program)
  }

  private static var ourselves: String {
    #if os(Linux)
      // The file that we are, even if another has taken its name since.
      return "/proc/self/exe"
    #else
      var size: UInt32 = 4096
      var path = [CChar](repeating: 0, count: Int(size))
      guard _NSGetExecutablePath(&path, &size) == 0 else { return "" }
      return String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #endif
  }

  /// 128 bits that nobody can guess, in hexadecimal.
  private static func newToken(for program: String) throws(LaunchFailure) -> String {
    var bytes = [UInt8](repeating: 0, count: 16)
    guard cposix_random_bytes(&bytes, UInt(bytes.count)) == 0 else { throw LaunchFailure(.shim, .latest, program) }
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
  }

  private static func deliver(_ bytes: [UInt8], to channel: Int32) -> Bool {
    #if os(Linux)
      let flags = Int32(MSG_NOSIGNAL)
    #else
      let flags: Int32 = 0
    #endif
    var done = 0
    while done < bytes.count {
      let n = bytes.withUnsafeBytes { raw in raw.baseAddress.map { send(channel, $0 + done, bytes.count - done, flags) } ?? -1 }
      if n < 0, errno == EINTR { continue }
      guard n > 0 else { return false }
      done += n
    }
    return true
  }

  private static func receive(_ place: UnsafeMutableRawBufferPointer, from channel: Int32) -> Bool {
    var done = 0
    while done < place.count {
      let n = read(channel, place.baseAddress.map { $0 + done }, place.count - done)
      if n < 0, errno == EINTR { continue }
      guard n > 0 else { return false }
      done += n
    }
    return true
  }
}
