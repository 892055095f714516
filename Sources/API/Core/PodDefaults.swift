import APIMachinery
import Formats

// What a pod gets that its manifest doesn't say: pkg/apis/core/v1/defaults.go.

/// Defaults that only pods get, not pod templates, and then those of both.
@Sendable func defaultPod(_ pod: inout Value) {
  pod.fillDefaults { pod in
    pod.within("status") { status in
      if status.has("podIP"), !status.has("podIPs") { status.set("podIPs", [["ip": status.value("podIP")]]) }
    }
    pod.within("spec") { spec in
      defaultPodSpec(&spec)
      spec.fillAbsent("enableServiceLinks", true)
      let usesHostNetwork = spec.value("hostNetwork").bool == true
      for list in ["initContainers", "containers"] {
        spec.each(list) { container in
          container.within("resources", requestsFromLimits)
          if usesHostNetwork {
            container.each("ports") { port in
              if port.value("hostPort").int ?? 0 == 0 { port.set("hostPort", port.value("containerPort")) }
            }
          }
        }
      }
    }
  }
}

/// The grace period of a deletion that asks for none: none for pods that run nowhere.
@Sendable func podGracePeriod(_ pod: Value) -> Int64 {
  let view = PodView(pod)
  guard !view.nodeName.isEmpty, !view.isTerminal else { return 0 }
  let seconds = pod["spec"]["terminationGracePeriodSeconds"].int ?? 30
  return seconds < 0 ? 1 : seconds
}

/// A limit without a request is a request of the same amount.
private func requestsFromLimits(_ resources: inout Draft) {
  guard case .object(let limits) = resources.value("limits") else { return }
  guard case .object(var requests) = resources.value("requests") else {
    resources.set("requests", .object(limits))
    return
  }
  var changed = false
  for limit in limits where requests.index(of: limit.key) == nil {
    requests[limit.key] = limit.value
    changed = true
  }
  if changed { resources.set("requests", .object(requests)) }
}

/// A pod template's defaults.
func defaultPodTemplate(_ template: inout Draft) { template.within("spec", defaultPodSpec) }

func defaultPodSpec(_ spec: inout Draft) {
  spec.fill("dnsPolicy", "ClusterFirst")
  spec.fill("restartPolicy", "Always")
  spec.fillAbsent("securityContext", [:])
  spec.fillAbsent("terminationGracePeriodSeconds", 30)
  spec.fill("schedulerName", "default-scheduler")
  // The old name is kept alike for those who read it.
  if spec.has("serviceAccountName") {
    if spec.value("serviceAccount") != spec.value("serviceAccountName") { spec.set("serviceAccount", spec.value("serviceAccountName")) }
  } else if spec.has("serviceAccount") {
    spec.set("serviceAccountName", spec.value("serviceAccount"))
  }
  spec.within("overhead", roundAmounts)
  spec.each("volumes", defaultVolume)
  spec.each("initContainers", defaultContainer)
  spec.each("containers", defaultContainer)
  spec.each("ephemeralContainers", defaultContainer)
}

func defaultContainer(_ container: inout Draft) {
  if container.text("imagePullPolicy").isEmpty { container.set("imagePullPolicy", pullPolicy(image: container.text("image"))) }
  container.fill("terminationMessagePath", "/dev/termination-log")
  container.fill("terminationMessagePolicy", "File")
  container.each("ports") { $0.fill("protocol", "TCP") }
  container.each("env") { variable in
    variable.within("valueFrom") { $0.within("fieldRef") { $0.fill("apiVersion", "v1") } }
  }
  container.within("resources") { resources in
    resources.within("limits", roundAmounts)
    resources.within("requests", roundAmounts)
  }
  container.within("livenessProbe", defaultProbe)
  container.within("readinessProbe", defaultProbe)
  container.within("startupProbe", defaultProbe)
  container.within("lifecycle") { lifecycle in
    lifecycle.within("postStart") { $0.within("httpGet", defaultHTTPGet) }
    lifecycle.within("preStop") { $0.within("httpGet", defaultHTTPGet) }
  }
}

private func defaultProbe(_ probe: inout Draft) {
  probe.fillZero("timeoutSeconds", 1)
  probe.fillZero("periodSeconds", 10)
  probe.fillZero("successThreshold", 1)
  probe.fillZero("failureThreshold", 3)
  probe.within("httpGet", defaultHTTPGet)
  probe.within("grpc") { $0.fillAbsent("service", "") }
}

private func defaultHTTPGet(_ action: inout Draft) {
  action.fill("path", "/")
  action.fill("scheme", "HTTP")
}

/// Amounts are kept to a thousandth, rounded up.
func roundAmounts(_ amounts: inout Draft) {
  for amount in amounts.members {
    guard case .string(let text) = amount.value, let last = text.utf8.last, last == UInt8(ascii: "n") || last == UInt8(ascii: "u"),
      let quantity = try? Quantity(text)
    else { continue }
    amounts.set(amount.key, .string(quantity.roundedUpToMilli.description))
  }
}

/// Always for images whose tag is latest or missing.
func pullPolicy(image: String) -> Value {
  let parts = image.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
  guard let name = parts.first, !name.isEmpty else { return "IfNotPresent" }
  let path = name.split(separator: "/", omittingEmptySubsequences: false)
  guard let last = path.last, !path.contains(where: \.isEmpty) else { return "IfNotPresent" }
  let tagged = last.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
  // What is no image reference has no tag; the first part may be a registry's host and port.
  let isHost = { (part: Substring) in part.contains(".") || part.contains(":") || part == "localhost" }
  let repository = path.dropLast().enumerated().filter { !($0.offset == 0 && isHost($0.element)) }.map(\.element) + tagged.prefix(1)
  let isReference = repository.allSatisfy { part in
    !part.isEmpty
      && part.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 45 || $0 == 46 || $0 == 95 }
  }
  guard isReference else { return "IfNotPresent" }
  if tagged.count == 2 { return tagged[1] == "latest" ? "Always" : "IfNotPresent" }
  return parts.count == 1 ? "Always" : "IfNotPresent"
}

// MARK: Volumes

private func defaultVolume(_ volume: inout Draft) {
  if volume.members.allSatisfy({ $0.key == "name" || $0.value.isNull }) { volume.set("emptyDir", [:]) }
  for source in volume.members where source.key != "name" {
    volume.within(source.key) { defaultVolumeSource(source.key, &$0) }
  }
}

private func defaultVolumeSource(_ kind: String, _ source: inout Draft) {
  switch kind {
  case "hostPath": source.fillAbsent("type", "")
  case "secret", "configMap": source.fillAbsent("defaultMode", 420)
  case "downwardAPI":
    source.fillAbsent("defaultMode", 420)
    source.each("items", defaultDownwardFile)
  case "projected":
    source.fillAbsent("defaultMode", 420)
    source.each("sources") { projection in
      projection.within("downwardAPI") { $0.each("items", defaultDownwardFile) }
      projection.within("serviceAccountToken") { $0.fillAbsent("expirationSeconds", 3600) }
    }
  case "ephemeral":
    source.within("volumeClaimTemplate") { template in
      template.within("spec") { spec in
        spec.fillAbsent("volumeMode", "Filesystem")
        spec.within("resources") { resources in
          resources.within("limits", roundAmounts)
          resources.within("requests", roundAmounts)
        }
      }
    }
  case "iscsi": source.fill("iscsiInterface", "default")
  case "rbd":
    source.fill("pool", "rbd")
    source.fill("user", "admin")
    source.fill("keyring", "/etc/ceph/keyring")
  case "azureDisk":
    source.fillAbsent("cachingMode", "ReadWrite")
    source.fillAbsent("kind", "Shared")
    source.fillAbsent("fsType", "ext4")
    source.fillAbsent("readOnly", false)
  case "scaleIO":
    source.fill("storageMode", "ThinProvisioned")
    source.fill("fsType", "xfs")
  default: break
  }
}

private func defaultDownwardFile(_ file: inout Draft) { file.within("fieldRef") { $0.fill("apiVersion", "v1") } }
