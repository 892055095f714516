import APIMachinery
import Posix
import Testing

@testable import CLI

// Connections that find no room on their way to the pod.

struct ForwardQueueTests {
  private let loop: PlainLoop
  private let listener: Listener

  init() throws {
    loop = try PlainLoop()
    listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
  }

  private func visitor(_ number: UInt16) throws -> ForwardQueue.Visitor {
    ForwardQueue.Visitor(socket: try Socket.connect(to: listener.address), pair: PortPair(local: number, remote: 80))
  }

  private static var busy: Status {
    var status = Status.unanswered("busy")
    status.retryAfterSeconds = 1
    return status
  }

  @Test func whatFindsNoRoomIsTriedAgainInOrder() throws {
    var (tries, begun): (Int, [UInt16]) = (0, [])
    let queue = ForwardQueue(loop) { visitor throws(Status) in
      tries += 1
      if tries <= 3 { throw Self.busy }
      begun.append(visitor.pair.local)
    } onFailure: { _, _ in
      Issue.record("none fails")
    }
    for number: UInt16 in 1...3 { queue.take(try visitor(number)) }
    #expect(begun == [] && queue.count == 3)
    #expect(loop.run(nanoseconds: 20_000_000_000) { queue.count == 0 })
    #expect(begun == [1, 2, 3] && tries == 6 && loop.timerCount == 0)
  }

  @Test func whoeverWaitsTooLongOrIsRefusedGoesAlone() throws {
    var (begun, failed): ([UInt16], [String]) = ([], [])
    let queue = ForwardQueue(loop, patience: 0) { visitor throws(Status) in
      switch visitor.pair.local {
      case 1: throw Self.busy
      case 2: throw .unanswered("refused")
      default: begun.append(visitor.pair.local)
      }
    } onFailure: {
      failed.append("\($0.pair.local) \($1.message)")
    }
    let visitors = try (1...3).map { try visitor(UInt16($0)) }
    for visitor in visitors { queue.take(visitor) }
    #expect(begun == [3] && failed == ["1 busy", "2 refused"] && visitors.map { $0.socket.number < 0 } == [true, true, false])
  }
}
