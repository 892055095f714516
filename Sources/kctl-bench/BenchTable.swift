// The benchmarks, a row each.

/// A benchmark: its row in the table.
struct Bench: Sendable {
  let name: String
  let summary: String
  /// Whether it runs when none is named.
  var isUsual = true
  /// What it takes on the command line, for the usage text.
  var takes = ""
  /// Measures, telling each figure as it comes. The words are those after its name, if it takes any.
  let run: @Sendable (_ words: [String], _ tell: (Figure) -> Void) throws -> Void
}

/// One measured figure.
struct Figure {
  let what: String
  let value: Double
  let unit: String
  /// What it is held against, or how it was measured.
  var beside = ""
}

enum BenchTable {
  static let rows = [
    Bench(name: "start", summary: "start-up of the kctl binary beside kubectl's", run: StartUp.run),
    Bench(name: "yaml", summary: "reading a 10 MB stream of manifests beside PyYAML's C reader", run: YAMLSpeed.run),
    Bench(name: "simulation", summary: "1,500 Deployments of 100 on 5,000 nodes, from create to all Ready", run: SimulationScale.run),
    Bench(name: "disk", summary: "the same cluster saved on disk, by the kctl binary", run: SavedCluster.run),
    Bench(name: "serving", summary: "the API over HTTP beside nginx, a thousand watchers, a long list, kubectl", run: Serving.run),
    Bench(name: "soak", summary: "200 clients at once, some of whom vanish", isUsual: false, takes: "[SECONDS]", run: Soak.run),
    Bench(name: "forward", summary: "HTTP through a Service to two backends, beside haproxy in TCP mode", run: Forwarding.run),
    Bench(
      name: "processes", summary: "500 real processes beside supervisord, a crash, a rolling update under load, a log", run: Processes.run),
    Bench(
      name: "chaos", summary: "programs, shims and the daemon killed at random under load", isUsual: false, takes: "[SECONDS [SEED]]",
      run: Chaos.run),
    Bench(
      name: "seeds", summary: "random sessions held against what Kubernetes promises", isUsual: false, takes: "[N]", run: Seeds.run),
  ]
}
