// Preemption's part of a failure's message. Nothing is preempted yet: a pod that could take another's place stays Pending.

enum Preemption {
  /// What DefaultPreemption would say; empty where it would find victims.
  static func message(_ cycle: Cycle, _ diagnosis: Diagnosis) -> String {
    if cycle.shape.parts.neverPreempts { return "not eligible due to preemptionPolicy=Never." }
    let nodes = cycle.nodes
    let none = Rejection.final("No preemption victims found for incoming pod")
    let useless = Rejection.final("Preemption is not helpful for scheduling")
    // Whoever stands lower makes a victim: only then are the nodes' pods looked at.
    let lower = cycle.cluster.shapes.filter { $0.live > 0 && $0.priority < cycle.shape.priority }
    var answers: [Rejection] = []
    for node in 0..<nodes.count {
      let rejection = diagnosis.refusal == nil ? diagnosis.rejections[node] : useless
      guard let rejection, rejection.isResolvable else {
        answers.append(useless)
        continue
      }
      var freed = Freed()
      for shape in lower {
        let count = Int64(cycle.cluster.counter(.shape(shape.id)).counts[node])
        if count > 0 { freed.add(shape, count) }
      }
      if freed.pods == 0 {
        answers.append(none)
      } else if let still = freed.rejection(cycle.shape, node, nodes) {
        answers.append(still)
      } else {
        return ""
      }
    }
    return "0/\(nodes.count) nodes are available: \(Diagnosis.histogram(answers))."
  }

  /// What a node would have back with its less important pods gone.
  private struct Freed {
    var pods: Int64 = 0
    var cpu: Int64 = 0
    var memory: Int64 = 0
    var ephemeral: Int64 = 0
    var others: [String: Int64] = [:]
    var ports: [HostPort] = []

    mutating func add(_ shape: PodShape, _ count: Int64) {
      pods += count
      cpu &+= shape.requests.cpu &* count
      memory &+= shape.requests.memory &* count
      ephemeral &+= shape.requests.ephemeral &* count
      for other in shape.requests.others { others[other.name, default: 0] &+= other.amount &* count }
      ports += shape.hostPorts
    }

    func rejection(_ shape: PodShape, _ node: Int, _ nodes: NodeTable) -> Rejection? {
      for port in nodes.usedPorts[node] where !ports.contains(port) && shape.hostPorts.contains(where: { $0.conflicts(with: port) }) {
        return .resolvable("node(s) didn't have free ports for the requested pod ports")
      }
      let wanted = shape.requests
      var reasons: [String] = []
      if nodes.usedPods[node] - pods + 1 > nodes.pods[node] { reasons.append("Too many pods") }
      func check(_ name: String, _ wanted: Int64, _ offered: Int64, _ used: Int64) {
        if wanted > 0, wanted > offered - used { reasons.append("Insufficient \(name)") }
      }
      check("cpu", wanted.cpu, nodes.cpu[node], nodes.usedCPU[node] - cpu)
      check("memory", wanted.memory, nodes.memory[node], nodes.usedMemory[node] - memory)
      check("ephemeral-storage", wanted.ephemeral, nodes.ephemeral[node], nodes.usedEphemeral[node] - ephemeral)
      for other in wanted.others {
        let used = (nodes.usedOthers[node][other.name] ?? 0) - (others[other.name] ?? 0)
        check(other.name, other.amount, nodes.others[node][other.name] ?? 0, used)
      }
      return reasons.isEmpty ? nil : Rejection(reasons: reasons, isResolvable: true)
    }
  }
}
