import APIMachinery
import Client
import Formats
import HTTP

// What the queries and bodies of requests say, as a Client has it.

/// A request's query.
struct Query {
  private let pairs: [(name: String, value: String)]

  init(_ text: String) throws(Status) {
    guard let pairs = URLText.query(text) else { throw Status(.badRequest, "the query of the URL is malformed") }
    self.pairs = pairs
  }

  subscript(name: String) -> String? { pairs.first { $0.name == name }?.value }

  func all(_ name: String) -> [String] { pairs.filter { $0.name == name }.map(\.value) }

  /// Go's ParseBool; a name without a value is true.
  func flag(_ name: String) throws(Status) -> Bool {
    switch self[name] {
    case nil, "0", "f", "F", "false", "False", "FALSE": return false
    case "", "1", "t", "T", "true", "True", "TRUE": return true
    case let other?: throw Query.invalid(name, other, "strconv.ParseBool: parsing \(JSON.quoted(other)): invalid syntax")
    }
  }

  func number(_ name: String) throws(Status) -> Int64? {
    guard let text = self[name], !text.isEmpty else { return nil }
    guard let number = Int64(text) else {
      throw Query.invalid(name, text, "strconv.ParseInt: parsing \(JSON.quoted(text)): invalid syntax")
    }
    return number
  }

  private static func invalid(_ name: String, _ value: String, _ why: String) -> Status {
    Status(.badRequest, "invalid value \(JSON.quoted(value)) for \(name): \(why)")
  }

  var list: ListOptions {
    get throws(Status) {
      var options = ListOptions()
      options.labelSelector = self["labelSelector"] ?? ""
      options.fieldSelector = self["fieldSelector"] ?? ""
      options.resourceVersion = self["resourceVersion"] ?? ""
      options.continue = self["continue"] ?? ""
      let limit = try number("limit") ?? 0
      guard limit >= 0 else { throw Query.refused("limit", limit, "must be greater than or equal to 0") }
      options.limit = Int(clamping: limit)
      if let seconds = try number("timeoutSeconds"), seconds > 0 { options.timeout = .seconds(min(seconds, 1 << 32)) }
      options.allowBookmarks = try flag("allowWatchBookmarks")
      if try flag("sendInitialEvents") {
        throw .listInvalid(
          "sendInitialEvents", "Forbidden: sendInitialEvents is forbidden for watch unless the WatchList feature gate is enabled")
      }
      let match = self["resourceVersionMatch"] ?? ""
      if !match.isEmpty {
        guard match == "Exact" || match == "NotOlderThan" else {
          throw .listInvalid(
            "resourceVersionMatch", "Unsupported value: \(JSON.quoted(match)): supported values: \"Exact\", \"NotOlderThan\", \"\"")
        }
        guard !options.resourceVersion.isEmpty else {
          throw .listInvalid("resourceVersionMatch", "Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")
        }
        if match == "Exact", options.resourceVersion == "0" {
          throw .listInvalid(
            "resourceVersionMatch", "Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")
        }
      }
      if !options.continue.isEmpty, !options.resourceVersion.isEmpty, options.resourceVersion != "0" {
        throw Status(.badRequest, "specifying resource version is not allowed when using continue")
      }
      return options
    }
  }

  /// Whether a list must be of exactly the revision that is asked for.
  var wantsExactRevision: Bool { self["resourceVersionMatch"] == "Exact" }

  /// - Parameter agent: `kubectl/v1.32.5 (linux/amd64)`: who writes, where the query doesn't say.
  func write(agent: String) throws(Status) -> WriteOptions {
    var options = WriteOptions()
    options.dryRun = try Query.dryRun(pairs.filter { $0.name == "dryRun" }.map(\.value))
    options.force = try flag("force")
    let manager = self["fieldManager"] ?? ""
    options.fieldManager = manager.isEmpty ? String(agent.prefix { $0 != "/" }) : manager
    guard manager.utf8.count <= 128 else {
      throw Status(.badRequest, "fieldManager: Too long: may not be longer than 128")
    }
    switch self["fieldValidation"] ?? "" {
    case "": break
    case let text:
      guard let validation = FieldValidation(rawValue: text) else {
        throw Status(
          .invalid,
          " \"\" is invalid: fieldValidation: Unsupported value: \(JSON.quoted(text)): supported values: \"Ignore\", \"Strict\", \"Warn\"")
      }
      options.fieldValidation = validation
    }
    return options
  }

  private static func dryRun(_ values: [String]) throws(Status) -> Bool {
    for value in values where value != "All" && !value.isEmpty {
      throw Status(.invalid, " \"\" is invalid: dryRun: Unsupported value: \(JSON.quoted(value)): supported values: \"All\"")
    }
    return values.contains("All")
  }

  private static func refused(_ name: String, _ value: Int64, _ why: String) -> Status {
    .listInvalid(name, "Invalid value: \(value): \(why)")
  }

  /// The query's options and the body's (meta/v1 DeleteOptions), which go before.
  func delete(_ body: Value) throws(Status) -> DeleteOptions {
    var options = DeleteOptions()
    let grace = body["gracePeriodSeconds"]
    guard grace.isNull || grace.int != nil else {
      throw Status(.badRequest, "DeleteOptions: gracePeriodSeconds must be a number of seconds")
    }
    options.gracePeriodSeconds = grace.int
    if options.gracePeriodSeconds == nil { options.gracePeriodSeconds = try number("gracePeriodSeconds") }
    let policy = body["propagationPolicy"].string ?? self["propagationPolicy"]
    if let policy, !policy.isEmpty {
      guard let known = DeleteOptions.Propagation(rawValue: policy) else {
        throw Status.deleteInvalid(
          "propagationPolicy", JSON.quoted(policy),
          "Unsupported value: \(JSON.quoted(policy)): supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"")
      }
      options.propagation = known
    } else if let orphan = body["orphanDependents"].bool {
      options.propagation = orphan ? .orphan : .background
    } else if self["orphanDependents"] != nil {
      options.propagation = try flag("orphanDependents") ? .orphan : .background
    }
    var dryRun = body["dryRun"].items.map(\.text)
    if dryRun.isEmpty { dryRun = pairs.filter { $0.name == "dryRun" }.map(\.value) }
    options.dryRun = try Query.dryRun(dryRun)
    options.uid = body["preconditions"]["uid"].string
    options.resourceVersion = body["preconditions"]["resourceVersion"].string
    return options
  }

  func logs(now: Instant) throws(Status) -> LogOptions {
    var options = LogOptions()
    options.container = self["container"] ?? ""
    options.follow = try flag("follow")
    options.previous = try flag("previous")
    options.timestamps = try flag("timestamps")
    if let lines = try number("tailLines") {
      guard lines >= 0 else { throw Status.logInvalid("tailLines", lines, "must be greater than or equal to 0") }
      options.tailLines = Int(clamping: lines)
    }
    if let bytes = try number("limitBytes") {
      guard bytes > 0 else { throw Status.logInvalid("limitBytes", bytes, "must be greater than 0") }
      options.limitBytes = Int(clamping: bytes)
    }
    let seconds = try number("sinceSeconds")
    let time = self["sinceTime"] ?? ""
    if seconds != nil, !time.isEmpty {
      throw Status(
        .invalid, "PodLogOptions \"\" is invalid: sinceSeconds: Forbidden: at most one of `sinceTime` or `sinceSeconds` may be specified")
    }
    if let seconds {
      guard seconds >= 1 else { throw Status.logInvalid("sinceSeconds", seconds, "must be greater than 0") }
      options.since = now - .seconds(min(seconds, 1 << 32))
    } else if !time.isEmpty {
      guard let instant = Instant(rfc3339: time) else { throw Status(.badRequest, "sinceTime: \(JSON.quoted(time)) is no RFC 3339 time") }
      options.since = instant
    }
    return options
  }
}

extension Status {
  fileprivate static func listInvalid(_ field: String, _ text: String) -> Status {
    var status = Status(.invalid, "ListOptions.meta.k8s.io \"\" is invalid: \(field): \(text)")
    status.group = "meta.k8s.io"
    status.kind = "ListOptions"
    status.causes = [.init(reason: text.hasPrefix("Forbidden") ? "FieldValueForbidden" : "FieldValueInvalid", message: text, field: field)]
    return status
  }

  fileprivate static func deleteInvalid(_ field: String, _ value: String, _ text: String) -> Status {
    var status = Status(.invalid, "DeleteOptions.meta.k8s.io \"\" is invalid: \(field): \(text)")
    status.group = "meta.k8s.io"
    status.kind = "DeleteOptions"
    status.causes = [.init(reason: "FieldValueNotSupported", message: text, field: field)]
    return status
  }

  fileprivate static func logInvalid(_ field: String, _ value: Int64, _ why: String) -> Status {
    var status = Status(.invalid, "PodLogOptions \"\" is invalid: \(field): Invalid value: \(value): \(why)")
    status.kind = "PodLogOptions"
    status.causes = [.init(reason: "FieldValueInvalid", message: "Invalid value: \(value): \(why)", field: field)]
    return status
  }
}
