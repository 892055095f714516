import APIMachinery
import Formats

// PodMetrics: what the containers of a pod use.

extension Kinds {
  public static let podMetrics = Kind(
    group: "metrics.k8s.io", version: "v1beta1", name: "PodMetrics", plural: "pods", singular: "podmetrics", namespaced: true,
    verbs: ["get", "list"], schema: MetricsV1beta1.podMetrics, columns: metricsColumns { MetricsV1beta1.usage(ofPod: $0) },
    summary: MetricsV1beta1.podMetrics.doc)
}

extension MetricsV1beta1 {
  public static let podMetrics = Definition(
    "metrics.v1beta1.PodMetrics", "Says what the containers of a pod use.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", always: true),
      Field("timestamp", .time, "The end of the time that was measured.", required: true),
      Field("window", .string, "How long that time is.", required: true),
      Field("containers", .array(.object { containerMetrics }), "Each of its containers that runs.", required: true),
    ])

  public static let containerMetrics = Definition(
    "metrics.v1beta1.ContainerMetrics", "What a container uses.",
    [
      Field("name", .string, "The container's name.", required: true),
      Field("usage", .map(.quantity), "Processors at work on the average of the window, and memory at its end.", required: true),
    ])

  /// What all containers of a PodMetrics use together.
  public static func usage(ofPod metrics: Value) -> Usage {
    metrics["containers"].items.map { Usage($0["usage"]) }.reduce(Usage()) { $0 + $1 }
  }
}
