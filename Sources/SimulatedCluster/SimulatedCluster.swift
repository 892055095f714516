// SimulatedCluster
