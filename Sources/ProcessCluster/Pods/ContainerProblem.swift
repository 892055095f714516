// Why a container can't be set up as its manifest says.

/// Why a container can't be set up as its manifest says (`CreateContainerConfigError`), in Kubernetes' words. It never holds a value of
/// the environment, which may be secret.
public struct ContainerProblem: Error, Hashable, Sendable, CustomStringConvertible {
  public let description: String

  init(_ description: String) { self.description = description }
}

/// Something to tell of a container that runs nevertheless: an event.
public struct ContainerNotice: Hashable, Sendable {
  public let reason: String
  public let message: String
}
