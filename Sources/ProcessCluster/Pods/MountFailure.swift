// Why a volume can't be mounted.

/// Why a volume of a pod can't be mounted, in Kubernetes' words (an event's reason is `FailedMount`).
public struct MountFailure: Error, Hashable, Sendable, CustomStringConvertible {
  /// The volume's name.
  public let volume: String
  public let why: String

  init(volume: String, why: String) {
    self.volume = volume
    self.why = why
  }

  /// The event's message.
  public var description: String { "MountVolume.SetUp failed for volume \"\(volume)\" : \(why)" }
}
