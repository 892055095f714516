import APIMachinery
import Client
import Formats

// What only a cluster of our own can do as a whole, by subresources of its Simulation.

extension RemoteClient: ClusterHousekeeping {
  public func standardNodes(_ count: Int) throws(Status) -> [Value] {
    let path = RemotePath.object(RemoteClient.simulation, subresource: Wire.nodes)
    return try ask(RemoteCall("GET", path, [("count", String(count))]))["items"].items
  }

  public func reset(nodes: [Value]?, seed: UInt64?) throws(Status) {
    var body: Value = [:]
    if let nodes { body["nodes"] = .array(nodes) }
    if let seed { body["seed"] = .string(String(seed)) }
    _ = try create(RemoteClient.simulation, subresource: Wire.reset, body, WriteOptions())
  }

  public func export() throws(Status) -> Value { try get(RemoteClient.simulation, subresource: Wire.state) }

  public func importState(_ state: Value) throws(Status) {
    _ = try update(RemoteClient.simulation, subresource: Wire.state, state, WriteOptions())
  }
}
