import Posix

// Start-up: what a command costs before it does anything.

enum StartUp {
  static func run(_ words: [String], _ tell: (Figure) -> Void) throws {
    try Measure.withFolder { home in
      let place = ["KCTL_HOME": home, "KCTL_SIM_CLOCK": "manual"]
      let kubectl = Measure.program("kubectl", ["version", "--client"])
      if let kubectl { tell(Figure(what: "kubectl version --client", value: kubectl * 1000, unit: "ms")) }

      guard let version = Measure.program(Measure.kctl, ["version"], environment: place) else {
        throw BenchFailure("\(Measure.kctl) version does not run: build the kctl product first")
      }
      tell(Figure(what: "kctl version", value: version * 1000, unit: "ms"))
      if let kubectl { tell(ratio("kctl version / kubectl version", version, kubectl, goal: "at most 0.1")) }

      let made = try Child.run(Measure.kctl, ["create", "deployment", "web", "--image=nginx", "--replicas=10"], environment: place)
      guard made.code == 0 else { throw BenchFailure(String(decoding: made.complaint, as: UTF8.self)) }
      _ = try Child.run(Measure.kctl, ["rollout", "status", "deployment/web"], environment: place)
      guard let get = Measure.program(Measure.kctl, ["get", "pods"], environment: place) else { throw BenchFailure("kctl get pods fails") }
      tell(Figure(what: "kctl get pods, 10 pods on disk", value: get * 1000, unit: "ms"))
      if let kubectl { tell(ratio("kctl get pods / kubectl version", get, kubectl, goal: "at most 0.2")) }
    }
  }

  private static func ratio(_ what: String, _ a: Double, _ b: Double, goal: String) -> Figure {
    Figure(what: what, value: a / b, unit: "ratio", beside: goal)
  }
}
