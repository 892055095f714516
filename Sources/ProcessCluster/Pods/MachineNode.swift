import APIMachinery
import Formats
import Posix

// The one node of a process cluster: this machine.

/// The node that is this machine.
public enum MachineNode {
  /// How many pods it takes. A kubelet's 110 are what a node of many is advised to have; this one is all there is.
  public static let mostPods = 1000

  /// A Node object as a kubelet registers it; its conditions the kubelet posts itself.
  /// - Parameters:
  ///   - pods: how many pods it takes, at most `mostPods`.
  ///   - runtime: the runtime and its version: `process://1.0`.
  ///   - podRange: the addresses of its pods.
  public static func make(
    _ machine: MachineFacts, name: String = "localhost", pods: Int = mostPods, runtime: String = "process://1",
    podRange: String = PodAddresses.range
  ) -> Value {
    let architecture = Value.string(architecture(machine.machine))
    let system = Value.string(machine.operatingSystem)
    var resources: Value = [
      "cpu": .string(Quantity(milli: Int64(machine.processorMilli)).description),
      "ephemeral-storage": bytes(machine.diskBytes), "memory": bytes(machine.memoryBytes),
      "pods": .string(String(min(max(1, pods), mostPods))),
    ]
    for pages in machine.hugePages {
      resources["hugepages-\(Quantity(Int64(pages.size), .binarySI))"] = bytes(pages.bytes)
    }
    return [
      "apiVersion": "v1", "kind": "Node",
      "metadata": [
        "name": .string(name), "annotations": ["node.alpha.kubernetes.io/ttl": "0"],
        "labels": [
          "beta.kubernetes.io/arch": architecture, "beta.kubernetes.io/os": system, "kubernetes.io/arch": architecture,
          "kubernetes.io/hostname": .string(name), "kubernetes.io/os": system,
        ],
      ],
      "spec": [
        "podCIDR": .string(podRange), "podCIDRs": [.string(podRange)], "providerID": .string("process://\(name)"),
      ],
      "status": [
        "addresses": [
          ["address": "127.0.0.1", "type": "InternalIP"], ["address": .string(machine.hostname), "type": "Hostname"],
        ],
        "allocatable": resources, "capacity": resources, "daemonEndpoints": ["kubeletEndpoint": ["Port": 10250]],
        "nodeInfo": [
          "architecture": architecture, "bootID": .string(machine.bootID), "containerRuntimeVersion": .string(runtime),
          "kernelVersion": .string(machine.kernelVersion), "kubeProxyVersion": "v1.28.0", "kubeletVersion": "v1.28.0",
          "machineID": .string(machine.machineID), "operatingSystem": system, "osImage": .string(machine.systemName),
          "systemUUID": .string(machine.systemUUID),
        ],
      ],
    ]
  }

  /// The node of this machine, whose disk is the one that holds a folder.
  public static func make(
    name: String = "localhost", pods: Int = mostPods, home: String, podRange: String = PodAddresses.range
  ) -> Value {
    make(MachineFacts(disk: home), name: name, pods: pods, podRange: podRange)
  }

  private static func bytes(_ count: Int) -> Value { .string(Quantity(Int64(count), .binarySI).description) }

  /// Go's name of an architecture, by uname's.
  static func architecture(_ machine: String) -> String {
    switch machine {
    case "x86_64", "amd64": "amd64"
    case "aarch64", "arm64": "arm64"
    case "i386", "i486", "i586", "i686": "386"
    case _ where machine.hasPrefix("arm"): "arm"
    default: machine
    }
  }
}
