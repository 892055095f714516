// What requests may say in their path and query.

extension OpenAPI {
  struct Parameter {
    let name: String
    /// `string`, `integer`, `boolean`
    let type: String
    let doc: String
    let inPath: Bool

    init(_ name: String, _ type: String, _ doc: String, inPath: Bool = false) {
      self.name = name
      self.type = type
      self.doc = doc
      self.inPath = inPath
    }
  }
}

extension OpenAPI.Parameter {
  static let name = Self("name", "string", "The object's name.", inPath: true)
  static let namespace = Self("namespace", "string", "The namespace that the objects are in.", inPath: true)

  private static let dryRun = Self("dryRun", "string", "All to go through every stage but store nothing.")

  static let writing = [
    dryRun,
    Self("fieldManager", "string", "Who makes the change, as managedFields name it."),
    Self(
      "fieldValidation", "string",
      "What becomes of unknown and doubled fields: Ignore drops them, Warn drops them with a warning, Strict refuses them."),
  ]

  static let patching = writing + [Self("force", "boolean", "For apply patches: take over fields that other managers own.")]

  static let deleting = [
    dryRun,
    Self("gracePeriodSeconds", "integer", "Seconds until the object is ended by force; zero means at once."),
    Self("propagationPolicy", "string", "What becomes of dependents: Orphan, Background or Foreground."),
  ]

  static let choosing = [
    Self("continue", "string", "The token of a list that was cut by a limit, to fetch its next part."),
    Self("fieldSelector", "string", "Only objects whose fields have these values."),
    Self("labelSelector", "string", "Only objects whose labels match."),
    Self("limit", "integer", "How many objects to answer with at most."),
    Self("resourceVersion", "string", "The revision to list, or to watch from."),
    Self("resourceVersionMatch", "string", "How resourceVersion is meant for a list: Exact or NotOlderThan."),
    Self("timeoutSeconds", "integer", "Seconds after which the request is ended."),
  ]

  static let watching = [
    Self("allowWatchBookmarks", "boolean", "Whether a watch may tell from time to time which revision it has come to."),
    Self("watch", "boolean", "Send changes as they happen instead of a list."),
  ]

  static let logs = [
    Self("container", "string", "The container; needed where a pod has several."),
    Self("follow", "boolean", "Go on with what is written from now on."),
    Self("limitBytes", "integer", "How many bytes to answer with at most."),
    Self("previous", "boolean", "The log of the container's earlier run."),
    Self("sinceSeconds", "integer", "Only lines of the last so many seconds."),
    Self("tailLines", "integer", "Only so many lines from the end."),
    Self("timestamps", "boolean", "Begin each line with its time."),
  ]
}
