// ResourceClaims: dynamic resource allocation is not implemented; a pod that asks for it stays Pending and says so.

enum ResourceClaims {
  static let plugin = Plugin(
    id: .resourceClaims,
    filter: { cycle throws(Refusal) in
      if !cycle.shape.parts.resourceClaims.items.isEmpty {
        throw Refusal(message: "spec.resourceClaims is not supported by this scheduler")
      }
      return nil
    })
}
