import Formats
import Foundation
import Posix
import Testing

@testable import ProcessCluster

// tcpSocket, grpc, sleep, and handlers that can't be asked.

struct ProbeConnectTests {
  @Test func connectingIsEnough() throws {
    let scene = try ProbeScene()
    let port = try scene.serve([])
    #expect(scene.outcome(["tcpSocket": ["port": .int(port)]]) == .success)
    #expect(scene.outcome(["tcpSocket": ["port": .int(port), "host": "localhost"]]) == .success)
    let named = ProbeContext(address: "127.0.0.1", spec: ["ports": [["name": "web", "containerPort": .int(port)]]])
    #expect(scene.outcome(["tcpSocket": ["port": "web"]], named) == .success)
    #expect(scene.outcome(["tcpSocket": ["port": .string("\(port)")]]) == .success)
    #expect(
      scene.outcome(["tcpSocket": ["port": "$(PORT)"]], ProbeScene.context { $0.expand = { $0 == "$(PORT)" ? "\(port)" : $0 } }) == .success
    )
    scene.settle()
  }

  @Test func nobodyListens() throws {
    let scene = try ProbeScene()
    let port = try scene.freePort()
    #expect(scene.outcome(["tcpSocket": ["port": .int(port)]]) == .failure("dial tcp 127.0.0.1:\(port): connect: connection refused"))
    #expect(
      scene.outcome(["tcpSocket": ["port": .int(port), "host": "::1"]]) == .failure("dial tcp [::1]:\(port): connect: connection refused")
        || scene.outcome(["tcpSocket": ["port": .int(port), "host": "::1"]])
          == .failure("dial tcp [::1]:\(port): connect: network is unreachable")
        || scene.outcome(["tcpSocket": ["port": .int(port), "host": "::1"]])
          == .unknown("dial tcp [::1]:\(port): socket: cannot assign requested address")
    )
    scene.settle()
  }

  @Test func aFullQueueTimesOut() throws {
    let scene = try ProbeScene()
    // Nobody accepts, and the queue is as short as can be.
    let listener = try Listener(.tcp(host: "127.0.0.1", port: 0), backlog: 0)
    guard case .tcp(_, let port) = listener.address else { return }
    let waiting = (0..<8).compactMap { _ in try? Socket.beginConnecting(to: listener.address).socket }
    WallClock.sleep(nanoseconds: 20_000_000)
    let found = scene.outcome(["tcpSocket": ["port": .int(Int64(port))]], timeout: .milliseconds(50))
    #expect(found == .failure("dial tcp 127.0.0.1:\(port): i/o timeout"))
    #expect(!waiting.isEmpty)
    scene.settle()
  }

  @Test func portsThatCannotBeAsked() throws {
    let scene = try ProbeScene()
    #expect(scene.outcome(["tcpSocket": ["port": "web"]]) == .unknown("strconv.Atoi: parsing \"web\": invalid syntax"))
    #expect(scene.outcome(["tcpSocket": ["port": 70000]]) == .unknown("invalid port number: 70000"))
    #expect(scene.outcome(["httpGet": ["port": 0]]) == .unknown("invalid port number: 0"))
    #expect(scene.outcome(["httpGet": ["port": 1, "scheme": "GOPHER"]]) == .unknown("unsupported protocol scheme \"gopher\""))
    #expect(scene.outcome([:]) == .unknown("missing probe handler"))
    scene.settle()
  }

  @Test func namesAreLookedUp() throws {
    let folder = try ScratchFolder()
    var tools = ProbeTools()
    tools.getent = try folder.program("getent", "[ $2 = web.test ] && echo '127.0.0.1       STREAM web.test' || exit 2")
    let scene = try ProbeScene(.init(), tools)
    let port = try scene.serve([])
    #expect(scene.outcome(["tcpSocket": ["port": .int(port), "host": "web.test"]]) == .success)
    #expect(scene.outcome(["tcpSocket": ["port": .int(port), "host": "no.test"]]) == .failure("dial tcp: lookup no.test: no such host"))
    #expect(scene.outcome(["tcpSocket": ["port": .int(port), "host": "-v"]]) == .failure("dial tcp: lookup -v: no such host"))
    scene.settle()
    tools.getent = "no-such-getent"
    #expect(
      try ProbeScene(.init(), tools).outcome(["tcpSocket": ["port": 80, "host": "web.test"]])
        == .unknown("dial tcp: lookup web.test: cannot run no-such-getent: no such file or directory"))
  }

  @Test func grpcIsAskedByItsOwnTool() throws {
    let folder = try ScratchFolder()
    var tools = ProbeTools()
    tools.grpcHealthProbe = try folder.program(
      "grpc_health_probe",
      "echo \"$@\" > \(folder.path)/asked; case \"$*\" in *bad*) echo 'service unhealthy (responded with \"NOT_SERVING\")' >&2; exit 4;; "
        + "*slow*) sleep 100;; esac; echo 'status: SERVING'")
    let scene = try ProbeScene(.init(), tools)
    #expect(scene.outcome(["grpc": ["port": 9000]], timeout: .seconds(30)) == .success)
    #expect(
      folder.read("asked") == "-addr=127.0.0.1:9000 -service= -user-agent=kube-probe/1.28 -connect-timeout=30s -rpc-timeout=30s\n")
    #expect(
      scene.outcome(["grpc": ["port": 9000, "service": "bad"]]) == .failure("service unhealthy (responded with \"NOT_SERVING\")"))
    #expect(
      scene.outcome(["grpc": ["port": 9000, "service": "slow"]], timeout: .milliseconds(200))
        == .failure("timeout: failed to connect service \"127.0.0.1:9000\" within 200ms: context deadline exceeded"))
    scene.settle()
    tools.grpcHealthProbe = "no-such-tool"
    #expect(
      try ProbeScene(.init(), tools).outcome(["grpc": ["port": 9000]])
        == .unknown("grpc probes are made with \"no-such-tool\", which is not installed on this machine"))
  }

  @Test func hooksSleep() throws {
    let scene = try ProbeScene()
    let before = scene.loop.now
    #expect(scene.outcome(["sleep": ["seconds": 0]], as: .hook, timeout: nil) == .success)
    #expect(scene.loop.now - before < 900_000_000)
    #expect(
      scene.outcome(["sleep": ["seconds": 3600]], as: .hook, timeout: .milliseconds(20))
        == .failure("container terminated before sleep hook finished"))
    scene.settle()
    #expect(scene.loop.timerCount == 0)
  }
}
