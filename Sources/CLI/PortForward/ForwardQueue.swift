import APIMachinery
import Posix

// Local connections whose way to the pod has no room just now.

/// Begins connections in the order they came in. One that can't be begun for want of room, here or at the server's door, is tried again for
/// a while, and those behind it wait.
final class ForwardQueue {
  /// A connection that somebody has made to a local port.
  struct Visitor {
    let socket: Socket
    let pair: PortPair
  }

  private let loop: any EventLoop
  private let patience: Int64
  private let begin: (Visitor) throws(Status) -> Void
  private let onFailure: (Visitor, Status) -> Void
  private var waiting: [(visitor: Visitor, end: Int64)] = []
  private var timer: LoopTimer?

  private static let pause: Int64 = 10_000_000

  /// - Parameters:
  ///   - patience: how many nanoseconds one waits.
  ///   - begin: begins a connection to the pod. What it throws is passing where it says after how long it should be tried again.
  ///   - onFailure: told of one that is not begun: for a passing reason, its time is up.
  init(
    _ loop: any EventLoop, patience: Int64 = 10_000_000_000, begin: @escaping (Visitor) throws(Status) -> Void,
    onFailure: @escaping (Visitor, Status) -> Void
  ) {
    self.loop = loop
    self.patience = patience
    self.begin = begin
    self.onFailure = onFailure
  }

  var count: Int { waiting.count }

  func take(_ visitor: Visitor) {
    waiting.append((visitor, loop.now + patience))
    if timer == nil { work() }
  }

  /// Lets all of them go.
  func cancel() {
    if let timer { loop.cancel(timer) }
    timer = nil
    for (visitor, _) in waiting { visitor.socket.end() }
    waiting = []
  }

  private func work() {
    while let (visitor, end) = waiting.first {
      do throws(Status) {
        try begin(visitor)
        waiting.removeFirst()
      } catch {
        guard error.retryAfterSeconds == nil || loop.now >= end else { return rest() }
        waiting.removeFirst()
        visitor.socket.end()
        onFailure(visitor, error)
      }
    }
  }

  private func rest() {
    timer = loop.after(nanoseconds: ForwardQueue.pause) { [weak self] in
      self?.timer = nil
      self?.work()
    }
  }
}
