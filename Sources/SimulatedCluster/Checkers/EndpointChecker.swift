import API
import APIMachinery
import Client
import Formats

// Whether services lead to pods that are ready.

/// Holds what stood still for a while against what it should have become.
struct EndpointChecker {
  /// How long endpoints may take to follow.
  private static let grace = Duration.seconds(2)
  private var lastChange: Instant?

  mutating func note(_ sight: Sight) {
    if sight.kind == Kinds.pod || sight.kind == Kinds.service { lastChange = sight.time }
  }

  /// The picture has stood until now.
  func check(_ picture: Picture, until now: Instant) throws(Violation) {
    guard let lastChange, now - lastChange > EndpointChecker.grace else { return }
    try EndpointChecker.check(picture)
  }

  static func check(_ picture: Picture) throws(Violation) {
    for service in picture.services.objects where !service["spec"]["selector"].members.isEmpty && !service.isBeingDeleted {
      let key = Shelf.key(service)
      let pods = picture.pods.objects.filter { pod in
        pod.namespace == service.namespace && !pod["status"]["podIP"].text.isEmpty && Facts.isActive(pod)
          && service["spec"]["selector"].members.allSatisfy { pod.labels[$0.key] == $0.value }
      }
      let ready = pods.filter(Facts.isReady).map(\.name)
      let others = pods.filter { !Facts.isReady($0) }.map(\.name)
      let subsets = picture.endpoints[key]?["subsets"].items ?? []
      try compare(subsets.flatMap { $0["addresses"].items }, ready, "endpoints \(key)", "ready")
      try compare(subsets.flatMap { $0["notReadyAddresses"].items }, others, "endpoints \(key)", "not ready")
      let slices = picture.slices.objects.filter {
        $0.namespace == service.namespace && $0.label("kubernetes.io/service-name") == service.name
      }
      let points = slices.flatMap { $0["endpoints"].items }
      try compare(points.filter { $0["conditions"]["ready"] == true }, ready, "the slices of service \(key)", "ready")
    }
  }

  private static func compare(_ found: [Value], _ wanted: [String], _ what: String, _ state: String) throws(Violation) {
    let names = Set(found.map { $0["targetRef"]["name"].text }).sorted()
    if names != wanted { throw Violation("\(what) have \(names), but \(wanted) are \(state)") }
  }
}
