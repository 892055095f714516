import APIMachinery
import Formats

// ConfigMaps, Secrets, Namespaces, Nodes.

extension Validation {
  /// The most that a ConfigMap's or Secret's values may hold together.
  static let maximumData = 1024 * 1024

  @Sendable static func configMap(_ configMap: Value, _ errors: inout [FieldError]) {
    var size = 0
    let binary = configMap["binaryData"].members
    for entry in configMap["data"].members {
      for problem in Names.configMapKey(entry.key) { errors.append(.invalid("data[\(entry.key)]", .string(entry.key), problem)) }
      if binary[entry.key] != nil {
        errors.append(.invalid("data[\(entry.key)]", .string(entry.key), "duplicate of key present in binaryData"))
      }
      size += entry.value.text.utf8.count
    }
    for entry in binary {
      for problem in Names.configMapKey(entry.key) { errors.append(.invalid("binaryData[\(entry.key)]", .string(entry.key), problem)) }
      size += decodedLength(entry.value.text)
    }
    if size > maximumData { errors.append(.tooLong("[]", maximumData)) }
  }

  private static func decodedLength(_ base64: String) -> Int {
    let length = base64.utf8.count
    return length < 4 ? 0 : length / 4 * 3 - base64.utf8.suffix(2).count { $0 == 61 }
  }

  @Sendable static func immutableData(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {
    guard old["immutable"].bool == true else { return }
    let why = "field is immutable when `immutable` is set"
    if new["immutable"].bool != true { errors.append(.forbidden("immutable", why)) }
    for key in ["data", "binaryData"] where old[key].members != new[key].members { errors.append(.forbidden(key, why)) }
  }

  /// What each type of Secret must hold.
  private static let secretKeys: [(type: String, keys: [String])] = [
    ("kubernetes.io/dockercfg", [".dockercfg"]), ("kubernetes.io/dockerconfigjson", [".dockerconfigjson"]),
    ("kubernetes.io/ssh-auth", ["ssh-privatekey"]), ("kubernetes.io/tls", ["tls.crt", "tls.key"]),
  ]

  @Sendable static func secret(_ secret: Value, _ errors: inout [FieldError]) {
    let data = secret["data"].members
    var size = 0
    for entry in data {
      for problem in Names.configMapKey(entry.key) { errors.append(.invalid("data[\(entry.key)]", .string(entry.key), problem)) }
      size += decodedLength(entry.value.text)
    }
    if size > maximumData { errors.append(.tooLong("data", maximumData)) }
    let type = secret["type"].text
    if type == "kubernetes.io/service-account-token",
      secret.annotation("kubernetes.io/service-account.name")?.isEmpty ?? true
    {
      errors.append(.required("metadata.annotations[kubernetes.io/service-account.name]"))
    }
    if type == "kubernetes.io/basic-auth", data["username"] == nil, data["password"] == nil {
      errors.append(.required("data[username]"))
      errors.append(.required("data[password]"))
    }
    for row in secretKeys where row.type == type {
      for key in row.keys {
        guard let value = data[key] else {
          errors.append(.required("data[\(key)]"))
          continue
        }
        guard key.hasPrefix(".docker"), let bytes = try? Base64.decode(value.text) else { continue }
        if (try? JSON.parse(bytes)) == nil {
          errors.append(.invalid("data[\(key)]", "<secret contents redacted>", "invalid JSON"))
        }
      }
    }
  }

  @Sendable static func secretUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {
    immutable(new["type"], old["type"], "type", &errors)
    let why = "field is immutable when `immutable` is set"
    guard old["immutable"].bool == true else { return }
    if new["immutable"].bool != true { errors.append(.forbidden("immutable", why)) }
    if old["data"].members != new["data"].members { errors.append(.forbidden("data", why)) }
  }

  @Sendable static func namespace(_ namespace: Value, _ errors: inout [FieldError]) {
    for finalizer in namespace["spec", "finalizers"].items { self.finalizer(finalizer.text, "spec.finalizers", &errors) }
  }

  @Sendable static func node(_ node: Value, _ errors: inout [FieldError]) {
    var seen: [(key: String, effect: String)] = []
    for (i, taint) in node["spec", "taints"].items.enumerated() {
      let path = "spec.taints[\(i)]"
      let key = taint["key"].text
      let effect = taint["effect"].text
      for problem in Names.qualifiedName(key) { errors.append(.invalid("\(path).key", .string(key), problem)) }
      for problem in Names.labelValue(taint["value"].text) { errors.append(.invalid("\(path).value", taint["value"], problem)) }
      taintEffect(effect, "\(path).effect", &errors)
      if seen.contains(where: { $0.key == key && $0.effect == effect }) {
        var shown: Value = ["key": .string(key), "effect": .string(effect)]
        if let value = taint["value"].string { shown["value"] = .string(value) }
        errors.append(.duplicate(path, shown))
      }
      seen.append((key, effect))
    }
    for key in ["capacity", "allocatable"] {
      for resource in node["status", key].members {
        guard let amount = quantity(resource.value), amount.isNegative else { continue }
        errors.append(
          .invalid("status.\(key).\(resource.key)", .string(amount.description), "must be greater than or equal to 0"))
      }
    }
  }

  /// A node's pod range and provider stay once set.
  @Sendable static func nodeUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {
    let (before, after) = (old["spec", "podCIDRs"].items, new["spec", "podCIDRs"].items)
    if !before.isEmpty, before != after {
      errors.append(.forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid"))
    }
    let provider = old["spec", "providerID"].text
    if !provider.isEmpty, provider != new["spec", "providerID"].text {
      errors.append(.forbidden("spec.providerID", "node updates may not change providerID except from \"\" to valid"))
    }
  }
}
