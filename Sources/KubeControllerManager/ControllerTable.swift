import Client

// Every controller that runs in a cluster of ours: to add one, write its file and a row here.

/// The controllers, in the order in which they see changes.
public func controllers(_ surroundings: Surroundings) -> [any Worker] {
  [
    NamespaceController(surroundings),
    NamespaceBelongings(surroundings),
    ReplicaSetController(surroundings),
    DeploymentController(surroundings),
    EndpointsController(surroundings),
    EndpointSliceMirroring(surroundings),
    GarbageCollector(surroundings),
    NodeLifecycle(surroundings),
    NodeProvisioning(surroundings),
    TaintEviction(surroundings),
    PodGarbageCollector(surroundings),
  ]
}
