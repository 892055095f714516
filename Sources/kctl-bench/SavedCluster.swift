import Formats
import Posix

// The simulation at its full size through the kctl binary, saved on disk: what a user of a large cluster waits for.

enum SavedCluster {
  static func run(_ words: [String], _ tell: (Figure) -> Void) throws {
    try Measure.withFolder { home in
      let place = ["KCTL_HOME": "\(home)/state", "KCTL_SIM_CLOCK": "manual"]
      @discardableResult func kctl(_ words: String...) throws -> String {
        let outcome = try Child.run(Measure.kctl, words, environment: place)
        guard outcome.code == 0 else {
          throw BenchFailure("kctl \(words.joined(separator: " ")): \(String(decoding: outcome.complaint.prefix(400), as: UTF8.self))")
        }
        return String(decoding: outcome.output, as: UTF8.self)
      }
      let path = "\(home)/deployments.json"
      try Machine.replaceFile(path, with: deployments(), mode: 0o600)

      try kctl("sim", "reset", "--nodes", String(SimulationScale.nodes))
      let apply = try Measure.seconds { try kctl("apply", "-f", path) }
      let settle = try Measure.seconds { try kctl("sim", "advance", "10m") }
      tell(Figure(what: "kctl apply, 1,500 Deployments", value: apply, unit: "s"))
      tell(Figure(what: "kctl sim advance 10m, to 150,000 pods Ready", value: settle, unit: "s"))
      tell(Figure(what: "both", value: apply + settle, unit: "s", beside: "at most 30"))
      let ready = try kctl("get", "deployment", "-o", "jsonpath={range .items[*]}{.status.readyReplicas}{\"\\n\"}{end}")
      guard ready.split(separator: "\n").count(where: { $0 == "100" }) == SimulationScale.deployments else {
        throw BenchFailure("not all Deployments are ready after ten minutes")
      }
      let pod = try kctl("get", "pods", "-l", "app=web-7", "-o", "name").split(separator: "\n").first ?? ""
      let get = try Measure.median(of: 5) { try kctl("get", String(pod)) }
      tell(Figure(what: "kctl get pod NAME", value: get, unit: "s", beside: "at most 1"))
      var replicas = SimulationScale.replicas
      let scale = try Measure.median(of: 5) {
        replicas += 1
        try kctl("scale", "deployment/web-7", "--replicas=\(replicas)")
      }
      tell(Figure(what: "kctl scale", value: scale, unit: "s", beside: "at most 1"))
    }
  }

  /// The Deployments of the full-size simulation, as a stream of JSON.
  static func deployments() -> [UInt8] {
    var stream: [UInt8] = []
    for i in 0..<SimulationScale.deployments {
      JSON.write(Samples.deployment("web-\(i)", replicas: SimulationScale.replicas), to: &stream)
      stream.append(UInt8(ascii: "\n"))
    }
    return stream
  }
}
