// The scheduler's plugins, in the order in which Kubernetes asks them.

/// All plugins. NodeName is missing on purpose: a pod that names its node never comes to the scheduler.
enum PluginTable {
  static let rows: [Plugin] = [
    ResourceClaims.plugin,
    NodeUnschedulable.plugin,
    TaintToleration.plugin,
    NodeAffinity.plugin,
    NodePorts.plugin,
    NodeResourcesFit.plugin,
    VolumeBinding.plugin,
    PodTopologySpread.plugin,
    InterPodAffinity.plugin,
    NodeResourcesBalancedAllocation.plugin,
    ImageLocality.plugin,
  ]

  /// What may help a pod that these plugins turned away; a pod that none did (no nodes) is helped by anything.
  static func wakes(_ plugins: PluginSet) -> Wakes {
    if plugins.isEmpty { return Wakes(rawValue: -1) }
    return rows.reduce(into: Wakes()) { if plugins.contains($1.id) { $0.formUnion($1.wakes) } }
  }
}
