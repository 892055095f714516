import APIMachinery
import Formats

// Containers: what Kubernetes' validateContainers checks, in its order.

extension Validation {
  static func containers(_ containers: Value, volumes: [String], _ path: String, _ errors: inout [FieldError]) {
    if containers.items.isEmpty { errors.append(.required(path)) }
    var names: [String] = []
    for (i, container) in containers.items.enumerated() {
      let path = "\(path)[\(i)]"
      self.container(container, volumes: volumes, path, &errors)
      duplicateName(container, &names, path, &errors)
      lifecycle(container["lifecycle"], "\(path).lifecycle", &errors)
      probes(container, path, &errors)
    }
    hostPortConflicts(containers, path, &errors)
  }

  static func initContainers(_ containers: Value, regular: Value, volumes: [String], _ path: String, _ errors: inout [FieldError]) {
    var names = regular.items.map { $0["name"].text }
    for (i, container) in containers.items.enumerated() {
      let path = "\(path)[\(i)]"
      self.container(container, volumes: volumes, path, &errors)
      duplicateName(container, &names, path, &errors)
      hostPortConflicts([container], path, &errors)
      for key in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] where !container[key].isNull {
        errors.append(.forbidden("\(path).\(key)", "may not be set for init containers"))
      }
    }
  }

  private static func duplicateName(_ container: Value, _ names: inout [String], _ path: String, _ errors: inout [FieldError]) {
    let name = container["name"].text
    if names.contains(name) {
      errors.append(.duplicate("\(path).name", .string(name)))
    } else if !name.isEmpty {
      names.append(name)
    }
  }

  private static func container(_ container: Value, volumes: [String], _ path: String, _ errors: inout [FieldError]) {
    let name = container["name"].text
    if name.isEmpty { errors.append(.required("\(path).name")) } else { dnsLabel(name, "\(path).name", &errors) }
    if container["image"].text.isEmpty { errors.append(.required("\(path).image")) }
    oneOf(container["terminationMessagePolicy"], ["FallbackToLogsOnError", "File"], "\(path).terminationMessagePolicy", &errors)
    ports(container["ports"], "\(path).ports", &errors)
    for (i, variable) in container["env"].items.enumerated() { environment(variable, "\(path).env[\(i)]", &errors) }
    for (i, source) in container["envFrom"].items.enumerated() { environmentSource(source, "\(path).envFrom[\(i)]", &errors) }
    mounts(container, volumes: volumes, path, &errors)
    oneOf(container["imagePullPolicy"], ["Always", "IfNotPresent", "Never"], "\(path).imagePullPolicy", &errors)
    resources(container["resources"], "\(path).resources", &errors)
    for (i, policy) in container["resizePolicy"].items.enumerated() {
      let path = "\(path).resizePolicy[\(i)]"
      oneOf(policy["resourceName"], ["cpu", "memory"], "\(path).resourceName", &errors)
      oneOf(policy["restartPolicy"], ["NotRequired", "RestartContainer"], "\(path).restartPolicy", &errors)
    }
    securityContext(container["securityContext"], "\(path).securityContext", &errors)
  }

  private static func ports(_ ports: Value, _ path: String, _ errors: inout [FieldError]) {
    var names: [String] = []
    for (i, port) in ports.items.enumerated() {
      let path = "\(path)[\(i)]"
      if let name = port["name"].string, !name.isEmpty {
        let problems = Names.portName(name)
        for problem in problems { errors.append(.invalid("\(path).name", .string(name), problem)) }
        if problems.isEmpty {
          if names.contains(name) { errors.append(.duplicate("\(path).name", .string(name))) } else { names.append(name) }
        }
      }
      if (port["containerPort"].int ?? 0) == 0 {
        errors.append(.required("\(path).containerPort"))
      } else {
        portNumber(port["containerPort"], "\(path).containerPort", &errors)
      }
      if let hostPort = port["hostPort"].int, hostPort != 0 { portNumber(.int(hostPort), "\(path).hostPort", &errors) }
      oneOf(port["protocol"], protocols, "\(path).protocol", &errors)
    }
  }

  private static func hostPortConflicts(_ containers: Value, _ path: String, _ errors: inout [FieldError]) {
    var seen: [String] = []
    for (i, container) in containers.items.enumerated() {
      for (j, port) in container["ports"].items.enumerated() {
        guard let hostPort = port["hostPort"].int, hostPort != 0 else { continue }
        let key = "\(port["protocol"].text)/\(port["hostIP"].text)/\(hostPort)"
        if seen.contains(key) {
          errors.append(.duplicate("\(path)[\(i)].ports[\(j)].hostPort", .string(key)))
        } else {
          seen.append(key)
        }
      }
    }
  }

  private static func mounts(_ container: Value, volumes: [String], _ path: String, _ errors: inout [FieldError]) {
    var points: [String] = []
    for (i, mount) in container["volumeMounts"].items.enumerated() {
      let path = "\(path).volumeMounts[\(i)]"
      let name = mount["name"].text
      if name.isEmpty { errors.append(.required("\(path).name")) }
      if !volumes.contains(name) { errors.append(.notFound("\(path).name", .string(name))) }
      let point = mount["mountPath"].text
      if point.isEmpty { errors.append(.required("\(path).mountPath")) }
      if points.contains(point) { errors.append(.invalid("\(path).mountPath", .string(point), "must be unique")) }
      points.append(point)
      if let subPath = mount["subPath"].string, !subPath.isEmpty { localPath(subPath, "\(path).subPath", &errors) }
      if let expression = mount["subPathExpr"].string, !expression.isEmpty {
        if !mount["subPath"].text.isEmpty {
          errors.append(.invalid("\(path).subPathExpr", .string(expression), "subPathExpr and subPath are mutually exclusive"))
        }
        localPath(expression, "\(path).subPathExpr", &errors)
      }
      if let propagation = mount["mountPropagation"].string {
        let allowed = ["Bidirectional", "HostToContainer", "None"]
        if !allowed.contains(propagation) { errors.append(.notSupported("\(path).mountPropagation", .string(propagation), allowed)) }
        if propagation == "Bidirectional", container["securityContext", "privileged"].bool != true {
          errors.append(
            .forbidden("\(path).mountPropagation", "Bidirectional mount propagation is available only to privileged containers"))
        }
      }
    }
    for (i, device) in container["volumeDevices"].items.enumerated() {
      let path = "\(path).volumeDevices[\(i)]"
      let name = device["name"].text
      if name.isEmpty { errors.append(.required("\(path).name")) }
      if !volumes.contains(name) { errors.append(.notFound("\(path).name", .string(name))) }
      if device["devicePath"].text.isEmpty { errors.append(.required("\(path).devicePath")) }
    }
  }

  /// A path that stays below where it starts.
  static func localPath(_ text: String, _ path: String, _ errors: inout [FieldError]) {
    if text.hasPrefix("/") { errors.append(.invalid(path, .string(text), "must be a relative path")) }
    noBacksteps(text, path, &errors)
  }

  static func noBacksteps(_ text: String, _ path: String, _ errors: inout [FieldError]) {
    if text.split(separator: "/", omittingEmptySubsequences: false).contains("..") {
      errors.append(.invalid(path, .string(text), "must not contain '..'"))
    }
  }

  // Resources.

  private static let standardResources = ["cpu", "ephemeral-storage", "memory"]

  static func resources(_ resources: Value, _ path: String, _ errors: inout [FieldError]) {
    guard !resources.isNull else { return }
    let limits = resources["limits"].members
    for limit in limits { resource(limit, "\(path).limits[\(limit.key)]", &errors) }
    for request in resources["requests"].members {
      resource(request, "\(path).requests[\(request.key)]", &errors)
      let overcommits = standardResources.contains(request.key)
      guard let limit = limits[request.key] else {
        if !overcommits { errors.append(.required("\(path).limits", "Limit must be set for non overcommitable resources")) }
        continue
      }
      guard let asked = quantity(request.value), let most = quantity(limit) else { continue }
      if !overcommits, asked != most {
        errors.append(
          .invalid("\(path).requests", .string(asked.description), "must be equal to \(request.key) limit of \(most.description)"))
      } else if most < asked {
        errors.append(
          .invalid(
            "\(path).requests", .string(asked.description), "must be less than or equal to \(request.key) limit of \(most.description)"))
      }
    }
  }

  static func quantity(_ value: Value) -> Quantity? { try? Quantity(value.goValue) }

  private static func resource(_ resource: Members.Member, _ path: String, _ errors: inout [FieldError]) {
    resourceName(resource.key, path, &errors)
    guard let amount = quantity(resource.value) else { return }
    if amount.isNegative { errors.append(.invalid(path, .string(amount.description), "must be greater than or equal to 0")) }
    if resource.key.utf8.contains(47), !resource.key.hasPrefix("kubernetes.io/"), amount.milliValue % 1000 != 0 {
      errors.append(.invalid(path, .string(amount.description), "must be an integer"))
    }
  }

  private static func resourceName(_ name: String, _ path: String, _ errors: inout [FieldError]) {
    for problem in Names.qualifiedName(name) { errors.append(.invalid(path, .string(name), problem)) }
    guard !name.utf8.contains(47), !standardResources.contains(name), !name.hasPrefix("hugepages-") else { return }
    let known = [
      "pods", "services", "replicationcontrollers", "resourcequotas", "secrets", "configmaps", "persistentvolumeclaims", "storage",
    ]
    if !known.contains(name) { errors.append(.invalid(path, .string(name), "must be a standard resource type or fully qualified")) }
    errors.append(.invalid(path, .string(name), "must be a standard resource for containers"))
  }

  // Environment.

  private static let environmentFields = [
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP", "status.hostIPs",
    "status.podIP", "status.podIPs",
  ]
  static let volumeFields = ["metadata.annotations", "metadata.labels", "metadata.name", "metadata.namespace", "metadata.uid"]
  private static let containerResources = [
    "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage", "requests.memory",
  ]

  private static func environment(_ variable: Value, _ path: String, _ errors: inout [FieldError]) {
    let name = variable["name"].text
    if name.isEmpty {
      errors.append(.required("\(path).name"))
    } else {
      for problem in Names.envVarName(name) { errors.append(.invalid("\(path).name", .string(name), problem)) }
    }
    let from = variable["valueFrom"]
    guard !from.isNull else { return }
    let path = "\(path).valueFrom"
    var sources = 0
    if !from["fieldRef"].isNull {
      sources += 1
      fieldReference(from["fieldRef"], environmentFields, "\(path).fieldRef", &errors)
    }
    if !from["resourceFieldRef"].isNull {
      sources += 1
      resourceReference(from["resourceFieldRef"], inVolume: false, "\(path).resourceFieldRef", &errors)
    }
    for key in ["configMapKeyRef", "secretKeyRef"] where !from[key].isNull {
      sources += 1
      if from[key, "name"].text.isEmpty { errors.append(.required("\(path).\(key).name")) }
      configKey(from[key, "key"].text, "\(path).\(key).key", &errors)
    }
    if sources == 0 {
      errors.append(
        .invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"))
    } else if !variable["value"].text.isEmpty {
      errors.append(.invalid(path, "", "may not be specified when `value` is not empty"))
    } else if sources > 1 {
      errors.append(.invalid(path, "", "may not have more than one field specified at a time"))
    }
  }

  static func configKey(_ key: String, _ path: String, _ errors: inout [FieldError]) {
    if key.isEmpty {
      errors.append(.required(path))
    } else {
      for problem in Names.configMapKey(key) { errors.append(.invalid(path, .string(key), problem)) }
    }
  }

  static func fieldReference(_ reference: Value, _ allowed: [String], _ path: String, _ errors: inout [FieldError]) {
    let field = reference["fieldPath"].text
    if field.isEmpty {
      errors.append(.required("\(path).fieldPath"))
      return
    }
    if field.hasSuffix("']"), let open = field.firstIndex(of: "[") {
      let base = String(field[..<open])
      let key = String(field[open...].dropFirst(2).dropLast(2))
      guard base == "metadata.labels" || base == "metadata.annotations" else {
        errors.append(.invalid(path, .string(base), "does not support subscript"))
        return
      }
      let problems = Names.qualifiedName(base == "metadata.annotations" ? key.lowercased() : key)
      for problem in problems { errors.append(.invalid(path, .string(key), problem)) }
      return
    }
    let known = environmentFields + volumeFields
    guard known.contains(field) else {
      errors.append(.invalid("\(path).fieldPath", .string(field), "error converting fieldPath: field label not supported: \(field)"))
      return
    }
    if !allowed.contains(field) { errors.append(.notSupported("\(path).fieldPath", .string(field), allowed)) }
  }

  static func resourceReference(_ reference: Value, inVolume: Bool, _ path: String, _ errors: inout [FieldError]) {
    let resource = reference["resource"].text
    if inVolume, reference["containerName"].text.isEmpty {
      errors.append(.required("\(path).containerName"))
    } else if resource.isEmpty {
      errors.append(.required("\(path).resource"))
    } else if !containerResources.contains(resource) {
      errors.append(.notSupported("\(path).resource", .string(resource), containerResources))
    }
  }

  private static func environmentSource(_ source: Value, _ path: String, _ errors: inout [FieldError]) {
    if let prefix = source["prefix"].string, !prefix.isEmpty {
      for problem in Names.envVarName(prefix) { errors.append(.invalid("\(path).prefix", .string(prefix), problem)) }
    }
    var sources = 0
    for key in ["configMapRef", "secretRef"] where !source[key].isNull {
      sources += 1
      if source[key, "name"].text.isEmpty { errors.append(.required("\(path).\(key).name")) }
    }
    if sources == 0 { errors.append(.invalid(path, "", "must specify one of: `configMapRef` or `secretRef`")) }
    if sources > 1 { errors.append(.invalid(path, "", "may not have more than one field specified at a time")) }
  }

  // Probes and hooks.

  private static func probes(_ container: Value, _ path: String, _ errors: inout [FieldError]) {
    for key in ["livenessProbe", "readinessProbe", "startupProbe"] {
      let probe = container[key]
      guard !probe.isNull else { continue }
      let path = "\(path).\(key)"
      handler(probe, path, &errors)
      for number in ["initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold"] {
        nonNegative(probe[number], "\(path).\(number)", &errors)
      }
      if let grace = probe["terminationGracePeriodSeconds"].int {
        if grace <= 0 { errors.append(.invalid("\(path).terminationGracePeriodSeconds", .int(grace), "must be greater than 0")) }
        if key == "readinessProbe" {
          errors.append(.invalid("\(path).terminationGracePeriodSeconds", .int(grace), "must not be set for readinessProbes"))
        }
      }
      if key != "readinessProbe", let successes = probe["successThreshold"].int, successes != 1 {
        errors.append(.invalid("\(path).successThreshold", .int(successes), "must be 1"))
      }
    }
  }

  private static func lifecycle(_ lifecycle: Value, _ path: String, _ errors: inout [FieldError]) {
    for key in ["postStart", "preStop"] where !lifecycle[key].isNull { handler(lifecycle[key], "\(path).\(key)", &errors) }
  }

  private static func handler(_ handler: Value, _ path: String, _ errors: inout [FieldError]) {
    var handlers = 0
    func isFirst(_ key: String, _ errors: inout [FieldError]) -> Bool {
      handlers += 1
      if handlers > 1 { errors.append(.forbidden("\(path).\(key)", "may not specify more than 1 handler type")) }
      return handlers == 1
    }
    if !handler["exec"].isNull, isFirst("exec", &errors), handler["exec", "command"].items.isEmpty {
      errors.append(.required("\(path).exec.command"))
    }
    let http = handler["httpGet"]
    if !http.isNull, isFirst("httpGet", &errors) {
      if http["path"].text.isEmpty { errors.append(.required("\(path).httpGet.path")) }
      portNumberOrName(http["port"], "\(path).httpGet.port", &errors)
      let scheme = http["scheme"]
      if !["HTTP", "HTTPS"].contains(scheme.text) {
        errors.append(.notSupported("\(path).httpGet.scheme", .string(scheme.text), ["HTTP", "HTTPS"]))
      }
      for header in http["httpHeaders"].items {
        for problem in Names.httpHeaderName(header["name"].text) {
          errors.append(.invalid("\(path).httpGet.httpHeaders", header["name"], problem))
        }
      }
    }
    if !handler["tcpSocket"].isNull, isFirst("tcpSocket", &errors) {
      portNumberOrName(handler["tcpSocket", "port"], "\(path).tcpSocket.port", &errors)
    }
    if !handler["grpc"].isNull, isFirst("grpc", &errors) { portNumber(handler["grpc", "port"], "\(path).grpc.port", &errors) }
    if handlers == 0 { errors.append(.required(path, "must specify a handler type")) }
  }

  private static func securityContext(_ context: Value, _ path: String, _ errors: inout [FieldError]) {
    guard !context.isNull else { return }
    identifiers(context, ["runAsUser", "runAsGroup"], path, &errors)
    if let mount = context["procMount"].string, !["Default", "Unmasked"].contains(mount) {
      errors.append(.notSupported("\(path).procMount", .string(mount), ["Default", "Unmasked"]))
    }
    seccomp(context["seccompProfile"], "\(path).seccompProfile", &errors)
    guard context["allowPrivilegeEscalation"].bool == false else { return }
    if context["privileged"].bool == true {
      errors.append(.invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `privileged` to true"))
    }
    if context["capabilities", "add"].items.contains("CAP_SYS_ADMIN") {
      errors.append(.invalid(path, context, "cannot set `allowPrivilegeEscalation` to false and `capabilities.Add` CAP_SYS_ADMIN"))
    }
  }

  static func identifiers(_ context: Value, _ keys: [String], _ path: String, _ errors: inout [FieldError]) {
    for key in keys {
      guard let id = context[key].int else { continue }
      for problem in Names.inRange(id, 0, 2_147_483_647) { errors.append(.invalid("\(path).\(key)", .int(id), problem)) }
    }
  }

  static func seccomp(_ profile: Value, _ path: String, _ errors: inout [FieldError]) {
    guard !profile.isNull else { return }
    let type = profile["type"].text
    switch type {
    case "": errors.append(.required("\(path).type", "type is required when seccompProfile is set"))
    case "Localhost":
      let file = profile["localhostProfile"].text
      if file.isEmpty {
        errors.append(.required("\(path).localhostProfile", "must be set when seccomp type is Localhost"))
      } else {
        localPath(file, "\(path).localhostProfile", &errors)
      }
    case "RuntimeDefault", "Unconfined":
      if !profile["localhostProfile"].isNull {
        errors.append(
          .invalid("\(path).localhostProfile", profile["localhostProfile"], "can only be set when seccomp type is Localhost"))
      }
    default: errors.append(.notSupported("\(path).type", .string(type), ["Localhost", "RuntimeDefault", "Unconfined"]))
    }
  }
}
