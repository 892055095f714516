// Why a pod found no node, in Kubernetes' words.

/// What an attempt to place a pod has found where no node would do.
struct Diagnosis {
  var nodeCount = 0
  /// Each node's rejection, in the nodes' order; nil where a refusal came first or the node wasn't asked.
  var rejections: [Rejection?] = []
  var refusal: String?
  /// The plugins that turned the pod away.
  var plugins: PluginSet = []
  /// What preemption says; empty where it would act.
  var preemption = ""

  /// The event's and condition's text.
  var message: String {
    if nodeCount == 0 { return "no nodes available to schedule pods" }
    var text = "0/\(nodeCount) nodes are available:"
    if let refusal {
      text += " \(refusal)."
    } else {
      let reasons = Diagnosis.histogram(rejections.compactMap { $0 })
      if !reasons.isEmpty { text += " \(reasons)." }
    }
    if !preemption.isEmpty { text += " preemption: \(preemption)." }
    return Diagnosis.held(text)
  }

  /// `1 Insufficient cpu, 3 node(s) were unschedulable`: counted, sorted as texts.
  static func histogram(_ rejections: [Rejection]) -> String {
    var counts: [String: Int] = [:]
    for rejection in rejections { for reason in rejection.reasons { counts[reason, default: 0] += 1 } }
    let lines = counts.map { "\($1) \($0)" }
    return lines.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.joined(separator: ", ")
  }

  /// Events hold 1024 bytes.
  private static func held(_ text: String) -> String {
    text.utf8.count <= 1024 ? text : String(decoding: text.utf8.prefix(1024 - 4), as: UTF8.self) + " ..."
  }
}
