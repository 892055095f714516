import APIMachinery
import Formats

// Deployments and ReplicaSets.

extension Validation {
  @Sendable static func deployment(_ deployment: Value, _ errors: inout [FieldError]) {
    let spec = deployment["spec"]
    nonNegative(spec["replicas"], "spec.replicas", &errors)
    selectorAndTemplate(spec, &errors)
    strategy(spec["strategy"], "spec.strategy", &errors)
    for key in ["minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"] { nonNegative(spec[key], "spec.\(key)", &errors) }
    if let deadline = spec["progressDeadlineSeconds"].int, deadline <= spec["minReadySeconds"].int ?? 0 {
      errors.append(.invalid("spec.progressDeadlineSeconds", .int(deadline), "must be greater than minReadySeconds"))
    }
  }

  @Sendable static func replicaSet(_ replicaSet: Value, _ errors: inout [FieldError]) {
    let spec = replicaSet["spec"]
    for key in ["replicas", "minReadySeconds"] { nonNegative(spec[key], "spec.\(key)", &errors) }
    selectorAndTemplate(spec, &errors)
  }

  /// A workload's selector never changes.
  @Sendable static func selectorUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {
    let (before, after) = (old["spec", "selector"], new["spec", "selector"])
    if before != after { errors.append(.invalid("spec.selector", shown: after.goLabelSelector, "field is immutable")) }
  }

  private static func selectorAndTemplate(_ spec: Value, _ errors: inout [FieldError]) {
    let selector = spec["selector"]
    if selector.isNull {
      errors.append(.required("spec.selector"))
    } else {
      labelSelector(selector, "spec.selector", &errors)
      if selector["matchLabels"].members.isEmpty, selector["matchExpressions"].items.isEmpty {
        errors.append(.invalid("spec.selector", shown: selector.goLabelSelector, "empty selector is invalid for deployment"))
      }
    }
    let template = spec["template"]
    guard let wanted = try? Selector(labelSelector: selector) else {
      errors.append(.invalid("spec.selector", shown: selector.goLabelSelector, "invalid label selector"))
      return
    }
    if selector.isNull || (!wanted.isEverything && !wanted.matches(template.labels)) {
      errors.append(
        .invalid(
          "spec.template.metadata.labels", shown: template["metadata", "labels"].goStringMap, "`selector` does not match template `labels`")
      )
    }
    podTemplate(template, "spec.template", &errors)
    let policy = template["spec", "restartPolicy"]
    if policy.text != "Always" { errors.append(.notSupported("spec.template.spec.restartPolicy", .string(policy.text), ["Always"])) }
    if !template["spec", "activeDeadlineSeconds"].isNull {
      errors.append(.forbidden("spec.template.spec.activeDeadlineSeconds", "activeDeadlineSeconds in ReplicaSet is not Supported"))
    }
  }

  private static func strategy(_ strategy: Value, _ path: String, _ errors: inout [FieldError]) {
    let rolling = strategy["rollingUpdate"]
    switch strategy["type"].text {
    case "Recreate":
      if !rolling.isNull {
        errors.append(.forbidden("\(path).rollingUpdate", "may not be specified when strategy `type` is 'Recreate'"))
      }
    case "RollingUpdate":
      guard !rolling.isNull else {
        errors.append(.required("\(path).rollingUpdate", "this should be defaulted and never be nil"))
        return
      }
      for key in ["maxUnavailable", "maxSurge"] { countOrPercent(rolling[key], "\(path).rollingUpdate.\(key)", &errors) }
      if amount(rolling["maxUnavailable"]) == 0, amount(rolling["maxSurge"]) == 0 {
        errors.append(
          .invalid(
            "\(path).rollingUpdate.maxUnavailable", shown: intOrString(rolling["maxUnavailable"]), "may not be 0 when `maxSurge` is 0"))
      }
      if case .string = rolling["maxUnavailable"], let percent = amount(rolling["maxUnavailable"]), percent > 100 {
        errors.append(
          .invalid("\(path).rollingUpdate.maxUnavailable", shown: intOrString(rolling["maxUnavailable"]), "must not be greater than 100%"))
      }
    case let other: errors.append(.notSupported("\(path).type", .string(other), ["Recreate", "RollingUpdate"]))
    }
  }

  static func countOrPercent(_ value: Value, _ path: String, _ errors: inout [FieldError]) {
    if case .string(let text) = value {
      for problem in Names.percent(text) { errors.append(.invalid(path, value, problem)) }
    } else {
      nonNegative(value, path, &errors)
    }
  }

  /// The number of a count or a percentage.
  private static func amount(_ value: Value) -> Int? {
    switch value {
    case .int(let count): Int(count)
    case .string(let text): text.hasSuffix("%") ? Int(text.dropLast()) : nil
    default: 0
    }
  }

  /// An IntOrString as Go shows the structure.
  private static func intOrString(_ value: Value) -> String {
    if case .string(let text) = value { return "intstr.IntOrString{Type:1, IntVal:0, StrVal:\(goQuoted(text))}" }
    return "intstr.IntOrString{Type:0, IntVal:\(value.int ?? 0), StrVal:\"\"}"
  }
}
