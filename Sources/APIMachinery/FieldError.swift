import Formats

// What is wrong with one field: Kubernetes' field.Error, with its texts.

/// One thing that is wrong with one field.
public struct FieldError: Hashable, Sendable {
  public enum Problem: Hashable, Sendable {
    case required, invalid, notSupported, duplicate, forbidden, tooLong, tooMany, notFound, typeInvalid, internalError
  }
  public let problem: Problem
  /// `spec.containers[0].name`
  public let field: String
  /// Kubernetes' own words without the path: `Invalid value: -1: must be greater than or equal to 0`.
  public let text: String

  public init(_ problem: Problem, _ field: String, text: String) {
    self.problem = problem
    self.field = field
    self.text = text
  }

  public static func required(_ field: String, _ detail: String = "") -> FieldError {
    FieldError(.required, field, text: detail.isEmpty ? "Required value" : "Required value: \(detail)")
  }
  /// `value` is shown as Go shows it: strings quoted, numbers bare, structures as JSON.
  public static func invalid(_ field: String, _ value: Value, _ detail: String) -> FieldError {
    FieldError(.invalid, field, text: "Invalid value: \(shown(value)): \(detail)")
  }
  /// An invalid value that Go would show in a way of its own (`map[string]string{"app":"b"}`).
  public static func invalid(_ field: String, shown value: String, _ detail: String) -> FieldError {
    FieldError(.invalid, field, text: "Invalid value: \(value): \(detail)")
  }
  /// `supported` is listed as given; callers sort it where Kubernetes does.
  public static func notSupported(_ field: String, _ value: Value, _ supported: [String]) -> FieldError {
    let list = supported.map { "\"\($0)\"" }.joined(separator: ", ")
    return FieldError(
      .notSupported, field, text: "Unsupported value: \(shown(value))" + (supported.isEmpty ? "" : ": supported values: \(list)"))
  }
  public static func duplicate(_ field: String, _ value: Value) -> FieldError {
    FieldError(.duplicate, field, text: "Duplicate value: \(shown(value))")
  }
  public static func forbidden(_ field: String, _ detail: String) -> FieldError {
    FieldError(.forbidden, field, text: "Forbidden: \(detail)")
  }
  public static func tooLong(_ field: String, _ limit: Int) -> FieldError {
    FieldError(.tooLong, field, text: "Too long: must have at most \(limit) bytes")
  }
  public static func tooMany(_ field: String, _ actual: Int, _ limit: Int) -> FieldError {
    FieldError(.tooMany, field, text: "Too many: \(actual): must have at most \(limit) items")
  }
  public static func notFound(_ field: String, _ value: Value) -> FieldError {
    FieldError(.notFound, field, text: "Not found: \(shown(value))")
  }

  static func shown(_ value: Value) -> String {
    switch value {
    case .null: "null"
    case .string(let s): goQuoted(s)
    default: JSON.text(value)
    }
  }

  /// The cause's reason in a Status.
  public var reason: String {
    switch problem {
    case .required: "FieldValueRequired"
    case .invalid: "FieldValueInvalid"
    case .notSupported: "FieldValueNotSupported"
    case .duplicate: "FieldValueDuplicate"
    case .forbidden: "FieldValueForbidden"
    case .tooLong: "FieldValueTooLong"
    case .tooMany: "FieldValueTooMany"
    case .notFound: "FieldValueNotFound"
    case .typeInvalid: "FieldValueTypeInvalid"
    case .internalError: "InternalError"
    }
  }
}

extension Status {
  /// `Pod "x" is invalid: …`: one error stays on the line, several are a list as Kubernetes' aggregate prints them.
  public static func invalid(_ kind: Kind, _ name: String, _ errors: [FieldError]) -> Status {
    var seen = Set<String>()
    let lines = errors.map { "\($0.field): \($0.text)" }.filter { seen.insert($0).inserted }
    let text = lines.count == 1 ? lines[0] : "[\(lines.joined(separator: ", "))]"
    var status = Status(.invalid, "\(kind.group.isEmpty ? kind.name : "\(kind.name).\(kind.group)") \"\(name)\" is invalid: \(text)")
    status.name = name
    status.group = kind.group
    status.kind = kind.name
    status.causes = errors.map { Cause(reason: $0.reason, message: $0.text, field: $0.field) }
    return status
  }
}
