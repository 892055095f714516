import APIMachinery
import Formats

// Affinity: which nodes a pod wants, which pods it wants near.

extension Validation {
  static func affinity(_ affinity: Value, _ path: String, _ errors: inout [FieldError]) {
    guard !affinity.isNull else { return }
    let required = "requiredDuringSchedulingIgnoredDuringExecution"
    let preferred = "preferredDuringSchedulingIgnoredDuringExecution"
    let node = affinity["nodeAffinity"]
    if !node[required].isNull { nodeSelector(node[required], "\(path).nodeAffinity.\(required)", &errors) }
    for (i, term) in node[preferred].items.enumerated() {
      let path = "\(path).nodeAffinity.\(preferred)[\(i)]"
      weight(term, path, &errors)
      nodeSelectorTerm(term["preference"], "\(path).preference", &errors)
    }
    for key in ["podAffinity", "podAntiAffinity"] {
      for (i, term) in affinity[key, required].items.enumerated() {
        podTerm(term, "\(path).\(key).\(required)[\(i)]", &errors)
      }
      for (i, term) in affinity[key, preferred].items.enumerated() {
        let path = "\(path).\(key).\(preferred)[\(i)]"
        weight(term, path, &errors)
        podTerm(term["podAffinityTerm"], "\(path).podAffinityTerm", &errors)
      }
    }
  }

  private static func weight(_ term: Value, _ path: String, _ errors: inout [FieldError]) {
    let weight = term["weight"].int ?? 0
    if !(1...100).contains(weight) { errors.append(.invalid("\(path).weight", .int(weight), "must be in the range 1-100")) }
  }

  private static func podTerm(_ term: Value, _ path: String, _ errors: inout [FieldError]) {
    labelSelector(term["labelSelector"], "\(path).labelSelector", &errors)
    labelSelector(term["namespaceSelector"], "\(path).namespaceSelector", &errors)
    for namespace in term["namespaces"].items { dnsLabel(namespace.text, "\(path).namespace", &errors) }
    let key = term["topologyKey"].text
    if key.isEmpty { errors.append(.required("\(path).topologyKey", "can not be empty")) }
    for problem in Names.qualifiedName(key) { errors.append(.invalid("\(path).topologyKey", .string(key), problem)) }
  }

  static func nodeSelector(_ selector: Value, _ path: String, _ errors: inout [FieldError]) {
    let terms = selector["nodeSelectorTerms"].items
    if terms.isEmpty { errors.append(.required("\(path).nodeSelectorTerms", "must have at least one node selector term")) }
    for (i, term) in terms.enumerated() { nodeSelectorTerm(term, "\(path).nodeSelectorTerms[\(i)]", &errors) }
  }

  private static func nodeSelectorTerm(_ term: Value, _ path: String, _ errors: inout [FieldError]) {
    for (i, requirement) in term["matchExpressions"].items.enumerated() {
      nodeRequirement(requirement, "\(path).matchExpressions[\(i)]", &errors)
      for problem in Names.qualifiedName(requirement["key"].text) {
        errors.append(.invalid("\(path).matchExpressions[\(i)].key", requirement["key"], problem))
      }
    }
    for (i, requirement) in term["matchFields"].items.enumerated() {
      let path = "\(path).matchFields[\(i)]"
      let values = requirement["values"].items
      if !["In", "NotIn"].contains(requirement["operator"].text) {
        errors.append(.invalid("\(path).operator", requirement["operator"], "not a valid selector operator"))
      } else if values.count != 1 {
        errors.append(.required("\(path).values", "must be only one value when `operator` is 'In' or 'NotIn' for node field selector"))
      }
      if requirement["key"].text != "metadata.name" {
        errors.append(.invalid("\(path).key", requirement["key"], "not a valid field selector key"))
      }
    }
  }

  private static func nodeRequirement(_ requirement: Value, _ path: String, _ errors: inout [FieldError]) {
    let values = requirement["values"].items
    switch requirement["operator"].text {
    case "In", "NotIn":
      if values.isEmpty { errors.append(.required("\(path).values", "must be specified when `operator` is 'In' or 'NotIn'")) }
    case "Exists", "DoesNotExist":
      if !values.isEmpty {
        errors.append(.forbidden("\(path).values", "may not be specified when `operator` is 'Exists' or 'DoesNotExist'"))
      }
    case "Gt", "Lt":
      if values.count != 1 { errors.append(.required("\(path).values", "must be specified single value when `operator` is 'Lt' or 'Gt'")) }
    case let other: errors.append(.invalid("\(path).operator", .string(other), "not a valid selector operator"))
    }
  }
}
