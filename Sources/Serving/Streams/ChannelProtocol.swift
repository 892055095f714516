import Client
import Formats

// The channels of exec and attach: the first byte of each message says whose it is.

/// `channel.k8s.io` in the versions that are spoken here. The fifth adds that one end of a channel can be closed.
enum ChannelProtocol: String, CaseIterable {
  case v5 = "v5.channel.k8s.io"
  case v4 = "v4.channel.k8s.io"

  /// The best of those that a client offers; nil: none of ours.
  init?(offered: [String]) {
    guard let best = Self.allCases.first(where: { offered.contains($0.rawValue) }) else { return nil }
    self = best
  }

  static let input: UInt8 = 0
  static let output: UInt8 = 1
  static let errors: UInt8 = 2
  /// Carries a Status once, at the end.
  static let end: UInt8 = 3
  /// Carries `{"Width":80,"Height":24}`.
  static let size: UInt8 = 4
  /// Carries the number of a channel on which nothing more comes.
  static let close: UInt8 = 255

  /// A Status object that says how a command has ended.
  static func status(_ end: StreamEnd) -> Value {
    switch end {
    case .success: return ["metadata": [:], "status": "Success"]
    case .exited(let code):
      return [
        "metadata": [:], "status": "Failure", "message": .string("command terminated with non-zero exit code: exit status \(code)"),
        "reason": "NonZeroExitCode", "details": ["causes": [["reason": "ExitCode", "message": .string(String(code))]]],
      ]
    case .failed(let text):
      return ["metadata": [:], "status": "Failure", "message": .string(text), "reason": "InternalError", "code": 500]
    }
  }
}
