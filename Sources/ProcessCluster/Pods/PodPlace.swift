import API
import APIMachinery
import Formats

// Where a pod runs, as its containers are told.

/// Where a pod runs, as its containers are told: its address, its node, and the little that they inherit.
public struct PodPlace: Sendable {
  /// `status.podIP`; empty while it has none.
  public var address: String
  /// The Node object: its addresses, and what resource fields fall back to.
  public var node: Value
  /// What a container finds where its manifest says nothing: PATH and HOME.
  public var inherited: [(name: String, value: String)]

  public init(address: String, node: Value, inherited: [(name: String, value: String)]) {
    self.address = address
    self.node = node
    self.inherited = inherited
  }

  /// Of a process's own environment only this passes to containers: what stands in a shell is often secret.
  public static func inherited(from environment: (String) -> String?) -> [(name: String, value: String)] {
    [
      ("PATH", environment("PATH") ?? "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"),
      ("HOME", environment("HOME") ?? "/"),
    ]
  }

  /// The node's own address; `status.hostIP`.
  var hostAddress: String { addresses("InternalIP").first ?? "" }

  private func addresses(_ type: String) -> [String] {
    node["status"]["addresses"].items.filter { $0["type"].text == type }.map { $0["address"].text }
  }

  /// A pod's host name, as its containers find it in HOSTNAME.
  func hostname(of pod: Value) -> String {
    let spec = pod["spec"]
    if spec["hostNetwork"].bool == true { return addresses("Hostname").first ?? node.name }
    let wanted = spec["hostname"].text
    if !wanted.isEmpty { return wanted }
    var name = Array(pod.name.utf8.prefix(63))
    while let last = name.last, last == UInt8(ascii: "-") || last == UInt8(ascii: ".") { name.removeLast() }
    return String(decoding: name, as: UTF8.self)
  }
}
