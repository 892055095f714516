// A state of the table that any thread may read.

extension ServiceTable {
  /// The rules of all Services at one moment. Two states share all that is the same in both.
  public struct Snapshot: Sendable {
    /// Services of one part of the table, sorted.
    private final class Bucket: Sendable {
      let services: [ServiceRules]
      init(_ services: [ServiceRules]) { self.services = services }
    }

    /// Grows with every change.
    public private(set) var revision = 0
    private var buckets = [Bucket](repeating: Bucket([]), count: 256)

    /// No Services at all.
    public static let empty = Snapshot()

    init() {}

    /// The rules of a Service.
    public subscript(service: ServiceKey) -> ServiceRules? {
      buckets[Snapshot.bucket(of: service)].services.first { $0.service == service }
    }

    /// All Services, sorted.
    public var services: [ServiceRules] { buckets.flatMap(\.services).sorted { $0.service < $1.service } }

    /// A Service whose rules differ between two states; nil: there is none.
    public struct Change {
      public let service: ServiceKey
      public let old: ServiceRules?
      public let new: ServiceRules?
    }

    /// What has changed since an earlier state, sorted.
    public func changes(since earlier: Snapshot) -> [Change] {
      var changes: [Change] = []
      for (before, after) in zip(earlier.buckets, buckets) where before !== after {
        for old in before.services where !after.services.contains(where: { $0.service == old.service }) {
          changes.append(Change(service: old.service, old: old, new: nil))
        }
        for new in after.services {
          let old = before.services.first { $0.service == new.service }
          if old !== new { changes.append(Change(service: new.service, old: old, new: new)) }
        }
      }
      return changes.sorted { $0.service < $1.service }
    }

    /// Keeps what is there where nothing differs.
    mutating func set(_ rules: ServiceRules) {
      let at = Snapshot.bucket(of: rules.service)
      var services = buckets[at].services
      if let i = services.firstIndex(where: { $0.service == rules.service }) {
        if services[i].isSame(as: rules) { return }
        services[i] = rules
      } else {
        services.append(rules)
      }
      replace(at, services)
    }

    mutating func remove(_ service: ServiceKey) {
      let at = Snapshot.bucket(of: service)
      var services = buckets[at].services
      guard let i = services.firstIndex(where: { $0.service == service }) else { return }
      services.remove(at: i)
      replace(at, services)
    }

    private mutating func replace(_ at: Int, _ services: [ServiceRules]) {
      buckets[at] = Bucket(services)
      revision += 1
    }

    /// FNV-1a: the same on every run.
    private static func bucket(of service: ServiceKey) -> Int {
      var hash: UInt32 = 2_166_136_261
      for byte in service.namespace.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
      hash = (hash ^ 47) &* 16_777_619
      for byte in service.name.utf8 { hash = (hash ^ UInt32(byte)) &* 16_777_619 }
      return Int((hash ^ (hash >> 16)) & 255)
    }
  }
}
