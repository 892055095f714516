import APIMachinery
import Formats

// Defaults of the core kinds other than pods: pkg/apis/core/v1/defaults.go and conversion.go.

@Sendable func defaultService(_ service: inout Value) {
  service.fillDefaults { $0.within("spec", defaultServiceSpec) }
}

private func defaultServiceSpec(_ spec: inout Draft) {
  spec.fill("sessionAffinity", "None")
  switch spec.text("sessionAffinity") {
  case "None":
    if spec.has("sessionAffinityConfig") { spec.set("sessionAffinityConfig", nil) }
  case "ClientIP":
    if spec.value("sessionAffinityConfig")["clientIP"]["timeoutSeconds"].isNull {
      spec.set("sessionAffinityConfig", ["clientIP": ["timeoutSeconds": 10800]])
    }
  default: break
  }
  spec.fill("type", "ClusterIP")
  spec.each("ports") { port in
    port.fill("protocol", "TCP")
    switch port.value("targetPort") {
    case .null, .int(0), .string(""): port.set("targetPort", port.value("port"))
    default: break
    }
  }
  let type = spec.text("type")
  let isExternal = type == "LoadBalancer" || type == "NodePort" || type == "ClusterIP" && !spec.value("externalIPs").items.isEmpty
  if isExternal { spec.fill("externalTrafficPolicy", "Cluster") }
  if type == "ClusterIP" || type == "NodePort" || type == "LoadBalancer" { spec.fillAbsent("internalTrafficPolicy", "Cluster") }
  if type == "LoadBalancer" { spec.fillAbsent("allocateLoadBalancerNodePorts", true) }
}

@Sendable func defaultEndpoints(_ endpoints: inout Value) {
  endpoints.fillDefaults { $0.each("subsets") { $0.each("ports") { $0.fill("protocol", "TCP") } } }
}

/// The type, and the texts of `stringData` as bytes of `data`: that field is never read back.
@Sendable func defaultSecret(_ secret: inout Value) {
  secret.fillDefaults { secret in
    secret.fill("type", "Opaque")
    guard case .object(let texts) = secret.value("stringData") else { return }
    var data = secret.value("data").members
    for text in texts { data[text.key] = .string(Base64.encode(Array(text.value.text.utf8))) }
    secret.set("stringData", nil)
    secret.set("data", .object(data))
  }
}

/// The label that selects a namespace by name; and for one about to be created who has to clear it before it may go.
@Sendable func defaultNamespace(_ namespace: inout Value) {
  let name = namespace.name
  let isNew = namespace.uid.isEmpty
  namespace.fillDefaults { namespace in
    if !name.isEmpty, namespace.value("metadata")["labels"]["kubernetes.io/metadata.name"].text != name {
      namespace.within("metadata") { metadata in
        var labels = metadata.value("labels").members
        labels["kubernetes.io/metadata.name"] = .string(name)
        metadata.set("labels", .object(labels))
      }
    }
    if isNew {
      let finalizers = namespace.value("spec")["finalizers"].items
      if !finalizers.contains("kubernetes") { namespace.set("spec", ["finalizers": .array(finalizers + ["kubernetes"])]) }
    }
    if namespace.value("status")["phase"].text.isEmpty {
      var status = namespace.value("status")
      status["phase"] = "Active"
      namespace.set("status", status)
    }
  }
}

/// What pods may use is all that there is, unless said otherwise.
@Sendable func defaultNode(_ node: inout Value) {
  node.fillDefaults { node in
    node.within("spec") { spec in
      // The single range is the first of the list; where they differ, it counts.
      let first = spec.value("podCIDRs")[0].text
      let single = spec.text("podCIDR")
      if single.isEmpty, !first.isEmpty { spec.set("podCIDR", .string(first)) }
      if !single.isEmpty, single != first { spec.set("podCIDRs", [.string(single)]) }
    }
    node.within("status") { status in
      status.within("capacity", roundAmounts)
      status.within("allocatable", roundAmounts)
      if !status.has("allocatable"), status.has("capacity") { status.set("allocatable", status.value("capacity")) }
    }
  }
}
