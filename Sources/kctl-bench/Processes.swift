import Posix

// Manifests run as real processes: many at once, one that crashes, a rolling update, a loud one.

enum Processes {
  private static let replicas = 500

  static func run(_ words: [String], _ tell: (Figure) -> Void) throws {
    _ = Machine.raiseDescriptorLimit()
    try Measure.withFolder { folder in
      let bare = try BareLoop.seconds(replicas, folder: folder)
      let supervised = try Supervisord(folder: "\(folder)/supervisord", programs: replicas)
      let cluster = try ProcessHome("\(folder)/home")
      defer { cluster.stop() }
      try many(cluster, bare, supervised, tell)
      try idle(cluster, tell)
      try crashes(cluster, tell)
      try cluster.kctl("delete", "deployment", "sleepers")
      try cluster.kctl("wait", "pods", "-l", "app=sleepers", "--for=delete", "--timeout=60s")
      try rollOut(cluster, tell)
      try log(cluster, tell)
    }
  }

  // MARK: Many at once

  private static func many(_ cluster: ProcessHome, _ bare: Double, _ supervised: Supervisord?, _ tell: (Figure) -> Void) throws {
    let seconds = try Measure.seconds {
      try cluster.apply(deployment("sleepers", replicas, ["command: [sleep, \"1000\"]"]))
      try cluster.kctl("rollout", "status", "deployment/sleepers", "--timeout=60s")
    }
    tell(Figure(what: "\(replicas) replicas of sleep, apply to all Ready", value: seconds, unit: "s"))
    tell(Figure(what: "\(replicas) times posix_spawn, bare", value: bare, unit: "s"))
    tell(Figure(what: "kctl / bare loop", value: seconds / bare, unit: "ratio", beside: "towards 2.5"))
    guard let supervised else { return tell(Figure(what: "supervisord is not installed", value: 0, unit: "")) }
    tell(Figure(what: "supervisord, to \(replicas) RUNNING", value: supervised.seconds, unit: "s"))
    tell(Figure(what: "supervisord's memory", value: supervised.memory, unit: "MB"))
    tell(Figure(what: "kctl / supervisord", value: seconds / supervised.seconds, unit: "ratio", beside: "at most 0.25"))
  }

  /// What the daemon needs while nothing happens.
  private static func idle(_ cluster: ProcessHome, _ tell: (Figure) -> Void) throws {
    let daemon = try cluster.daemon()
    WallClock.sleep(nanoseconds: 2_000_000_000)
    let before = Measure.processorSeconds(of: daemon)
    WallClock.sleep(nanoseconds: 5_000_000_000)
    let after = Measure.processorSeconds(of: daemon)
    let memory = Measure.memory("VmRSS:", of: String(daemon)) ?? 0
    tell(Figure(what: "the daemon's memory, \(replicas) pods", value: memory, unit: "MB", beside: "less than 40"))
    tell(Figure(what: "its processor time in 5 s of nothing", value: (after - before) * 1000, unit: "ms", beside: "0: none measurable"))
  }

  // MARK: Crashes

  /// How long it takes from a program's death until the next program of the same pod.
  private static func crashes(_ cluster: ProcessHome, _ tell: (Figure) -> Void) throws {
    var times: [Double] = []
    for pod in try cluster.pods("app=sleepers").prefix(15) {
      guard let first = cluster.run(0, of: "main", pod: pod), let program = ProcessHome.number("program", in: "\(first)/state") else {
        throw BenchFailure("a pod's program is not known")
      }
      times.append(try Measure.seconds { try crash(Int32(program)) { cluster.run(1, of: "main", pod: pod) } })
    }
    times.sort()
    tell(Figure(what: "kill -9 to the next program, median", value: times[times.count / 2] * 1000, unit: "ms", beside: "at most 50"))
    tell(Figure(what: "kill -9 to the next program, slowest of \(times.count)", value: (times.last ?? 0) * 1000, unit: "ms"))
  }

  private static func crash(_ program: Int32, next: () -> String?) throws {
    Machine.tell(program, .kill)
    let deadline = Machine.steadyNanoseconds + 10_000_000_000
    while Machine.steadyNanoseconds < deadline {
      if let run = next(), let program = ProcessHome.number("program", in: "\(run)/state"), program > 0, Machine.isAlive(Int32(program)) {
        return
      }
      WallClock.sleep(nanoseconds: 200_000)
    }
    throw BenchFailure("a program that was killed is not started again")
  }

  // MARK: A rolling update

  private static func rollOut(_ cluster: ProcessHome, _ tell: (Figure) -> Void) throws {
    guard (try? Child.run("wrk", ["-v"])) != nil else { return tell(Figure(what: "wrk is not installed", value: 0, unit: "")) }
    guard (try? Child.run("nginx", ["-v"])) != nil else { return tell(Figure(what: "nginx is not installed", value: 0, unit: "")) }
    try cluster.apply(web("one") + service)
    try cluster.kctl("rollout", "status", "deployment/web", "--timeout=60s")
    let address = try cluster.kctl("get", "service", "web", "-o", "jsonpath={.spec.clusterIP}")
    let output = "\(cluster.home)/wrk"
    let words = Load.words("http://\(address):8080/", 16, seconds: 12, isKept: false)
    try Detached.start("wrk", words, log: output, environment: [:])
    WallClock.sleep(nanoseconds: 1_000_000_000)
    let seconds = try Measure.seconds {
      try cluster.apply(web("two"))
      try cluster.kctl("rollout", "status", "deployment/web", "--timeout=60s")
    }
    var load: Load?
    for _ in 0..<150 where load == nil {
      WallClock.sleep(nanoseconds: 100_000_000)
      load = (try? Machine.readFile(output)).flatMap { try? Load(String(decoding: $0, as: UTF8.self)) }
    }
    guard let load else { throw BenchFailure("wrk does not end") }
    tell(Figure(what: "rolling update of 10, under load", value: seconds, unit: "s"))
    tell(Figure(what: "requests meanwhile, a connection each", value: load.requests, unit: "a second"))
    tell(Figure(what: "requests that failed", value: load.failures, unit: "requests", beside: "0"))
    try cluster.kctl("delete", "deployment", "web")
    try cluster.kctl("delete", "service", "web")
  }

  /// Ten of nginx, each with a configuration of its own in its pod's folder. It ends by SIGTERM, as it would anywhere.
  private static func web(_ version: String) -> String {
    let configuration =
      "\(Machine.userID == 0 ? "user root; " : "")worker_processes 1; daemon off; pid $PWD/pid; error_log $PWD/error.log; "
      + "events { worker_connections 1024; } http { access_log off; client_body_temp_path $PWD/a; proxy_temp_path $PWD/b; "
      + "fastcgi_temp_path $PWD/c; uwsgi_temp_path $PWD/d; scgi_temp_path $PWD/e; "
      + "server { listen $POD_IP:8080; location / { return 200 \(version); } } }"
    return deployment(
      "web", 10,
      [
        "command: [sh, -c, 'echo \"\(configuration)\" >nginx.conf && exec nginx -e $PWD/error.log -c $PWD/nginx.conf']",
        "env: [{name: POD_IP, valueFrom: {fieldRef: {fieldPath: status.podIP}}}]",
        "ports: [{name: http, containerPort: 8080}]",
        "readinessProbe: {httpGet: {path: /, port: http}, periodSeconds: 1}",
      ])
  }

  private static let service = """
    ---
    apiVersion: v1
    kind: Service
    metadata: {name: web}
    spec:
      selector: {app: web}
      ports: [{port: 8080, targetPort: http}]

    """

  // MARK: A loud one

  private static let lines = 3_000_000

  /// A program that writes 72 bytes a line, each line its number, as fast as it may.
  private static func log(_ cluster: ProcessHome, _ tell: (Figure) -> Void) throws {
    let path = "\(cluster.home)/lines"
    var text: [UInt8] = []
    text.reserveCapacity(lines * 72)
    for i in 0..<lines { text += "\(10_000_000 + i) \(padding)\n".utf8 }
    try Machine.replaceFile(path, with: text, mode: 0o600)
    try cluster.apply(
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: loud, labels: {app: loud}}
      spec:
        restartPolicy: Never
        containers: [{name: main, image: cat, command: [cat, "\(path)"]}]

      """)
    try cluster.kctl("wait", "pod/loud", "--for=jsonpath={.status.phase}=Succeeded", "--timeout=60s")
    guard let pod = try cluster.pods("app=loud").first, let run = cluster.run(0, of: "main", pod: pod),
      let started = ProcessHome.number("started", in: "\(run)/exit"), let ended = ProcessHome.number("ended", in: "\(run)/exit"),
      let dropped = ProcessHome.number("dropped-bytes", in: "\(run)/exit")
    else { throw BenchFailure("nothing tells how the program ended") }
    let kept = Array(try cluster.kctl("logs", "loud").utf8)
    // Older files are rotated away: what is left must be the end of it, without a gap.
    let isWhole = kept.count > 20 << 20 && text.suffix(kept.count).elementsEqual(kept)
    let rate = Double(text.count) / 1e6 / (Double(ended - started) / 1e9)
    tell(Figure(what: "log of one container, 72 bytes a line", value: rate, unit: "MB/s", beside: "at least 200"))
    tell(Figure(what: "dropped", value: Double(dropped), unit: "bytes", beside: "0"))
    tell(Figure(what: "what is kept is the end, without a gap", value: isWhole ? 1 : 0, unit: "of 1"))
  }

  private static let padding = String(repeating: "x", count: 62)

  private static func deployment(_ name: String, _ replicas: Int, _ container: [String]) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: \(name)}
    spec:
      replicas: \(replicas)
      selector: {matchLabels: {app: \(name)}}
      template:
        metadata: {labels: {app: \(name)}}
        spec:
          terminationGracePeriodSeconds: 5
          containers:
          - name: main
            image: \(name)
    \(container.map { "        \($0)" }.joined(separator: "\n"))

    """
  }
}
