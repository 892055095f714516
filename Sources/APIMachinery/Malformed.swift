// What a text that could not be read was wrong about.

/// A text that could not be read, in Kubernetes' (or Go's) own words.
public struct Malformed: Error, Hashable, Sendable, CustomStringConvertible {
  public let message: String

  public init(_ message: String) { self.message = message }

  public var description: String { message }
}
