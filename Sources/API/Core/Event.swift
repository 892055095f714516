import APIMachinery

// Events: what happened to an object, for people.

extension Kinds {
  public static let event = Kind(
    group: "", version: "v1", name: "Event", plural: "events", shortNames: ["ev"], namespaced: true, schema: CoreV1.event,
    columns: eventColumns,
    rules: Rules {
      $0.fieldSelectors = [
        "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
        "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
      ]
    }, summary: CoreV1.event.doc)
}

extension CoreV1 {
  public static let event = Definition(
    "core.v1.Event", "A report that something happened to an object.",
    [
      Field("kind", .string, "The kind of the object."),
      Field("apiVersion", .string, "The version of the schema that the object is written in."),
      Field("metadata", .object { MetaV1.objectMeta }, "Name, labels and everything else that all objects have.", required: true),
      Field("involvedObject", .object { objectReference }, "The object that it happened to.", required: true),
      Field("reason", .string, "What happened, in one word for machines."),
      Field("message", .string, "What happened, for people."),
      Field("source", .object { eventSource }, "Who reports it.", always: true),
      Field("firstTimestamp", .time, "When it was first seen.", always: true),
      Field("lastTimestamp", .time, "When it was last seen.", always: true),
      Field("count", .int32, "How often it was seen."),
      Field("type", .string, "Normal or Warning."),
      Field("eventTime", .microTime, "When it was first seen, to the microsecond.", always: true),
      Field("series", .object { eventSeries }, "How often it was repeated."),
      Field("action", .string, "What was done or failed."),
      Field("related", .object { objectReference }, "A second object that it concerns."),
      Field("reportingComponent", .string, "The controller that reports it.", always: true),
      Field("reportingInstance", .string, "Which instance of the controller.", always: true),
    ])

  public static let eventSource = Definition(
    "core.v1.EventSource", "Who reports an event.",
    [
      Field("component", .string, "The component."),
      Field("host", .string, "The node that it is on."),
    ])

  public static let eventSeries = Definition(
    "core.v1.EventSeries", "How often an event was repeated.",
    [
      Field("count", .int32, "How often."),
      Field("lastObservedTime", .microTime, "When it was last seen.", always: true),
    ])
}
