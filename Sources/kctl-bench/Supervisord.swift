import Posix

// As many programs started by others: a bare loop, and supervisord.

/// A loop that does nothing but start programs.
enum BareLoop {
  /// How long it takes to start so many, in seconds.
  static func seconds(_ count: Int, folder: String) throws -> Double {
    var started: [Int32] = []
    defer { for process in started { Machine.tell(process, .kill) } }
    return try Measure.seconds {
      for _ in 0..<count { started.append(try Detached.start("sleep", ["1000"], log: "\(folder)/bare", environment: [:])) }
    }
  }
}

/// What supervisord has needed for as many programs; nil where none is installed.
struct Supervisord {
  let seconds: Double
  /// In MB.
  let memory: Double

  init?(folder: String, programs: Int) throws {
    guard (try? Child.run("supervisord", ["--version"]))?.code == 0 else { return nil }
    try Folder.make(folder)
    let configuration = """
      [supervisord]
      nodaemon=true
      logfile=\(folder)/log
      pidfile=\(folder)/pid
      childlogdir=\(folder)
      minfds=4096
      [unix_http_server]
      file=\(folder)/s
      [rpcinterface:supervisor]
      supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
      [supervisorctl]
      serverurl=unix://\(folder)/s
      [program:sleep]
      command=sleep 1000
      numprocs=\(programs)
      process_name=sleep%(process_num)d
      startsecs=0

      """
    let path = "\(folder)/conf"
    try Machine.replaceFile(path, with: Array(configuration.utf8), mode: 0o600)
    let start = Machine.steadyNanoseconds
    let process = try Detached.start("supervisord", ["-c", path], log: "\(folder)/out", environment: [:])
    defer {
      Machine.tell(process, .stop)
      // It takes its number away as the last thing that it does.
      while Folder.exists("\(folder)/pid"), Machine.steadyNanoseconds - start < 90_000_000_000 { WallClock.sleep(nanoseconds: 10_000_000) }
    }
    // Its children are counted, not asked for by supervisorctl, whose own start would be measured too.
    let children = "/proc/\(process)/task/\(process)/children"
    while (try? Machine.readFile(children))?.count(where: { $0 == UInt8(ascii: " ") }) ?? 0 < programs {
      guard Machine.steadyNanoseconds - start < 60_000_000_000 else { throw BenchFailure("supervisord does not start its programs") }
      WallClock.sleep(nanoseconds: 5_000_000)
    }
    seconds = Double(Machine.steadyNanoseconds - start) / 1e9
    let status = String(decoding: try Child.run("supervisorctl", ["-c", path, "status"]).output, as: UTF8.self)
    guard status.split(separator: "\n").count(where: { $0.contains(" RUNNING ") }) == programs else {
      throw BenchFailure("supervisorctl does not see \(programs) RUNNING")
    }
    memory = Measure.memory("VmRSS:", of: String(process)) ?? 0
  }
}
