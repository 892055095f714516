import API
import APIMachinery
import Client
import Formats

// A pod as one Service sees it, worked out once for each of the pod's versions.

struct ServicePod {
  let version: String
  let name: String
  let uid: String
  /// Has an address and has not finished.
  let canHaveEndpoint: Bool
  let isReady: Bool
  let isTerminating: Bool
  /// When the pod last became ready or not.
  let transition: Instant?
  /// Its address in the Service's first family; empty where it has none.
  let ip: String
  let ports: [EndpointPort]
  /// As Endpoints list it.
  let address: Value
  /// As EndpointSlices list it, by family.
  let endpoints: [(family: String, endpoint: SliceEndpoint)]

  init(_ pod: Value, version: String, service: Value, families: [String], zone: (String) -> String?) {
    self.version = version
    name = pod.name
    uid = pod.uid
    canHaveEndpoint = pod.canHaveEndpoint(includingTerminating: true)
    let ready = pod.readyCondition
    isReady = ready?["status"].text == "True"
    transition = ready?["lastTransitionTime"].string.flatMap(Instant.init(rfc3339:))
    isTerminating = pod.isBeingDeleted
    guard canHaveEndpoint else {
      (ip, ports, address, endpoints) = ("", [], .null, [])
      return
    }
    ports = EndpointPort.of(service, pod)
    var common: Value = ["targetRef": pod.targetReference]
    let node = pod["spec"]["nodeName"].text
    if !node.isEmpty { common["nodeName"] = .string(node) }
    if let hostname = pod.hostname(within: service) { common["hostname"] = .string(hostname) }
    ip = families.first.flatMap { pod.podIP(family: $0) } ?? ""
    var address = common
    address["ip"] = .string(ip)
    self.address = address
    let publishesAll = service["spec"]["publishNotReadyAddresses"].bool == true
    common["conditions"] = [
      "ready": .bool(publishesAll || (isReady && !isTerminating)), "serving": .bool(isReady), "terminating": .bool(isTerminating),
    ]
    if !node.isEmpty, let zone = zone(node) { common["zone"] = .string(zone) }
    endpoints = families.compactMap { family in
      pod.podIP(family: family).map { ip in
        var endpoint = common
        endpoint["addresses"] = [.string(ip)]
        return (family, SliceEndpoint(endpoint))
      }
    }
  }
}

/// The pods that a Service selects, as of the last look.
struct ServiceRoster {
  static let triggerAnnotation = "endpoints.kubernetes.io/last-change-trigger-time"

  private var serviceVersion = ""
  private var pods: [String: ServicePod]?

  var count: Int { pods?.count ?? 0 }

  /// What is known of the pods now, and when what is new since the last look happened: the earliest of the pods' transitions, for a
  /// new Service its creation, nil where nothing is. Only pods that changed are worked out anew.
  /// - Parameter stored: the Service's Endpoints, which tell what a process before this one had seen.
  mutating func look(
    _ service: Value, _ selected: [Value], families: [String], stored: Value?, now: Instant, zone: (String) -> String?
  ) -> (pods: [ServicePod], trigger: Instant?) {
    let isSameService = service.resourceVersion == serviceVersion
    serviceVersion = service.resourceVersion
    let before = pods
    let seen = stored?.annotation(ServiceRoster.triggerAnnotation).flatMap(Instant.init(rfc3339:)) ?? now - .seconds(2)
    var earliest: Instant?
    var fresh: [String: ServicePod] = [:]
    fresh.reserveCapacity(selected.count)
    let list = selected.map { pod in
      let metadata = pod["metadata"]
      let name = metadata["name"].text
      let version = metadata["resourceVersion"].text
      let old = before?[name]
      if isSameService, let old, old.version == version {
        fresh[name] = old
        return old
      }
      let entry = ServicePod(pod, version: version, service: service, families: families, zone: zone)
      fresh[name] = entry
      if let time = entry.transition {
        let last = before == nil ? seen : old?.transition
        if last.map({ time > $0 }) ?? true { earliest = earliest.map { min($0, time) } ?? time }
      }
      return entry
    }
    pods = fresh
    return (list, before == nil && stored == nil ? service.creationTime : earliest)
  }
}
