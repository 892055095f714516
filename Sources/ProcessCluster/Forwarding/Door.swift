import CPosix
import KubeProxy
import Posix

// Where clients come in.

/// An address that is listened on.
class Door: Watched {
  final let listen: ListenAddress
  final var route: Route

  init(_ listen: ListenAddress, _ route: Route) {
    self.listen = listen
    self.route = route
    super.init(-1)
  }

  /// Opens or shuts as its route has endpoints or not; the cause where it can't, and then it is closed.
  func follow(_ loop: ForwardingLoop) -> ListenProblem.Cause? { nil }
  /// Takes nobody any more.
  func close(_ loop: ForwardingLoop) { loop.close(self) }

  final func bind(backlog: Int32) -> ListenProblem.Cause? {
    guard var place = cposix_place(listen.address, listen.port) else { return .other("invalid address") }
    descriptor = cposix_bind_at(&place, listen.transport == .udp ? 1 : 0, backlog)
    return descriptor < 0 ? ListenProblem.Cause(failure: -descriptor) : nil
  }
}

/// Takes TCP connections.
final class StreamDoor: Door {
  private var isListening = false
  private var somebodyWaits = false

  private static let backlog: Int32 = 4096
  /// How many are let in before others get their turn: each costs as much as a few requests of those who are in.
  private static let turn = 8

  /// Where there are no endpoints the address is held but not listened on: whoever comes is refused at once.
  override func follow(_ loop: ForwardingLoop) -> ListenProblem.Cause? {
    let wanted = !route.open.isEmpty
    if descriptor >= 0, wanted == isListening { return nil }
    if descriptor >= 0, isListening { loop.close(self) }
    if descriptor < 0, let cause = bind(backlog: 0) { return cause }
    isListening = wanted
    guard wanted else { return nil }
    let failure = cposix_listen(descriptor, StreamDoor.backlog)
    guard failure == 0, loop.watch(self) else {
      loop.close(self)
      return ListenProblem.Cause(failure: -failure)
    }
    return nil
  }

  override func ready(_ ready: Int32, _ loop: ForwardingLoop) { goOn(loop) }

  override func goOn(_ loop: ForwardingLoop) {
    for _ in 0..<StreamDoor.turn {
      guard loop.hasRoom else { return loop.wait(self) }
      var client = cposix_place()
      let accepted = cposix_accept_from(descriptor, &client)
      guard accepted >= 0 else {
        if Int(cposix_cause(-accepted)) == CPOSIX_NO_DESCRIPTORS {
          loop.starve()
          loop.wait(self)
        }
        return
      }
      Connection(accepted, client, route).begin(loop)
    }
    loop.postpone(self)
  }
}

extension ListenProblem.Cause {
  init(failure: Int32) {
    switch Int(cposix_cause(failure)) {
    case CPOSIX_NOT_PERMITTED: self = .notPermitted
    case CPOSIX_IN_USE: self = .inUse
    case CPOSIX_NO_SUCH_ADDRESS: self = .noSuchAddress
    case CPOSIX_NO_DESCRIPTORS: self = .noDescriptors
    default: self = .other(SystemFailure(code: failure).text)
    }
  }
}
