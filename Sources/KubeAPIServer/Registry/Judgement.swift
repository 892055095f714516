// What the kinds' tables say about an object: decoding, defaults, validation.

import API
import APIMachinery
import Client
import Formats

extension APIServer {
  /// The object as its kind's fields have it: unknown fields refused, warned of or dropped.
  func decoded(_ object: Value, _ kind: Kind, _ options: WriteOptions) throws(Status) -> Value {
    guard case .object = object else {
      throw Status(.badRequest, "\(kind.name) in version \"\(kind.version)\" cannot be handled as a \(kind.name): expected an object")
    }
    var object = object
    if let given = object["apiVersion"].string, !given.isEmpty, given != kind.apiVersion {
      throw Status(
        .badRequest,
        "the API version in the data (\(given)) does not match the expected API version (\(kind.apiVersion))")
    }
    if let given = object["kind"].string, !given.isEmpty, given != kind.name {
      throw Status(
        .badRequest, "\(given) in version \"\(kind.version)\" cannot be handled as a \(kind.name): no kind \"\(given)\" is registered")
    }
    if object["apiVersion"].string != kind.apiVersion { object["apiVersion"] = .string(kind.apiVersion) }
    if object["kind"].string != kind.name { object["kind"] = .string(kind.name) }
    if object["metadata"].isNull { object["metadata"] = .object(Members()) }
    var unknown: [String] = []
    do {
      object = try fields(of: object, kind, unknown: &unknown)
    } catch {
      throw error.reason == .badRequest ? .undecodable(kind, error.message) : error
    }
    if !unknown.isEmpty {
      switch options.fieldValidation {
      case .strict: throw .unknownFields(kind, unknown)
      case .warn: for field in unknown { onWarning?("unknown field \"\(field)\"") }
      case .ignore: break
      }
    }
    return object
  }

  /// The object as its kind's fields have it, its variables as they were.
  func fields(of object: Value, _ kind: Kind, unknown: inout [String]) throws(Status) -> Value {
    guard expandsPorts else { return try decode(object, as: kind, unknown: &unknown) }
    var ports = VariablePorts()
    let plain = ports.taken(from: object, kind)
    return ports.putBack(into: try decode(plain, as: kind, unknown: &unknown), kind)
  }

  /// The object with its kind's defaults filled in.
  func defaulted(_ object: Value, _ kind: Kind) -> Value {
    var object = object
    applyDefaults(&object, kind: kind)
    return object
  }

  /// What is wrong with an object about to be stored.
  func problems(_ object: Value, replacing old: Value?, _ kind: Kind) -> [FieldError] {
    var ports = VariablePorts()
    let judged = expandsPorts ? ports.taken(from: object, kind) : object
    guard let old else { return Validation.errors(creating: judged, as: kind) }
    return Validation.errors(updating: old, to: object, as: kind, judging: judged)
  }
}
