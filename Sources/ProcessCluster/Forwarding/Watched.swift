import CPosix

// What the loop watches.

/// A descriptor that the loop watches, and who acts when it is ready.
class Watched {
  final var descriptor: Int32
  /// Tells it from those that had its number before.
  final var stamp: UInt32 = 0
  /// Whether it is to be called again in the next round.
  final var isUnfinished = false

  init(_ descriptor: Int32) { self.descriptor = descriptor }

  /// Something has changed: what was ready before and has not been used up is not told again.
  func ready(_ ready: Int32, _ loop: ForwardingLoop) {}
  /// Goes on where it left off to let others have their turn.
  func goOn(_ loop: ForwardingLoop) {}
}

extension Int32 {
  var canRead: Bool { self & Int32(CPOSIX_READ) != 0 }
  var canWrite: Bool { self & Int32(CPOSIX_WRITE) != 0 }
  var isEnding: Bool { self & Int32(CPOSIX_END) != 0 }
  var isGone: Bool { self & Int32(CPOSIX_GONE) != 0 }
}

/// What a system call that moves bytes says where it moves none.
enum Moved {
  static let again = Int(CPOSIX_AGAIN)
  static let broken = Int(CPOSIX_BROKEN)
}
