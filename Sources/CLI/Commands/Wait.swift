import APIMachinery
import Arguments
import Client
import Formats
import Printers

// kctl wait: until objects have a condition, a value, or are gone.

/// `kctl wait`
enum WaitCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var selector = SelectorOptions()
    var output = OutputOptions()
    var condition = ""
    var timeout = Duration.seconds(30)
    var local = false
  }

  static var row: Command<Session> {
    Command(
      "wait", "Wait for a specific condition on one or many resources", section: CommandTable.Section.advanced,
      usage:
        "([-f FILE] | TYPE/NAME | TYPE [(-l SELECTOR | --all)]) --for=(create | delete | condition=NAME[=VALUE] | jsonpath=PATH[=VALUE])",
      examples: [
        Example("Until a pod is ready", "kctl wait --for=condition=Ready pod/web --timeout=60s"),
        Example("Until a pod is gone", "kctl wait --for=delete pod/web"),
        Example("Until it runs", "kctl wait --for=jsonpath='{.status.phase}'=Running pod/web"),
      ], completes: .asked("resources"), options: { Options() }, flags: { flags }, run: { try run($0, $1.words, $2) })
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("what to wait for").inside(\.files)
      + [SelectorOptions.label, SelectorOptions.field, SelectorOptions.everything, SelectorOptions.everywhere].inside(\.selector)
      + OutputOptions.flags.inside(\.output) + [
        .text(
          "for", nil, \.condition, value: "CONDITION", completes: .words(["condition=", "create", "delete", "jsonpath="]),
          "what to wait for"),
        .duration("timeout", nil, \.timeout, default: "30s", "how long to wait; 0 looks once, less than 0 waits a week"),
        Flag(FlagWords("local", bare: "true", hidden: true, "")) { options, text in options.local = text != "false" },
      ]
  }

  /// What is waited for.
  enum Condition {
    case create
    case delete
    case condition(String, String)
    case path(JSONPath, value: String?)

    init(_ text: String) throws {
      let lower = text.lowercased()
      if lower == "delete" {
        self = .delete
      } else if lower == "create" {
        self = .create
      } else if text.hasPrefix("condition=") {
        let rest = text.dropFirst("condition=".count)
        let equals = rest.firstIndex(of: "=")
        let name = String(equals.map { rest[..<$0] } ?? rest)
        self = .condition(name, equals.map { String(rest[rest.index(after: $0)...]) } ?? "true")
      } else if text.hasPrefix("jsonpath=") {
        self = try Condition.path(String(text.dropFirst("jsonpath=".count)))
      } else {
        throw Failure("unrecognized condition: \(Read.quoted(text))")
      }
    }

    private static func path(_ text: String) throws -> Condition {
      let format = "jsonpath wait format must be --for=jsonpath='{.status.readyReplicas}'=3 or --for=jsonpath='{.status.readyReplicas}'"
      // The path ends at the bracket that closes it; what follows is the value.
      var depth = 0
      var quote: Character?
      var end = text.endIndex
      for i in text.indices {
        let c = text[i]
        if let open = quote {
          if c == open { quote = nil }
        } else if c == "'" || c == "\"" {
          quote = c
        } else if c == "{" || c == "[" || c == "(" {
          depth += 1
        } else if c == "}" || c == "]" || c == ")" {
          depth -= 1
        } else if c == "=", depth == 0 {
          end = i
          break
        }
      }
      let expression = String(text[..<end])
      guard !expression.isEmpty, let relaxed = JSONPath.relaxed(expression) else { throw Failure(format) }
      var value: String?
      if end < text.endIndex {
        let wanted = text[text.index(after: end)...].trimmed
        if wanted.isEmpty { throw Failure("jsonpath wait has to have a value after equal sign") }
        value = wanted
      }
      do { return .path(try JSONPath(relaxed), value: value) } catch {
        throw Failure("error parsing jsonpath \(relaxed), \(error.message)")
      }
    }
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    if options.local { throw Failure("--local is not supported: nothing that is read from a file alone ever changes") }
    let condition = try Condition(options.condition)
    let printer = try ResultPrinter(session, options.output, dryRun: .none)
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.selector = options.selector
    query.emptySelectsAll = true
    query.latest = true
    var isDelete = false
    if case .delete = condition {
      isDelete = true
      query.ignoresMissing = true
    }
    var isCreate = false
    if case .create = condition {
      isCreate = true
      query.fetches = false
    }
    let client = try session.client()
    let deadline = client.now + (options.timeout < .zero ? .seconds(7 * 86400) : options.timeout)
    let found = try query.find()
    var count = 0
    try found.visit { item in
      count += 1
      let text = "timed out waiting for the condition on \(item.kind.plural)/\(item.name)"
      var follower = try Follower(session, item, timeout: nil)
      follower.deadline = deadline
      var last = item.object ?? .null
      let uid = item.object?.uid
      session.waiting(for: "waiting for \(item.spelled): \(options.condition)")
      defer { session.waited() }
      let end = try follower.follow { object in
        if let object { last = object }
        switch condition {
        case .create: return object != nil ? .done : .goOn
        case .delete: return object == nil || object?.uid != uid ? .done : .goOn
        case .condition(let name, let value):
          guard let object else { throw Failure("\(item.kind.qualifiedPlural) \(Read.quoted(item.name)) was deleted while waiting for it") }
          return holds(name, value, object) ? .done : .goOn
        case .path(let path, let value):
          guard let object else { throw Failure("\(item.kind.qualifiedPlural) \(Read.quoted(item.name)) was deleted while waiting for it") }
          return try matches(path, value, object) ? .done : .goOn
        }
      }
      session.waited()
      switch end {
      case .done:
        var met = item
        met.object = last
        try printer.print(met, "condition met")
      case .deadline: throw Failure(text)
      case .stuck: throw Session.stuck(text)
      }
    }
    if count == 0, !isDelete, !isCreate { throw Failure("no matching resources found") }
  }

  static func holds(_ name: String, _ value: String, _ object: Value) -> Bool {
    for condition in object["status"]["conditions"].items where condition["type"].text.lowercased() == name.lowercased() {
      if object["metadata"].has("generation") {
        let observed = condition["observedGeneration"].int ?? object["status"]["observedGeneration"].int
        if let observed, observed < object.generation { return false }
      }
      return condition["status"].text.lowercased() == value.lowercased()
    }
    return false
  }

  static func matches(_ path: JSONPath, _ wanted: String?, _ object: Value) throws -> Bool {
    let found: [Value]
    do { found = try path.find(in: object).flatMap(\.self) } catch { throw Failure(error.message) }
    guard let first = found.first else { return false }
    guard let wanted else { return true }
    if found.count > 1 { throw Failure("given jsonpath expression matches more than one value") }
    switch first {
    case .array, .object: throw Failure("jsonpath leads to a nested object or list which is not supported")
    default: return first.goValue == wanted
    }
  }
}

extension Substring {
  /// Without blanks and quotes around it.
  var trimmed: String {
    var text = self
    while let c = text.first, c.isWhitespace { text.removeFirst() }
    while let c = text.last, c.isWhitespace { text.removeLast() }
    if text.count >= 2, let c = text.first, c == "'" || c == "\"", text.last == c { text = text.dropFirst().dropLast() }
    return String(text)
  }
}
