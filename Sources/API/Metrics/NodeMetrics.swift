import APIMachinery
import Formats

// NodeMetrics: what of a node is in use.

extension Kinds {
  public static let nodeMetrics = Kind(
    group: "metrics.k8s.io", version: "v1beta1", name: "NodeMetrics", plural: "nodes", singular: "nodemetrics", namespaced: false,
    verbs: ["get", "list"], schema: MetricsV1beta1.nodeMetrics, columns: metricsColumns { MetricsV1beta1.Usage($0["usage"]) },
    summary: MetricsV1beta1.nodeMetrics.doc)
}

extension MetricsV1beta1 {
  public static let nodeMetrics = Definition(
    "metrics.v1beta1.NodeMetrics", "Says what of a node is in use.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("timestamp", .time, "The end of the time that was measured.", required: true),
      Field("window", .string, "How long that time is.", required: true),
      Field("usage", .map(.quantity), "Processors at work on the average of the window, and memory at its end.", required: true),
    ])

  /// Processors and memory in use.
  public struct Usage: Sendable {
    public var processor = Quantity.zero
    public var memory = Quantity(0, .binarySI)

    public init() {}

    /// A `usage` as it stands in an object; what is missing or no quantity is nothing.
    public init(_ usage: Value) {
      if let amount = try? Quantity(usage["cpu"].text) { processor = amount }
      if let amount = try? Quantity(usage["memory"].text) { memory = amount }
    }

    public static func + (a: Usage, b: Usage) -> Usage {
      var sum = a
      sum.processor += b.processor
      sum.memory += b.memory
      return sum
    }
  }
}

/// As metrics-server prints them.
func metricsColumns(_ usage: @escaping @Sendable (Value) -> MetricsV1beta1.Usage) -> [Column] {
  [
    .name, Column("cpu") { object, _ in usage(object).processor.description },
    Column("memory") { object, _ in usage(object).memory.description },
    Column("Window") { object, _ in object["window"].text },
  ]
}
