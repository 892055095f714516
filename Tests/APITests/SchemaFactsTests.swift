import Testing

@testable import API
@testable import APIMachinery
@testable import Formats

// The tables say exactly what Kubernetes' published schema says.

/// A field as a line of the facts: everything the published schema says of it.
private func described(_ definition: Definition, _ field: Field) -> String {
  var facts: [String] = []
  if let key = field.mergeKey { facts.append("merge-key=\(key)") }
  if let patch = field.patchStrategy { facts.append("patch=\(patch)") }
  if let list = field.listType {
    if case .array = field.type { facts.append("list=\(list)") } else { facts.append("map=\(list)") }
  }
  if !field.mapKeys.isEmpty { facts.append("map-keys=\(field.mapKeys.joined(separator: ","))") }
  if let value = field.default { facts.append("default=\(JSON.text(value))") }
  return [definition.name, field.name, typeName(field.type), field.required ? "required" : "", facts.joined(separator: " ")].joined(
    separator: "\t")
}

private func typeName(_ type: FieldType) -> String {
  switch type {
  case .string: "string"
  case .boolean: "boolean"
  case .int32: "integer(int32)"
  case .int64: "integer(int64)"
  case .double: "number(double)"
  case .quantity: "api.resource.Quantity"
  case .intOrString: "util.intstr.IntOrString"
  case .time: "meta.v1.Time"
  case .microTime: "meta.v1.MicroTime"
  case .bytes: "string(byte)"
  case .any: "meta.v1.FieldsV1"
  case .array(let element): "[]" + typeName(element)
  case .map(let element): "map[string]" + typeName(element)
  case .object(let definition): definition().name
  }
}

/// Every definition that the kinds reach.
private func reached() -> [Definition] {
  var seen = Set<String>()
  var found: [Definition] = []
  func visit(_ type: FieldType) {
    switch type {
    case .array(let element), .map(let element): visit(element)
    case .object(let definition): visit(definition())
    default: break
    }
  }
  func visit(_ definition: Definition) {
    guard seen.insert(definition.name).inserted else { return }
    found.append(definition)
    for field in definition.fields { visit(field.type) }
  }
  for kind in Kinds.all + [Kinds.scale] { if let schema = kind.schema { visit(schema) } }
  for shared in [MetaV1.status, MetaV1.deleteOptions, MetaV1.listMeta, PolicyV1.eviction] { visit(shared) }
  return found
}

private let scalars: Set<String> = [
  "api.resource.Quantity", "meta.v1.Time", "meta.v1.MicroTime", "meta.v1.FieldsV1", "util.intstr.IntOrString",
]

@Test func tablesSayWhatThePublishedSchemaSays() throws {
  let facts = try Facts.lines("fields.tsv").filter { !$0.hasPrefix("#") }
    .map { line -> String in
      var parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
      while parts.count < 5 { parts.append("") }
      // A kind's group and version stand in its row.
      if parts[1] == "kind" { parts[4] = "" }
      return parts.joined(separator: "\t")
    }
    .filter { line in !scalars.contains { line.hasPrefix($0 + "\t") } }
  let ours = reached().flatMap { definition in definition.fields.map { described(definition, $0) } }
  let missing = Set(facts).subtracting(ours).sorted()
  let invented = Set(ours).subtracting(facts).sorted()
  #expect(missing.isEmpty, "in the facts only")
  #expect(invented.isEmpty, "in the tables only")
  #expect(ours.count == facts.count)
}

@Test func everyFieldIsExplained() {
  for definition in reached() {
    #expect(!definition.doc.isEmpty, "\(definition.name)")
    for field in definition.fields { #expect(!field.doc.isEmpty, "\(definition.name).\(field.name)") }
  }
}

@Test func kindsNameTheirDefinitions() throws {
  let named = try Facts.lines("fields.tsv").compactMap { line -> (String, String)? in
    let parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
    return parts.count == 5 && parts[1] == "kind" ? (parts[0], parts[4]) : nil
  }
  for kind in Kinds.all + [Kinds.scale] {
    let group = kind.group.isEmpty ? "" : kind.group + "/"
    #expect(named.contains { $0.0 == kind.schema?.name && $0.1 == "\(group)\(kind.version)/\(kind.name)" }, "\(kind)")
  }
}

@Test func kindsAreListedAsDiscoveryListsThem() {
  let rows = Kinds.all.map { kind in
    [kind.plural, kind.shortNames.joined(separator: ","), kind.apiVersion, String(kind.namespaced), kind.name, kind.categories.joined()]
      .joined(separator: " ")
  }
  #expect(
    rows == [
      "bindings  v1 true Binding ", "configmaps cm v1 true ConfigMap ", "endpoints ep v1 true Endpoints ", "events ev v1 true Event ",
      "namespaces ns v1 false Namespace ", "nodes no v1 false Node ", "pods po v1 true Pod all", "secrets  v1 true Secret ",
      "serviceaccounts sa v1 true ServiceAccount ", "services svc v1 true Service all", "deployments deploy apps/v1 true Deployment all",
      "replicasets rs apps/v1 true ReplicaSet all",
      "selfsubjectreviews  authentication.k8s.io/v1 false SelfSubjectReview ",
      "localsubjectaccessreviews  authorization.k8s.io/v1 true LocalSubjectAccessReview ",
      "selfsubjectaccessreviews  authorization.k8s.io/v1 false SelfSubjectAccessReview ",
      "selfsubjectrulesreviews  authorization.k8s.io/v1 false SelfSubjectRulesReview ",
      "subjectaccessreviews  authorization.k8s.io/v1 false SubjectAccessReview ", "leases  coordination.k8s.io/v1 true Lease ",
      "endpointslices  discovery.k8s.io/v1 true EndpointSlice ",
    ])
  #expect(!Kinds.namespace.verbs.contains("deletecollection"))
  #expect(Kinds.binding.verbs == ["create"])
}

/// A default that a row states is one that the kinds' rules really apply.
@Test func statedDefaultsAreApplied() {
  var pod = json(#"{"spec":{"containers":[{"ports":[{"containerPort":80}]}]}}"#)
  applyDefaults(&pod, kind: Kinds.pod)
  #expect(pod["spec"]["containers"][0]["ports"][0]["protocol"] == CoreV1.containerPort.field("protocol")?.default)
  var service = json(#"{"spec":{"ports":[{"port":80}]}}"#)
  applyDefaults(&service, kind: Kinds.service)
  #expect(service["spec"]["ports"][0]["protocol"] == CoreV1.servicePort.field("protocol")?.default)
}
