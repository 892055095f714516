import APIMachinery
import Formats

// Pods: what Kubernetes' ValidatePodSpec checks, in its order.

extension Validation {
  @Sendable static func pod(_ pod: Value, _ errors: inout [FieldError]) {
    podSpec(pod["spec"], "spec", &errors)
  }

  static func podTemplate(_ template: Value, _ path: String, _ errors: inout [FieldError]) {
    labels(template.labels, "\(path).labels", &errors)
    annotations(template.annotations, "\(path).annotations", &errors)
    podSpec(template["spec"], "\(path).spec", &errors)
  }

  static func podSpec(_ spec: Value, _ path: String, _ errors: inout [FieldError]) {
    let volumes = self.volumes(spec["volumes"], "\(path).volumes", &errors)
    containers(spec["containers"], volumes: volumes, "\(path).containers", &errors)
    initContainers(spec["initContainers"], regular: spec["containers"], volumes: volumes, "\(path).initContainers", &errors)
    if !spec["ephemeralContainers"].items.isEmpty {
      errors.append(.forbidden("\(path).ephemeralContainers", "cannot be set on create"))
    }
    if spec["hostNetwork"].bool == true { hostNetwork(spec["containers"], "\(path).containers", &errors) }
    oneOf(spec["restartPolicy"], ["Always", "OnFailure", "Never"], "\(path).restartPolicy", &errors)
    oneOf(spec["dnsPolicy"], ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], "\(path).dnsPolicy", &errors)
    labels(spec["nodeSelector"].members, "\(path).nodeSelector", &errors)
    podSecurity(spec["securityContext"], "\(path).securityContext", &errors)
    for (i, secret) in spec["imagePullSecrets"].items.enumerated() where secret["name"].text.isEmpty {
      errors.append(.required("\(path).imagePullSecrets[\(i)].name"))
    }
    affinity(spec["affinity"], "\(path).affinity", &errors)
    dnsConfig(spec, path, &errors)
    for (i, gate) in spec["readinessGates"].items.enumerated() {
      for problem in Names.qualifiedName(gate["conditionType"].text) {
        errors.append(.invalid("\(path).readinessGates[\(i)].conditionType", gate["conditionType"], problem))
      }
    }
    schedulingGates(spec["schedulingGates"], "\(path).schedulingGates", &errors)
    topologySpread(spec["topologySpreadConstraints"], "\(path).topologySpreadConstraints", &errors)
    for key in ["serviceAccountName", "nodeName"] {
      if let name = spec[key].string, !name.isEmpty { dnsSubdomain(name, "\(path).\(key)", &errors) }
    }
    if let deadline = spec["activeDeadlineSeconds"].int {
      for problem in Names.inRange(deadline, 1, 2_147_483_647) {
        errors.append(.invalid("\(path).activeDeadlineSeconds", .int(deadline), problem))
      }
    }
    for key in ["hostname", "subdomain"] {
      if let name = spec[key].string, !name.isEmpty { dnsLabel(name, "\(path).\(key)", &errors) }
    }
    for (i, toleration) in spec["tolerations"].items.enumerated() { self.toleration(toleration, "\(path).tolerations[\(i)]", &errors) }
    hostAliases(spec["hostAliases"], "\(path).hostAliases", &errors)
    for key in ["priorityClassName", "runtimeClassName"] {
      if let name = spec[key].string, !name.isEmpty { dnsSubdomain(name, "\(path).\(key)", &errors) }
    }
    if let policy = spec["preemptionPolicy"].string, !["PreemptLowerPriority", "Never"].contains(policy) {
      errors.append(.notSupported("\(path).preemptionPolicy", .string(policy), ["PreemptLowerPriority", "Never"]))
    }
    if let grace = spec["terminationGracePeriodSeconds"].int, grace < 0 {
      nonNegative(.int(grace), "\(path).terminationGracePeriodSeconds", &errors)
    }
    if !spec["os"].isNull { oneOf(spec["os", "name"], ["linux", "windows"], "\(path).os.name", &errors) }
  }

  private static func hostNetwork(_ containers: Value, _ path: String, _ errors: inout [FieldError]) {
    for (i, container) in containers.items.enumerated() {
      for (j, port) in container["ports"].items.enumerated() where port["hostPort"].int ?? 0 != port["containerPort"].int ?? 0 {
        errors.append(
          .invalid("\(path)[\(i)].ports[\(j)].containerPort", port["containerPort"], "must match `hostPort` when `hostNetwork` is true"))
      }
    }
  }

  private static func podSecurity(_ context: Value, _ path: String, _ errors: inout [FieldError]) {
    guard !context.isNull else { return }
    identifiers(context, ["fsGroup"], path, &errors)
    identifiers(context, ["runAsUser", "runAsGroup"], path, &errors)
    for (i, group) in context["supplementalGroups"].items.enumerated() {
      for problem in Names.inRange(group.int ?? 0, 0, 2_147_483_647) {
        errors.append(.invalid("\(path).supplementalGroups[\(i)]", group, problem))
      }
    }
    if let policy = context["fsGroupChangePolicy"].string, !["Always", "OnRootMismatch"].contains(policy) {
      errors.append(.notSupported("\(path).fsGroupChangePolicy", .string(policy), ["Always", "OnRootMismatch"]))
    }
    seccomp(context["seccompProfile"], "\(path).seccompProfile", &errors)
  }

  private static func schedulingGates(_ gates: Value, _ path: String, _ errors: inout [FieldError]) {
    var seen: [String] = []
    for (i, gate) in gates.items.enumerated() {
      let name = gate["name"].text
      for problem in Names.qualifiedName(name) { errors.append(.invalid("\(path)[\(i)]", .string(name), problem)) }
      if seen.contains(name) { errors.append(.duplicate("\(path)[\(i)]", .string(name))) } else { seen.append(name) }
    }
  }

  private static func dnsConfig(_ spec: Value, _ path: String, _ errors: inout [FieldError]) {
    let config = spec["dnsConfig"]
    let servers = config["nameservers"].items
    if spec["dnsPolicy"].text == "None", servers.isEmpty {
      errors.append(
        .required(
          "\(path).dnsConfig.nameservers", "must provide at least one DNS nameserver when `dnsPolicy` is None"))
    }
    guard !config.isNull else { return }
    if servers.count > 3 {
      errors.append(.invalid("\(path).dnsConfig.nameservers", config["nameservers"], "must not have more than 3 nameservers"))
    }
    for (i, server) in servers.enumerated() where !isAddress(server.text) {
      errors.append(.invalid("\(path).dnsConfig.nameservers[\(i)]", server, notAnAddress))
    }
    for (i, domain) in config["searches"].items.enumerated() {
      let name = domain.text.hasSuffix(".") ? String(domain.text.dropLast()) : domain.text
      dnsSubdomain(name, "\(path).dnsConfig.searches[\(i)]", &errors)
    }
    for (i, option) in config["options"].items.enumerated() where option["name"].text.isEmpty {
      errors.append(.required("\(path).dnsConfig.options[\(i)]", "must not be empty"))
    }
  }

  static let notAnAddress = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"

  private static func hostAliases(_ aliases: Value, _ path: String, _ errors: inout [FieldError]) {
    for alias in aliases.items {
      if !isAddress(alias["ip"].text) { errors.append(.invalid("\(path).ip", alias["ip"], notAnAddress)) }
      for name in alias["hostnames"].items { dnsSubdomain(name.text, "\(path).hostnames", &errors) }
    }
  }

  static func toleration(_ toleration: Value, _ path: String, _ errors: inout [FieldError]) {
    let key = toleration["key"].text
    let op = toleration["operator"].text
    let effect = toleration["effect"].text
    let value = toleration["value"].text
    if !key.isEmpty { for problem in Names.qualifiedName(key) { errors.append(.invalid("\(path).key", .string(key), problem)) } }
    if key.isEmpty, op != "Exists" {
      errors.append(
        .invalid(
          "\(path).operator", .string(op), "operator must be Exists when `key` is empty, which means \"match all values and all keys\""))
    }
    if !toleration["tolerationSeconds"].isNull, effect != "NoExecute" {
      errors.append(.invalid("\(path).effect", .string(effect), "effect must be 'NoExecute' when `tolerationSeconds` is set"))
    }
    switch op {
    case "Equal", "":
      for problem in Names.labelValue(value) { errors.append(.invalid("\(path).operator", .string(value), problem)) }
    case "Exists":
      if !value.isEmpty { errors.append(.invalid("\(path).operator", toleration, "value must be empty when `operator` is 'Exists'")) }
    default: errors.append(.notSupported("\(path).operator", .string(op), ["Equal", "Exists"]))
    }
    if !effect.isEmpty { taintEffect(effect, "\(path).effect", &errors) }
  }

  static func taintEffect(_ effect: String, _ path: String, _ errors: inout [FieldError]) {
    let allowed = ["NoSchedule", "PreferNoSchedule", "NoExecute"]
    if effect.isEmpty {
      errors.append(.required(path))
    } else if !allowed.contains(effect) {
      errors.append(.notSupported(path, .string(effect), allowed))
    }
  }

  private static func topologySpread(_ constraints: Value, _ path: String, _ errors: inout [FieldError]) {
    for (i, constraint) in constraints.items.enumerated() {
      let path = "\(path)[\(i)]"
      if (constraint["maxSkew"].int ?? 0) <= 0 {
        errors.append(.invalid("\(path).maxSkew", .int(constraint["maxSkew"].int ?? 0), "must be greater than 0"))
      }
      let key = constraint["topologyKey"].text
      if key.isEmpty {
        errors.append(.required("\(path).topologyKey", "can not be empty"))
      } else {
        for problem in Names.qualifiedName(key) { errors.append(.invalid("\(path).topologyKey", .string(key), problem)) }
      }
      let when = constraint["whenUnsatisfiable"].text
      if !["DoNotSchedule", "ScheduleAnyway"].contains(when) {
        errors.append(.notSupported("\(path).whenUnsatisfiable", .string(when), ["DoNotSchedule", "ScheduleAnyway"]))
      }
      let pair = "{\(key), \(when)}"
      if constraints.items[..<i].contains(where: { $0["topologyKey"].text == key && $0["whenUnsatisfiable"].text == when }) {
        errors.append(.duplicate("\(path).{topologyKey, whenUnsatisfiable}", .string(pair)))
      }
      if let domains = constraint["minDomains"].int {
        if domains <= 0 { errors.append(.invalid("\(path).minDomains", .int(domains), "must be greater than 0")) }
        if when != "DoNotSchedule" {
          errors.append(
            .invalid("\(path).minDomains", .int(domains), "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not \(when)"))
        }
      }
      for policy in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
        if let value = constraint[policy].string, !["Honor", "Ignore"].contains(value) {
          errors.append(.notSupported("\(path).\(policy)", .string(value), ["Honor", "Ignore"]))
        }
      }
      labelSelector(constraint["labelSelector"], "\(path).labelSelector", &errors)
    }
  }

  // Updates.

  /// A pod's spec may hardly change: images, deadlines, added tolerations and removed scheduling gates.
  @Sendable static func podUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {
    guard old["spec"] != new["spec"] else { return }
    var munged = new["spec"]
    for key in ["containers", "initContainers"] {
      let (before, after) = (old["spec", key].items, new["spec", key].items)
      guard before.count == after.count else {
        errors.append(.forbidden("spec.\(key)", "pod updates may not add or remove containers"))
        return
      }
      for i in after.indices {
        if after[i]["image"].text.isEmpty { errors.append(.required("spec.\(key)[\(i)].image")) }
        munged[key][i]["image"] = before[i]["image"]
      }
    }
    if let deadline = new["spec", "activeDeadlineSeconds"].int, deadline >= 0 {
      if let before = old["spec", "activeDeadlineSeconds"].int, before < deadline {
        errors.append(
          .invalid("spec.activeDeadlineSeconds", .int(deadline), "must be less than or equal to previous value"))
        return
      }
    } else if !old["spec", "activeDeadlineSeconds"].isNull {
      errors.append(
        .invalid("spec.activeDeadlineSeconds", new["spec", "activeDeadlineSeconds"], "must not update from a positive integer to nil value")
      )
    }
    restore("activeDeadlineSeconds", &munged, old)
    let tolerations = new["spec", "tolerations"].items
    for kept in old["spec", "tolerations"].items {
      func plain(_ toleration: Value) -> Value {
        var toleration = toleration
        toleration.remove("tolerationSeconds")
        return toleration
      }
      if !tolerations.contains(where: { plain($0) == plain(kept) }) {
        errors.append(
          .forbidden("spec.tolerations", "existing toleration can not be modified except its tolerationSeconds"))
        break
      }
    }
    restore("tolerations", &munged, old)
    let gates = old["spec", "schedulingGates"].items
    for gate in new["spec", "schedulingGates"].items where !gates.contains(gate) {
      errors.append(.forbidden("spec.schedulingGates", "only deletion is allowed, but found new scheduling gate '\(gate["name"].text)'"))
    }
    restore("schedulingGates", &munged, old)
    if new["spec", "terminationGracePeriodSeconds"].int == 1, (old["spec", "terminationGracePeriodSeconds"].int ?? 0) < 0 {
      restore("terminationGracePeriodSeconds", &munged, old)
    }
    guard munged != old["spec"] else { return }
    errors.append(
      .forbidden(
        "spec",
        "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,"
          + "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),"
          + "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"))
  }

  /// The paths of what differs between two trees.
  public static func changes(_ old: Value, _ new: Value, _ path: String) -> [String] {
    if old == new { return [] }
    if case .object(let a) = old, case .object(let b) = new {
      return Set(a.keys + b.keys).sorted(by: Members.precedes).flatMap { changes(a[$0] ?? .null, b[$0] ?? .null, "\(path).\($0)") }
    }
    if case .array(let a) = old, case .array(let b) = new, a.count == b.count {
      return a.indices.flatMap { changes(a[$0], b[$0], "\(path)[\($0)]") }
    }
    return [path]
  }

  private static func restore(_ key: String, _ spec: inout Value, _ old: Value) {
    if old["spec"].has(key) { spec[key] = old["spec", key] } else { spec.remove(key) }
  }
}
