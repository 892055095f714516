import APIMachinery

// x

extension CoreV1 {
  public static let event = Definition(
    "core.v1.Event", "",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", required: true),
      Field("action", .string),
      Field("count", .int32),
      Field("eventTime", .microTime),
      Field("firstTimestamp", .time),
      Field("involvedObject", .object { objectReference }, required: true),
      Field("lastTimestamp", .time),
      Field("message", .string),
      Field("reason", .string),
      Field("related", .object { objectReference }),
      Field("reportingComponent", .string),
      Field("reportingInstance", .string),
      Field("series", .object { eventSeries }),
      Field("source", .object { eventSource }),
      Field("type", .string),
    ])

  public static let eventSource = Definition(
    "core.v1.EventSource", "",
    [
      Field("component", .string),
      Field("host", .string),
    ])

  public static let eventSeries = Definition(
    "core.v1.EventSeries", "",
    [
      Field("count", .int32),
      Field("lastObservedTime", .microTime),
    ])
}
