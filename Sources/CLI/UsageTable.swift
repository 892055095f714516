import API
import APIMachinery
import Formats
import Printers

// What `top` prints: who uses how much.

/// What comes first.
enum UsageOrder: String {
  case name = ""
  case processor = "cpu"
  case memory = "memory"

  func precedes(_ a: (name: String, usage: MetricsV1beta1.Usage), _ b: (name: String, usage: MetricsV1beta1.Usage)) -> Bool {
    switch self {
    case .name: Members.precedes(a.name, b.name)
    case .processor: a.usage.processor.milliValue > b.usage.processor.milliValue
    case .memory: a.usage.memory.value > b.usage.memory.value
    }
  }
}

struct ContainerUsage {
  let name: String
  let usage: MetricsV1beta1.Usage
}

struct PodUsage {
  let namespace: String
  let name: String
  let containers: [ContainerUsage]
  var usage: MetricsV1beta1.Usage { containers.map(\.usage).reduce(MetricsV1beta1.Usage()) { $0 + $1 } }
}

struct NodeUsage {
  let name: String
  let usage: MetricsV1beta1.Usage
  /// What there is of it; nil where nobody says.
  let processor: Quantity?
  let memory: Quantity?

  init(_ name: String, _ usage: MetricsV1beta1.Usage, of resources: Value?) {
    self.name = name
    self.usage = usage
    processor = (resources?["cpu"].string).flatMap { try? Quantity($0) }
    memory = (resources?["memory"].string).flatMap { try? Quantity($0) }
  }
}

/// Lays usage out as kubectl does, down to the blanks at the ends of lines.
struct UsageTable {
  let order: UsageOrder
  let headed: Bool
  var withNamespace = false

  init(_ order: UsageOrder, headed: Bool) {
    self.order = order
    self.headed = headed
  }

  func pods(_ pods: [PodUsage], byContainer: Bool, sum: Bool) -> String {
    var table = TableWriter()
    var before = withNamespace ? ["NAMESPACE"] : []
    if byContainer { before.append("POD") }
    if headed { add(before + ["NAME", "CPU(cores)", "MEMORY(bytes)"], to: &table) }
    for pod in sorted(pods) {
      let place = withNamespace ? [pod.namespace] : []
      guard byContainer else {
        add(place + [pod.name] + UsageTable.amounts(pod.usage), to: &table)
        continue
      }
      for container in pod.containers.stablySorted({ order.precedes(($0.name, $0.usage), ($1.name, $1.usage)) }) {
        add(place + [pod.name, container.name] + UsageTable.amounts(container.usage), to: &table)
      }
    }
    if sum {
      // Without a header, kubectl forgets the columns before the name.
      let blanks = Array(repeating: "", count: headed ? before.count + 1 : 1)
      add(blanks + ["________", "________"], to: &table)
      add(blanks + UsageTable.amounts(pods.map(\.usage).reduce(MetricsV1beta1.Usage()) { $0 + $1 }), to: &table)
    }
    return table.flush()
  }

  private func sorted(_ pods: [PodUsage]) -> [PodUsage] {
    pods.map { ($0, $0.usage) }.stablySorted { a, b in
      if order == .name, withNamespace, a.0.namespace != b.0.namespace { return Members.precedes(a.0.namespace, b.0.namespace) }
      return order.precedes((a.0.name, a.1), (b.0.name, b.1))
    }.map(\.0)
  }

  /// - Parameter silent: nodes of which nothing is known.
  func nodes(_ nodes: [NodeUsage], silent: [String]) -> String {
    var table = TableWriter()
    if headed { add(["NAME", "CPU(cores)", "CPU(%)", "MEMORY(bytes)", "MEMORY(%)"], to: &table) }
    for node in nodes.stablySorted({ order.precedes(($0.name, $0.usage), ($1.name, $1.usage)) }) {
      let amounts = UsageTable.amounts(node.usage)
      var row = [node.name, amounts[0]]
      if let all = node.processor { row.append(UsageTable.percent(node.usage.processor, of: all)) }
      row.append(amounts[1])
      if let all = node.memory { row.append(UsageTable.percent(node.usage.memory, of: all)) }
      add(row, to: &table)
    }
    for name in silent { add([name] + Array(repeating: "<unknown>", count: 4), to: &table) }
    return table.flush()
  }

  /// Each cell, the last one too, is as wide as its column.
  private func add(_ row: [String], to table: inout TableWriter) { table.add(row + [""]) }

  /// `12m`, `34Mi`
  private static func amounts(_ usage: MetricsV1beta1.Usage) -> [String] {
    ["\(usage.processor.milliValue)m", "\(usage.memory.value / (1 << 20))Mi"]
  }

  private static func percent(_ part: Quantity, of whole: Quantity) -> String {
    let share = Double(part.milliValue) / Double(whole.milliValue) * 100
    return "\(Int(exactly: share.rounded(.towardZero)) ?? 0)%"
  }
}

extension Array {
  /// Sorted, equals in the order they had.
  fileprivate func stablySorted(_ precedes: (Element, Element) -> Bool) -> [Element] {
    enumerated().sorted { a, b in
      if precedes(a.element, b.element) { return true }
      if precedes(b.element, a.element) { return false }
      return a.offset < b.offset
    }.map(\.element)
  }
}
