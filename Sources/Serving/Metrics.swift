import API
import APIMachinery
import Client
import Formats
import Posix

// Figures of the server and its cluster, in Prometheus' text format.

/// Counts requests, and tells all figures.
final class Metrics {
  struct Label: Hashable {
    let verb: String
    let resource: String
    let subresource: String
  }

  /// What is known of one sort of requests.
  private final class Counter {
    var statuses: [(status: Int, count: Int)] = []
    var durations = Durations()

    func count(_ status: Int) {
      if let i = statuses.firstIndex(where: { $0.status == status }) { statuses[i].count += 1 } else { statuses.append((status, 1)) }
    }
  }

  private var counters: [Label: Counter] = [:]

  /// Upper bounds of the buckets, in seconds.
  private static let bounds = [0.0001, 0.001, 0.005, 0.025, 0.1, 0.5, 1, 5]

  private struct Durations {
    var buckets = [Int](repeating: 0, count: Metrics.bounds.count)
    var count = 0
    var seconds = 0.0

    mutating func add(_ seconds: Double) {
      count += 1
      self.seconds += seconds
      for (i, bound) in Metrics.bounds.enumerated() where seconds <= bound { buckets[i] += 1 }
    }
  }

  func count(_ label: Label, status: Int, nanoseconds: Int64) {
    let counter: Counter
    if let known = counters[label] {
      counter = known
    } else {
      counter = Counter()
      counters[label] = counter
    }
    counter.count(status)
    counter.durations.add(Double(nanoseconds) / 1e9)
  }

  func text(_ cluster: any ServedCluster, feeds: Feeds) -> String {
    var out = Lines()
    out.head("apiserver_request_total", "counter", "Requests by verb, resource and status.")
    let all = counters.sorted { Metrics.precedes($0.key, $1.key) }
    for (label, counter) in all {
      for (status, count) in counter.statuses.sorted(by: { $0.status < $1.status }) {
        out.sample("apiserver_request_total", label.pairs + [("code", String(status))], String(count))
      }
    }
    out.head("apiserver_request_duration_seconds", "histogram", "How long requests took until they were on disk and answered.")
    for (label, counter) in all {
      let durations = counter.durations
      out.histogram(
        "apiserver_request_duration_seconds", label.pairs, Metrics.bounds, durations.buckets, durations.count, durations.seconds)
    }
    out.head("apiserver_longrunning_requests", "gauge", "Watches and logs that are being delivered.")
    out.sample("apiserver_longrunning_requests", [], String(feeds.count))
    objects(cluster, &out)
    process(cluster, &out)
    return out.text
  }

  private func objects(_ cluster: any ServedCluster, _ out: inout Lines) {
    out.head("apiserver_storage_objects", "gauge", "Stored objects by kind.")
    let kinds = ((try? cluster.kinds()) ?? []).filter { $0.verbs.contains("list") }
    var pods: [(phase: String, waited: Double?)] = []
    for kind in kinds {
      guard let list = try? cluster.list(kind, namespace: nil, ListOptions()) else { continue }
      out.sample("apiserver_storage_objects", [("resource", kind.qualifiedPlural)], String(list.items.count))
      if kind == Kinds.pod { pods = list.items.map { ($0["status"]["phase"].text, Metrics.schedulingTime(of: $0)) } }
    }
    out.head("kube_pod_status_phase", "gauge", "Pods by phase.")
    for phase in ["Failed", "Pending", "Running", "Succeeded", "Unknown"] {
      out.sample("kube_pod_status_phase", [("phase", phase)], String(pods.count { $0.phase == phase }))
    }
    out.head(
      "scheduler_pod_scheduling_sli_duration_seconds", "histogram",
      "From a pod's creation to its node, of the pods that are there, in whole seconds of the cluster's time.")
    let bounds = [0.0, 1, 5, 15, 60, 300]
    let waited = pods.compactMap(\.waited)
    out.histogram(
      "scheduler_pod_scheduling_sli_duration_seconds", [], bounds, bounds.map { bound in waited.count { $0 <= bound } }, waited.count,
      waited.reduce(0, +))
    out.head("kctl_cluster_time_seconds", "gauge", "The cluster's time, since 1970.")
    out.sample("kctl_cluster_time_seconds", [], "\(cluster.now.seconds)")
    out.head("kctl_cluster_revision", "counter", "Writes that the cluster has seen.")
    out.sample("kctl_cluster_revision", [], String(cluster.revision))
  }

  private func process(_ cluster: any ServedCluster, _ out: inout Lines) {
    let figures = ProcessFigures()
    out.head("process_cpu_seconds_total", "counter", "Processor time of the server.")
    out.sample("process_cpu_seconds_total", [], "\(figures.processorSeconds)")
    if let bytes = figures.residentBytes {
      out.head("process_resident_memory_bytes", "gauge", "Memory of the server.")
      out.sample("process_resident_memory_bytes", [], String(bytes))
    }
    if let count = figures.openDescriptors {
      out.head("process_open_fds", "gauge", "Open descriptors of the server.")
      out.sample("process_open_fds", [], String(count))
    }
    guard let folder = cluster.folder else { return }
    out.head("kctl_storage_bytes", "gauge", "Size of the cluster's files.")
    for file in ["log", "snapshot"] {
      guard let identity = try? Descriptor("\(folder)/\(file)", .read), let size = try? identity.size() else { continue }
      out.sample("kctl_storage_bytes", [("file", file)], String(size))
    }
  }

  private static func schedulingTime(of pod: Value) -> Double? {
    guard let created = pod.creationTime,
      let condition = pod["status"]["conditions"].items.first(where: { $0["type"].text == "PodScheduled" && $0["status"].text == "True" }),
      let placed = condition["lastTransitionTime"].string.flatMap(Instant.init(rfc3339:))
    else { return nil }
    return Double((placed - created).wholeSeconds)
  }

  private static func precedes(_ a: Label, _ b: Label) -> Bool {
    (a.resource, a.subresource, a.verb) < (b.resource, b.subresource, b.verb)
  }
  /// Lines of the format.
  private struct Lines {
    var text = ""

    mutating func head(_ name: String, _ type: String, _ help: String) { text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n" }

    mutating func sample(_ name: String, _ labels: [(String, String)], _ value: String) {
      let pairs = labels.map { "\($0.0)=\"\($0.1)\"" }.joined(separator: ",")
      text += pairs.isEmpty ? "\(name) \(value)\n" : "\(name){\(pairs)} \(value)\n"
    }

    mutating func histogram(
      _ name: String, _ labels: [(String, String)], _ bounds: [Double], _ buckets: [Int], _ count: Int, _ sum: Double
    ) {
      for (bound, bucket) in zip(bounds, buckets) { sample("\(name)_bucket", labels + [("le", "\(bound)")], String(bucket)) }
      sample("\(name)_bucket", labels + [("le", "+Inf")], String(count))
      sample("\(name)_sum", labels, "\(sum)")
      sample("\(name)_count", labels, String(count))
    }
  }
}

extension Metrics.Label {
  fileprivate var pairs: [(String, String)] { [("verb", verb), ("resource", resource), ("subresource", subresource)] }
}
