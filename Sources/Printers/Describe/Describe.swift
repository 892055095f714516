import API
import APIMachinery
import Client
import Formats

// `describe`: an object for people, with what belongs to it.

/// Describes objects, asking the cluster for what belongs to them (events, pods, endpoint slices).
public struct Describe {
  let client: any Client
  /// Whether events are shown.
  let showEvents: Bool

  public init(_ client: any Client, showEvents: Bool) {
    self.client = client
    self.showEvents = showEvents
  }

  /// The description of an object, without a blank line behind it.
  public func text(_ object: Value, _ kind: Kind) throws(Status) -> String {
    var out = DescribeText(now: client.now)
    var events = showEvents
    switch (kind.group, kind.name) {
    case ("", "Pod"): out.pod(object)
    case ("apps", "Deployment"): out.deployment(object, replicaSets: try selected("ReplicaSet", by: object))
    case ("apps", "ReplicaSet"): out.replicaSet(object, pods: try selected("Pod", by: object))
    case ("", "Service"): out.service(object, slices: try slices(of: object))
    case ("", "Endpoints"): out.endpoints(object)
    case ("discovery.k8s.io", "EndpointSlice"): out.endpointSlice(object)
    case ("", "ConfigMap"): out.configMap(object)
    case ("", "Secret"):
      out.secret(object)
      events = false
    case ("", "ServiceAccount"): out.serviceAccount(object, secrets: try list("Secret", namespace: object.namespace))
    case ("", "Namespace"):
      out.namespace(object)
      events = false
    case ("", "Node"): out.node(object, lease: try lease(of: object.name), pods: try pods(on: object.name))
    default: out.any(object)
    }
    if events { out.events(try self.events(about: object)) }
    return out.aligned
  }

  private func served(_ name: String) throws(Status) -> Kind? { try client.kinds().first { $0.name == name } }

  private func list(_ kind: String, namespace: String?, _ options: ListOptions = ListOptions()) throws(Status) -> [Value] {
    guard let kind = try served(kind) else { return [] }
    return try client.list(kind, namespace: namespace, options).items
  }

  private func selected(_ kind: String, by owner: Value) throws(Status) -> [Value] {
    var options = ListOptions()
    options.labelSelector = (try? Selector(labelSelector: owner["spec", "selector"]).description) ?? ""
    return try list(kind, namespace: owner.namespace, options)
  }

  private func slices(of service: Value) throws(Status) -> [Value] {
    var options = ListOptions()
    options.labelSelector = "kubernetes.io/service-name=\(service.name)"
    return try list("EndpointSlice", namespace: service.namespace, options)
  }

  private func pods(on node: String) throws(Status) -> [Value] {
    var options = ListOptions()
    options.fieldSelector = "spec.nodeName=\(node),status.phase!=Failed,status.phase!=Succeeded"
    return try list("Pod", namespace: nil, options)
  }

  /// A node's lease; null where it has none.
  private func lease(of node: String) throws(Status) -> Value {
    guard let kind = try served("Lease") else { return .null }
    do {
      return try client.get(ObjectKey(kind, Kinds.nodeLeases, node), subresource: nil)
    } catch {
      guard error.reason == .notFound else { throw error }
      return .null
    }
  }

  /// Events about an object, by its uid; a kubelet's about its node carry the node's name for a uid.
  private func events(about object: Value) throws(Status) -> [Value] {
    let isNode = object.kind == "Node"
    var found: [Value] = []
    for uid in isNode ? [object.name, object.uid] : [object.uid] {
      var options = ListOptions()
      var terms = ["involvedObject.name=\(object.name)", "involvedObject.kind=\(object.kind)", "involvedObject.uid=\(uid)"]
      if !object.namespace.isEmpty { terms.append("involvedObject.namespace=\(object.namespace)") }
      options.fieldSelector = terms.joined(separator: ",")
      found += try list("Event", namespace: object.namespace.isEmpty ? nil : object.namespace, options)
    }
    return found
  }
}
