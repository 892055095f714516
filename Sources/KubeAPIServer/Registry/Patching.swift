// The four types of patches.

import API
import APIMachinery
import Client
import Formats

extension APIServer {
  func patched(_ object: Value, _ patch: Patch, _ kind: Kind) throws(Status) -> Value {
    switch patch {
    case .merge(let body): return APIServer.merge(object, body)
    case .json(let operations): return try jsonPatched(object, operations)
    case .strategic(let body): return APIServer.merge(object, body)
    case .apply: throw Status(.unsupportedMediaType, "apply patches are not accepted here")
    }
  }

  /// RFC 7386.
  static func merge(_ object: Value, _ patch: Value) -> Value {
    guard case .object(let changes) = patch else { return patch }
    var members = object.members
    for change in changes {
      if change.value.isNull {
        members[change.key] = nil
      } else {
        members[change.key] = merge(members[change.key] ?? .null, change.value)
      }
    }
    return .object(members)
  }

  func jsonPatched(_ object: Value, _ operations: Value) throws(Status) -> Value {
    throw Status(.unsupportedMediaType, "JSON patches are not accepted yet")
  }

  func apply(_ key: ObjectKey, _ configuration: Value, _ options: WriteOptions) throws(Status) -> Value {
    throw Status(.unsupportedMediaType, "apply patches are not accepted yet")
  }
}
