import APIMachinery
import Formats

// What is wrong with an object: the rules that every kind shares, then the kind's own.

/// Judges objects as Kubernetes' validation does, in its order and words.
public enum Validation {
  /// What is wrong with an object about to be created (its namespace and generated name already filled in).
  public static func errors(creating object: Value, as kind: Kind) -> [FieldError] {
    var errors: [FieldError] = []
    metadata(object, kind, &errors)
    kind.rules.validate?(object, &errors)
    return errors
  }

  /// What is wrong with changing an object.
  /// - Parameter judged: the new object as the kind's rules are to judge it; nil: as it is.
  public static func errors(updating old: Value, to new: Value, as kind: Kind, judging judged: Value? = nil) -> [FieldError] {
    var errors: [FieldError] = []
    metadataUpdate(old, new, &errors)
    kind.rules.validateUpdate?(old, new, &errors)
    if old["metadata"] != new["metadata"] { metadata(new, kind, &errors) }
    kind.rules.validate?(judged ?? new, &errors)
    return errors
  }

  // Metadata: apimachinery's ValidateObjectMeta.

  static let maximumAnnotations = 256 * 1024

  static func metadata(_ object: Value, _ kind: Kind, _ errors: inout [FieldError]) {
    let metadata = object["metadata"]
    if let prefix = metadata["generateName"].string, !prefix.isEmpty {
      for problem in kind.rules.nameRule.problems(with: prefix, isPrefix: true) {
        errors.append(.invalid("metadata.generateName", .string(prefix), problem))
      }
    }
    let name = metadata["name"].text
    if name.isEmpty {
      errors.append(.required("metadata.name", "name or generateName is required"))
    } else {
      for problem in kind.rules.nameRule.problems(with: name) { errors.append(.invalid("metadata.name", .string(name), problem)) }
    }
    let namespace = metadata["namespace"].text
    if kind.namespaced {
      if namespace.isEmpty {
        errors.append(.required("metadata.namespace"))
      } else {
        for problem in Names.dns1123Label(namespace) { errors.append(.invalid("metadata.namespace", .string(namespace), problem)) }
      }
    } else if !namespace.isEmpty {
      errors.append(.forbidden("metadata.namespace", "not allowed on this type"))
    }
    labels(metadata["labels"].members, "metadata.labels", &errors)
    annotations(metadata["annotations"].members, "metadata.annotations", &errors)
    for (i, owner) in metadata["ownerReferences"].items.enumerated() { ownerReference(owner, "metadata.ownerReferences[\(i)]", &errors) }
    if metadata["ownerReferences"].items.count(where: { $0["controller"].bool == true }) > 1 {
      errors.append(
        .invalid(
          "metadata.ownerReferences", metadata["ownerReferences"],
          "Only one reference can have Controller set to true. Found \"true\" in references for "
            + metadata["ownerReferences"].items.filter { $0["controller"].bool == true }.prefix(2).map {
              "\($0["kind"].text)/\($0["name"].text)"
            }
            .joined(separator: " and ")))
    }
    for finalizer in metadata["finalizers"].items { self.finalizer(finalizer.text, "metadata.finalizers", &errors) }
  }

  private static func ownerReference(_ owner: Value, _ path: String, _ errors: inout [FieldError]) {
    for (key, words) in [("apiVersion", "version"), ("kind", "kind"), ("name", "name"), ("uid", "uid")] where owner[key].text.isEmpty {
      errors.append(.invalid("\(path).\(key)", "", "\(words) must not be empty"))
    }
  }

  static func finalizer(_ name: String, _ path: String, _ errors: inout [FieldError]) {
    let problems = Names.qualifiedName(name)
    for problem in problems { errors.append(.invalid(path, .string(name), problem)) }
    guard problems.isEmpty, !name.utf8.contains(47), !["orphan", "foregroundDeletion", "kubernetes"].contains(name) else { return }
    errors.append(.invalid(path, .string(name), "name is neither a standard finalizer name nor is it fully qualified"))
  }

  static func labels(_ labels: Members, _ path: String, _ errors: inout [FieldError]) {
    for label in labels {
      for problem in Names.qualifiedName(label.key) { errors.append(.invalid(path, .string(label.key), problem)) }
      for problem in Names.labelValue(label.value.text) { errors.append(.invalid(path, label.value, problem)) }
    }
  }

  static func annotations(_ annotations: Members, _ path: String, _ errors: inout [FieldError]) {
    var size = 0
    for annotation in annotations {
      for problem in Names.qualifiedName(annotation.key.lowercased()) {
        errors.append(.invalid(path, .string(annotation.key), problem))
      }
      size += annotation.key.utf8.count + annotation.value.text.utf8.count
    }
    if size > maximumAnnotations { errors.append(.tooLong(path, maximumAnnotations)) }
  }

  /// What may not change, whatever the kind: apimachinery's ValidateObjectMetaUpdate.
  static func metadataUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {
    for key in ["name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds"] {
      immutable(new["metadata", key], old["metadata", key], "metadata.\(key)", &errors)
    }
    guard old.isBeingDeleted else { return }
    let before = old.finalizers
    let extra = new.finalizers.filter { !before.contains($0) }
    guard !extra.isEmpty else { return }
    let shown = Value.array(extra.map(Value.string)).goStringList
    errors.append(
      .forbidden(
        "metadata.finalizers", "no new finalizers can be added if the object is being deleted, found new finalizers \(shown)"))
  }

  // Rules for single values.

  static func immutable(_ new: Value, _ old: Value, _ path: String, _ errors: inout [FieldError]) {
    if new != old { errors.append(.invalid(path, new, "field is immutable")) }
  }

  static func nonNegative(_ value: Value, _ path: String, _ errors: inout [FieldError]) {
    if let number = value.int, number < 0 { errors.append(.invalid(path, value, "must be greater than or equal to 0")) }
  }

  static func dnsLabel(_ value: String, _ path: String, _ errors: inout [FieldError]) {
    for problem in Names.dns1123Label(value) { errors.append(.invalid(path, .string(value), problem)) }
  }

  static func dnsSubdomain(_ value: String, _ path: String, _ errors: inout [FieldError]) {
    for problem in Names.dns1123Subdomain(value) { errors.append(.invalid(path, .string(value), problem)) }
  }

  /// One of some words; absent ones are required.
  static func oneOf(_ value: Value, _ allowed: [String], _ path: String, _ errors: inout [FieldError]) {
    let text = value.text
    if text.isEmpty {
      errors.append(.required(path))
    } else if !allowed.contains(text) {
      errors.append(.notSupported(path, value, allowed))
    }
  }

  static func portNumber(_ value: Value, _ path: String, _ errors: inout [FieldError]) {
    for problem in Names.portNumber(value.int ?? 0) { errors.append(.invalid(path, .int(value.int ?? 0), problem)) }
  }

  static func portNumberOrName(_ value: Value, _ path: String, _ errors: inout [FieldError]) {
    if case .string(let name) = value {
      for problem in Names.portName(name) { errors.append(.invalid(path, value, problem)) }
    } else {
      portNumber(value, path, &errors)
    }
  }

  static let protocols = ["SCTP", "TCP", "UDP"]

  /// A LabelSelector's expressions and labels.
  static func labelSelector(_ selector: Value, _ path: String, _ errors: inout [FieldError]) {
    labels(selector["matchLabels"].members, "\(path).matchLabels", &errors)
    for (i, expression) in selector["matchExpressions"].items.enumerated() {
      let path = "\(path).matchExpressions[\(i)]"
      let values = expression["values"].items
      switch expression["operator"].text {
      case "In", "NotIn":
        if values.isEmpty { errors.append(.required("\(path).values", "must be specified when `operator` is 'In' or 'NotIn'")) }
      case "Exists", "DoesNotExist":
        if !values.isEmpty {
          errors.append(.forbidden("\(path).values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
        }
      case let other: errors.append(.invalid("\(path).operator", .string(other), "not a valid selector operator"))
      }
      for problem in Names.qualifiedName(expression["key"].text) { errors.append(.invalid("\(path).key", expression["key"], problem)) }
      for (j, value) in values.enumerated() {
        for problem in Names.labelValue(value.text) { errors.append(.invalid("\(path).values[\(j)]", value, problem)) }
      }
    }
  }

  /// Whether a text is an IPv4 or IPv6 address.
  static func isAddress(_ text: String) -> Bool { isIPv4(text) || isIPv6(text) }

  public static func isIPv4(_ text: String) -> Bool {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    return parts.count == 4
      && parts.allSatisfy { part in
        guard (1...3).contains(part.utf8.count), part.utf8.allSatisfy({ (48...57).contains($0) }), let n = Int(part) else { return false }
        return n < 256 && (part.utf8.count == 1 || part.utf8.first != 48)
      }
  }

  public static func isIPv6(_ text: String) -> Bool {
    guard text.utf8.contains(58) else { return false }
    var groups = 0
    var gaps = 0
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    for (i, part) in parts.enumerated() {
      if part.isEmpty {
        if i > 0, i < parts.count - 1 { gaps += 1 }
        continue
      }
      if i == parts.count - 1, part.utf8.contains(46) {
        guard isIPv4(String(part)) else { return false }
        groups += 2
        continue
      }
      guard part.utf8.count <= 4, part.allSatisfy(\.isHexDigit) else { return false }
      groups += 1
    }
    if text == "::" { return true }
    if text.hasPrefix(":"), !text.hasPrefix("::") { return false }
    if text.hasSuffix(":"), !text.hasSuffix("::") { return false }
    if text.hasPrefix("::") || text.hasSuffix("::") { gaps = max(gaps, 1) }
    return gaps == 0 ? groups == 8 : gaps == 1 && groups < 8
  }
}
