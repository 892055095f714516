import APIMachinery
import Formats

// Containers, in a pod with their statuses or in a template without.

extension DescribeText {
  /// - Parameters:
  ///   - pod: the pod whose fields the downward API shows; nil in a template.
  ///   - space: a template's indent.
  mutating func containers(_ title: String, _ containers: [Value], statuses: [Value], pod: Value?, space: String) {
    line(0, "\(space)\(title):\(containers.isEmpty ? " <none>" : "")")
    for container in containers {
      let name = container["name"].text
      let status = statuses.first { $0["name"].text == name }
      basics(container, status, space)
      for (title, key) in [("Command", "command"), ("Args", "args")] where !container[key].items.isEmpty {
        line(2, "\(title):")
        for word in container[key].items {
          for part in word.text.split(separator: "\n", omittingEmptySubsequences: false) { line(3, String(part)) }
        }
      }
      if let status { state(status) }
      resources(container["resources"])
      for (title, key) in [("Liveness", "livenessProbe"), ("Readiness", "readinessProbe"), ("Startup", "startupProbe")]
      where !container[key].isNull {
        line(2, "\(title):\t\(DescribeText.probe(container[key]))")
      }
      if !container["envFrom"].items.isEmpty { environmentSources(container["envFrom"].items) }
      environment(container, pod: pod)
      mounts(container)
    }
  }

  private mutating func basics(_ container: Value, _ status: Value?, _ space: String) {
    line(1, "\(space.isEmpty ? "" : " ")\(container["name"].text):")
    if let status { line(2, "Container ID:\t\(status["containerID"].text)") }
    line(2, "Image:\t\(container["image"].text)")
    if let status { line(2, "Image ID:\t\(status["imageID"].text)") }
    let ports = container["ports"].items
    for (title, key) in [("Port", "containerPort"), ("Host Port", "hostPort")] {
      let shown = ports.map { "\($0[key].int ?? 0)/\($0["protocol"].text)" }.joined(separator: ", ")
      line(2, "\(title)\(ports.count > 1 ? "s" : ""):\t\(orNone(shown))")
    }
    let seccomp = container["securityContext", "seccompProfile"]
    if !seccomp.isNull {
      line(2, "SeccompProfile:\t\(seccomp["type"].text)")
      if seccomp["type"].text == "Localhost" { line(3, "LocalhostProfile:\t\(seccomp["localhostProfile"].text)") }
    }
  }

  private mutating func state(_ status: Value) {
    state("State", status["state"])
    if !status["lastState", "terminated"].isNull { state("Last State", status["lastState"]) }
    line(2, "Ready:\t\(status["ready"].bool == true ? "True" : "False")")
    line(2, "Restart Count:\t\(status["restartCount"].int ?? 0)")
  }

  private mutating func state(_ title: String, _ state: Value) {
    let running = state["running"]
    let terminated = state["terminated"]
    if !running.isNull {
      line(2, "\(title):\tRunning")
      line(3, "Started:\t\(DescribeText.date(running["startedAt"]))")
    } else if !terminated.isNull {
      line(2, "\(title):\tTerminated")
      if let reason = terminated["reason"].string, !reason.isEmpty { line(3, "Reason:\t\(reason)") }
      if let message = terminated["message"].string, !message.isEmpty { line(3, "Message:\t\(message)") }
      line(3, "Exit Code:\t\(terminated["exitCode"].int ?? 0)")
      if let signal = terminated["signal"].int, signal > 0 { line(3, "Signal:\t\(signal)") }
      line(3, "Started:\t\(DescribeText.date(terminated["startedAt"]))")
      line(3, "Finished:\t\(DescribeText.date(terminated["finishedAt"]))")
    } else {
      line(2, "\(title):\tWaiting")
      if let reason = state["waiting", "reason"].string, !reason.isEmpty { line(3, "Reason:\t\(reason)") }
    }
  }

  private mutating func resources(_ resources: Value) {
    for (title, key) in [("Limits", "limits"), ("Requests", "requests")] where !resources[key].members.isEmpty {
      line(2, "\(title):")
      for resource in resources[key].members { line(3, "\(resource.key):\t\(resource.value.goValue)") }
    }
  }

  static func probe(_ probe: Value) -> String {
    let numbers =
      "delay=\(probe["initialDelaySeconds"].int ?? 0)s timeout=\(probe["timeoutSeconds"].int ?? 0)s "
      + "period=\(probe["periodSeconds"].int ?? 0)s #success=\(probe["successThreshold"].int ?? 0) #failure=\(probe["failureThreshold"].int ?? 0)"
    let http = probe["httpGet"]
    let tcp = probe["tcpSocket"]
    let grpc = probe["grpc"]
    if !probe["exec"].isNull { return "exec \(probe["exec", "command"].isNull ? "[]" : probe["exec", "command"].goValue) \(numbers)" }
    if !http.isNull {
      var path = http["path"].text
      if !path.isEmpty, !path.hasPrefix("/") { path = "/" + path }
      return "http-get \(http["scheme"].text.lowercased())://\(http["host"].text):\(http["port"].goValue)\(path) \(numbers)"
    }
    if !tcp.isNull { return "tcp-socket \(tcp["host"].text):\(tcp["port"].goValue) \(numbers)" }
    if !grpc.isNull { return "grpc <pod>:\(grpc["port"].goValue) \(grpc["service"].text) \(numbers)" }
    return "unknown \(numbers)"
  }

  private mutating func environmentSources(_ sources: [Value]) {
    line(2, "Environment Variables from:")
    for source in sources {
      let isSecret = !source["secretRef"].isNull
      let reference = isSecret ? source["secretRef"] : source["configMapRef"]
      let prefix = source["prefix"].text
      let from = (isSecret ? "Secret" : "ConfigMap") + (prefix.isEmpty ? "" : " with prefix '\(prefix)'")
      line(3, "\(reference["name"].text)\t\(from)\tOptional: \(reference["optional"].bool ?? false)")
    }
  }

  private mutating func environment(_ container: Value, pod: Value?) {
    let variables = container["env"].items
    line(2, "Environment:\(variables.isEmpty ? "\t<none>" : "")")
    for variable in variables {
      let name = variable["name"].text
      let from = variable["valueFrom"]
      if from.isNull {
        for (i, part) in variable["value"].text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
          line(3, i == 0 ? "\(name):\t\(part)" : "\t\(part)")
        }
        continue
      }
      let field = from["fieldRef"]
      let resource = from["resourceFieldRef"]
      let secret = from["secretKeyRef"]
      let configMap = from["configMapKeyRef"]
      if !field.isNull {
        let path = field["fieldPath"].text
        line(3, "\(name):\t\(pod.map { DownwardField.value(path, of: $0) } ?? "") (\(field["apiVersion"].text):\(path))")
      } else if !resource.isNull {
        var value = DownwardField.resource(resource, of: container)
        let what = resource["resource"].text
        if value == "0", what == "limits.cpu" || what == "limits.memory" { value = "node allocatable" }
        line(3, "\(name):\t\(value) (\(what))")
      } else if !secret.isNull {
        line(
          3,
          "\(name):\t<set to the key '\(secret["key"].text)' in secret '\(secret["name"].text)'>\tOptional: \(secret["optional"].bool ?? false)"
        )
      } else if !configMap.isNull {
        line(
          3,
          "\(name):\t<set to the key '\(configMap["key"].text)' of config map '\(configMap["name"].text)'>\t"
            + "Optional: \(configMap["optional"].bool ?? false)")
      }
    }
  }

  private mutating func mounts(_ container: Value) {
    let mounts = container["volumeMounts"].items
    line(2, "Mounts:\(mounts.isEmpty ? "\t<none>" : "")")
    for mount in mounts.sorted(by: { Members.precedes($0["mountPath"].text, $1["mountPath"].text) }) {
      let path = mount["subPath"].text
      let flags = (mount["readOnly"].bool == true ? "ro" : "rw") + (path.isEmpty ? "" : ",path=\(JSON.quoted(path))")
      line(3, "\(mount["mountPath"].text) from \(mount["name"].text) (\(flags))")
    }
    let devices = container["volumeDevices"].items
    guard !devices.isEmpty else { return }
    line(2, "Devices:")
    for device in devices.sorted(by: { Members.precedes($0["devicePath"].text, $1["devicePath"].text) }) {
      line(3, "\(device["devicePath"].text) from \(device["name"].text)")
    }
  }
}

/// What the downward API would tell a container.
enum DownwardField {
  static func value(_ path: String, of pod: Value) -> String {
    for (prefix, map) in [("metadata.labels['", pod.labels), ("metadata.annotations['", pod.annotations)]
    where path.hasPrefix(prefix) && path.hasSuffix("']") {
      return map[String(path.dropFirst(prefix.count).dropLast(2))]?.text ?? ""
    }
    var value = pod
    for part in path.split(separator: ".") { value = value[String(part)] }
    return value.isNull ? "" : value.goValue
  }

  /// A container's own request or limit, divided and rounded up.
  static func resource(_ reference: Value, of container: Value) -> String {
    let parts = reference["resource"].text.split(separator: ".", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return "" }
    let amount = container["resources", parts[0], parts[1]]
    guard let quantity = try? Quantity(amount.isNull ? "0" : amount.goValue) else { return "" }
    let divisor = try? Quantity(reference["divisor"].string ?? "1")
    if parts[1] == "cpu" {
      let unit = max(1, divisor?.milliValue ?? 1000)
      let by = unit == 0 ? 1000 : unit
      return String((quantity.milliValue + by - 1) / by)
    }
    let by = max(1, divisor?.value ?? 1)
    return String((quantity.value + by - 1) / by)
  }
}
