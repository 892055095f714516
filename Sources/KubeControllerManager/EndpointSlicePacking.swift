import APIMachinery
import Formats

// How a Service's endpoints are spread over EndpointSlices, with as few changes to existing slices as Kubernetes makes.

/// An endpoint as a slice has it, by what makes it that endpoint.
struct SliceEndpoint: Equatable {
  let key: String
  let value: Value

  init(_ value: Value) {
    self.value = value
    key = SliceEndpoint.key(value)
  }

  static func key(_ value: Value) -> String {
    let uid = value["targetRef"]["uid"].text
    if !uid.isEmpty { return uid }
    let addresses = value["addresses"].items.map(\.text).joined(separator: ",")
    return "\(addresses) \(value["hostname"].text) \(value["targetRef"]["namespace"].text)/\(value["targetRef"]["name"].text)"
  }
}

/// What is to be done to slices.
struct SlicePlan: Equatable {
  var create: [Value] = []
  var update: [Value] = []
  var delete: [Value] = []
}

enum EndpointSlicePacking {
  static let maxEndpoints = 100

  /// Plans for one set of ports: keeps endpoints where they are, fills slices that change anyway, then the fullest that has room
  /// for the rest, then new ones.
  /// - Parameter make: a new slice without endpoints for these ports.
  static func plan(existing: [Value], desired: [SliceEndpoint], ports: [EndpointPort], make: () -> Value) -> SlicePlan {
    var waiting: [SliceEndpoint] = []
    var places = Dictionary(desired.enumerated().map { ($1.key, $0) }, uniquingKeysWith: { first, _ in first })
    var taken = [Bool](repeating: false, count: desired.count)
    var plan = SlicePlan()
    var changed: [(slice: Value, endpoints: [Value])] = []
    var unchanged: [Value] = []
    for slice in existing {
      var endpoints: [Value] = []
      var isChanged = false
      for endpoint in slice["endpoints"].items {
        guard let at = places.removeValue(forKey: SliceEndpoint.key(endpoint)) else {
          isChanged = true
          continue
        }
        taken[at] = true
        if desired[at].value != endpoint { isChanged = true }
        endpoints.append(desired[at].value)
      }
      if !isChanged, !endpoints.isEmpty {
        unchanged.append(slice)
      } else if endpoints.isEmpty {
        plan.delete.append(slice)
      } else {
        changed.append((slice, endpoints))
      }
    }
    waiting = zip(desired, taken).filter { !$0.1 }.map(\.0)
      .map { ($0.value["addresses"][0].text, $0) }.sorted { Members.precedes($0.0, $1.0) }.map(\.1)
    fill(&changed, &waiting, &unchanged)
    plan.update = changed.map { slice, endpoints in
      var slice = slice
      slice["endpoints"] = .array(endpoints)
      return slice
    }
    while !waiting.isEmpty {
      var slice = make()
      slice["endpoints"] = .array(waiting.prefix(maxEndpoints).map(\.value))
      waiting.removeFirst(min(maxEndpoints, waiting.count))
      plan.create.append(slice)
    }
    return plan
  }

  private static func fill(
    _ changed: inout [(slice: Value, endpoints: [Value])], _ waiting: inout [SliceEndpoint], _ unchanged: inout [Value]
  ) {
    guard !waiting.isEmpty else { return }
    // Slices that are written anyway, fullest first.
    for at in changed.indices.sorted(by: {
      changed[$0].endpoints.count != changed[$1].endpoints.count ? changed[$0].endpoints.count > changed[$1].endpoints.count : $0 < $1
    }) {
      let room = min(max(0, maxEndpoints - changed[at].endpoints.count), waiting.count)
      changed[at].endpoints += waiting.prefix(room).map(\.value)
      waiting.removeFirst(room)
    }
    // What would not fill a slice of its own goes where it fits best.
    while !waiting.isEmpty {
      let wanted = waiting.count
      guard wanted < maxEndpoints else { return }
      let fitting = unchanged.indices.filter { unchanged[$0]["endpoints"].items.count + wanted <= maxEndpoints }
      guard let best = fitting.max(by: { unchanged[$0]["endpoints"].items.count < unchanged[$1]["endpoints"].items.count }) else { return }
      let slice = unchanged.remove(at: best)
      changed.append((slice, slice["endpoints"].items + waiting.map(\.value)))
      waiting.removeAll()
    }
  }

  /// Turns a slice to be deleted and one to be made into one that changes.
  static func recycle(_ plan: inout SlicePlan) {
    while let fresh = plan.create.last, let at = plan.delete.firstIndex(where: { $0["addressType"] == fresh["addressType"] }) {
      var reused = fresh
      reused["metadata", "name"] = plan.delete[at]["metadata"]["name"]
      for field in ["creationTimestamp", "generateName", "generation", "resourceVersion", "uid", "managedFields"]
      where plan.delete[at]["metadata"].has(field) {
        reused["metadata"][field] = plan.delete[at]["metadata"][field]
      }
      plan.create.removeLast()
      plan.delete.remove(at: at)
      plan.update.append(reused)
    }
  }
}
