import Formats

// The one error that a cluster answers with: meta/v1 Status.

/// Why a request failed: meta/v1 Status of status Failure.
public struct Status: Error, Hashable, Sendable {
  /// Kubernetes' machine-readable reasons, with the HTTP code each goes with.
  public enum Reason: String, Hashable, Sendable {
    case unknown = ""
    case badRequest = "BadRequest"
    case unauthorized = "Unauthorized"
    case forbidden = "Forbidden"
    case notFound = "NotFound"
    case methodNotAllowed = "MethodNotAllowed"
    case notAcceptable = "NotAcceptable"
    case alreadyExists = "AlreadyExists"
    case conflict = "Conflict"
    case gone = "Gone"
    case expired = "Expired"
    case requestEntityTooLarge = "RequestEntityTooLarge"
    case unsupportedMediaType = "UnsupportedMediaType"
    case invalid = "Invalid"
    case tooManyRequests = "TooManyRequests"
    case internalError = "InternalError"
    case serviceUnavailable = "ServiceUnavailable"
    case timeout = "Timeout"
    case serverTimeout = "ServerTimeout"

    public var code: Int {
      switch self {
      case .unknown, .internalError, .serverTimeout: 500
      case .badRequest: 400
      case .unauthorized: 401
      case .forbidden: 403
      case .notFound: 404
      case .methodNotAllowed: 405
      case .notAcceptable: 406
      case .alreadyExists, .conflict: 409
      case .gone, .expired: 410
      case .requestEntityTooLarge: 413
      case .unsupportedMediaType: 415
      case .invalid: 422
      case .tooManyRequests: 429
      case .serviceUnavailable: 503
      case .timeout: 504
      }
    }
  }

  /// One thing that is wrong with one field.
  public struct Cause: Hashable, Sendable {
    /// `FieldValueInvalid`, `FieldValueRequired`, …
    public var reason: String
    public var message: String
    /// The field's path (`spec.replicas`), empty where it concerns the whole.
    public var field: String

    public init(reason: String, message: String, field: String) {
      self.reason = reason
      self.message = message
      self.field = field
    }
  }

  public var reason: Reason
  public var message: String
  public var code: Int
  /// What the request was about; the kind is a resource's plural (`pods`) or, where Invalid, the kind's name.
  public var name = ""
  public var group = ""
  public var kind = ""
  public var uid = ""
  public var causes: [Cause] = []
  public var retryAfterSeconds: Int?
  /// What we add for people, a line each, printed after Kubernetes' line as `hint: …`.
  public var hints: [String] = []

  public init(_ reason: Reason, _ message: String, code: Int? = nil) {
    self.reason = reason
    self.message = message
    self.code = code ?? reason.code
  }

  /// There was no answer at all: `message` stands for itself. Such a Status has no code.
  public static func unanswered(_ message: String, hints: [String] = []) -> Status {
    var status = Status(.unknown, message, code: 0)
    status.hints = hints
    return status
  }
  public var isUnanswered: Bool { code == 0 }

  /// `pods "x" not found`, with the plural qualified by its group (`deployments.apps "x" not found`).
  public static func notFound(_ kind: Kind, _ name: String) -> Status {
    about(kind, name, .notFound, "\(kind.qualifiedPlural) \"\(name)\" not found")
  }

  public static func alreadyExists(_ kind: Kind, _ name: String) -> Status {
    about(kind, name, .alreadyExists, "\(kind.qualifiedPlural) \"\(name)\" already exists")
  }

  public static func conflict(_ kind: Kind, _ name: String, _ why: String) -> Status {
    about(kind, name, .conflict, "Operation cannot be fulfilled on \(kind.qualifiedPlural) \"\(name)\": \(why)")
  }

  public static func forbidden(_ kind: Kind, _ name: String, _ why: String) -> Status {
    about(
      kind, name, .forbidden,
      name.isEmpty ? "\(kind.qualifiedPlural) is forbidden: \(why)" : "\(kind.qualifiedPlural) \"\(name)\" is forbidden: \(why)")
  }

  public static func about(_ kind: Kind, _ name: String, _ reason: Reason, _ message: String) -> Status {
    var status = Status(reason, message)
    status.name = name
    status.group = kind.group
    status.kind = kind.plural
    return status
  }

  /// Kubernetes' Status object, as `get --raw` and HTTP show it.
  public var object: Value {
    var details = Members()
    if !name.isEmpty { details["name"] = .string(name) }
    if !group.isEmpty { details["group"] = .string(group) }
    if !kind.isEmpty { details["kind"] = .string(kind) }
    if !uid.isEmpty { details["uid"] = .string(uid) }
    if !causes.isEmpty {
      details["causes"] = .array(
        causes.map { cause in
          var one: Value = ["reason": .string(cause.reason), "message": .string(cause.message)]
          if !cause.field.isEmpty { one["field"] = .string(cause.field) }
          return one
        })
    }
    if let retryAfterSeconds { details["retryAfterSeconds"] = Value(retryAfterSeconds) }
    var out: Value = [
      "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
      "reason": .string(reason.rawValue), "code": Value(code),
    ]
    if !details.isEmpty { out["details"] = .object(details) }
    return out
  }
}
