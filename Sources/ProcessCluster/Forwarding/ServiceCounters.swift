import KubeProxy

// What a forwarder has done, in numbers.

/// The numbers of one Service since the forwarder started.
public struct ServiceCounters: Sendable {
  /// The numbers of one endpoint.
  public struct Endpoint: Sendable {
    public let place: ServiceEndpoint.Place
    /// Connections and flows that it has been given.
    public let connections: Int
    /// Those that there are now.
    public let active: Int
    /// How often it did not take one.
    public let refusals: Int
  }

  public let service: ServiceKey
  /// Connections and flows that clients have opened.
  public let connections: Int
  /// Those that there are now.
  public let active: Int
  /// Those that no endpoint has taken, and UDP flows whose endpoint has gone.
  public let failures: Int
  public let bytesFromClients: Int
  public let bytesToClients: Int
  /// Sorted by place.
  public let endpoints: [Endpoint]
}
