import Formats

// The nodes that a cluster has when nobody says which.

/// Nodes of our own making.
public enum Nodes {
  /// `node-1` to `node-3`, in as many zones.
  public static var three: [Value] { make(3) }

  /// A number of nodes in three zones, with 4 CPUs, 16 GiB of memory and 110 pods each.
  public static func make(_ count: Int, cpu: String = "4", memory: String = "16Gi", pods: String = "110") -> [Value] {
    (1...max(1, count)).prefix(max(0, count)).map { number in
      let name = Value.string("node-\(number)")
      // 10.64.0.0/10 holds 16384 ranges of 256 addresses.
      let range = Value.string("10.\(64 + number / 256 % 64).\(number % 256).0/24")
      let resources: Value = [
        "cpu": .string(cpu), "ephemeral-storage": "100Gi", "hugepages-1Gi": "0", "hugepages-2Mi": "0", "memory": .string(memory),
        "pods": .string(pods),
      ]
      return [
        "apiVersion": "v1", "kind": "Node",
        "metadata": [
          "name": name, "annotations": ["node.alpha.kubernetes.io/ttl": "0"],
          "labels": [
            "beta.kubernetes.io/arch": "amd64", "beta.kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64",
            "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
            "topology.kubernetes.io/zone": .string("zone-\((number - 1) % 3 + 1)"),
          ],
        ],
        "spec": ["podCIDR": range, "podCIDRs": [range], "providerID": .string("sim://node-\(number)")],
        "status": [
          "addresses": [
            ["address": .string("127.\(number / 65536 % 256).\(number / 256 % 256 + 1).\(number % 256)"), "type": "InternalIP"],
            ["address": name, "type": "Hostname"],
          ],
          "allocatable": resources, "capacity": resources, "daemonEndpoints": ["kubeletEndpoint": ["Port": 10250]],
          "nodeInfo": [
            "architecture": "amd64", "bootID": "", "containerRuntimeVersion": "containerd://1.7.2", "kernelVersion": "6.1.0-sim",
            "kubeProxyVersion": "v1.28.0", "kubeletVersion": "v1.28.0", "machineID": "", "operatingSystem": "linux",
            "osImage": "Simulated Linux", "systemUUID": "",
          ],
        ],
      ]
    }
  }
}
