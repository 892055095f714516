import API
import APIMachinery
import Formats
import Kubelet
import Posix

// What containers and the machine use, as metrics.k8s.io tells it.

/// Measures a process cluster for whoever asks.
final class Measurements {
  private let runtime: ProcessRuntime
  private var containers = UsageMeter<RunKey>()
  private var machine = UsageMeter<String>()
  /// What the machine had used when this began.
  private let machineStart: UsageMeter<String>.Sample

  init(_ runtime: ProcessRuntime) {
    self.runtime = runtime
    machineStart = UsageMeter.Sample(time: Machine.steadyNanoseconds, used: MachineUsage.now?.processorNanoseconds ?? 0)
  }

  // MARK: Waiting

  /// How long to wait before asking tells of now: where nobody has asked for a while, a first sample is taken, and a second is due then.
  func pause(_ kind: Kind) -> Duration? {
    let now = Machine.steadyNanoseconds
    var waits = false
    if kind == Kinds.nodeMetrics {
      guard !machine.isReady("", at: now, start: machineStart) else { return nil }
      waits = sampleMachine(at: now) != nil
    } else {
      for one in runtime.running where !containers.isReady(one.run, at: now, start: start(of: one)) {
        waits = sample(one, at: now) != nil || waits
      }
    }
    return waits ? UsageMeter<String>.shortest : nil
  }

  // MARK: Objects

  /// A PodMetrics of each of some pods that has containers that run.
  func metrics(ofPods pods: [Value]) -> [Value] {
    let running = runtime.running
    containers.keep { key in running.contains { $0.run == key } }
    let byPod = Dictionary(grouping: running) { $0.run.container.uid }
    return pods.compactMap { pod in metrics(of: pod, byPod[pod.uid] ?? []) }
  }

  private func metrics(of pod: Value, _ runs: [LiveRun]) -> Value? {
    var rows: [Value] = []
    var window = Duration.zero
    let spec = pod["spec"]
    for container in spec["initContainers"].items + spec["containers"].items {
      let name = container["name"].text
      guard let one = runs.first(where: { $0.run.container.container == name }),
        let (rate, memory) = sample(one, at: Machine.steadyNanoseconds)
      else { continue }
      window = max(window, rate.window)
      rows.append(["name": .string(name), "usage": Measurements.usage(rate.nanosecondsPerSecond, memory)])
    }
    guard !rows.isEmpty else { return nil }
    var metrics = Measurements.head(Kinds.podMetrics, of: pod, window)
    metrics["containers"] = .array(rows)
    return metrics
  }

  /// The NodeMetrics of the node that is this machine; nil where the system doesn't tell.
  func metrics(ofNode node: Value) -> Value? {
    guard let (rate, memory) = sampleMachine(at: Machine.steadyNanoseconds) else { return nil }
    var metrics = Measurements.head(Kinds.nodeMetrics, of: node, rate.window)
    metrics["usage"] = Measurements.usage(rate.nanosecondsPerSecond, memory)
    return metrics
  }

  private static func head(_ kind: Kind, of object: Value, _ window: Duration) -> Value {
    let now = Value.string(Instant(nanoseconds: WallClock.now).rfc3339)
    var metadata: Value = ["name": .string(object.name), "creationTimestamp": now]
    if kind.namespaced { metadata["namespace"] = .string(object.namespace) }
    if !object.labels.isEmpty { metadata["labels"] = object["metadata"]["labels"] }
    let milliseconds = window.nanoseconds / 1_000_000
    return [
      "kind": .string(kind.name), "apiVersion": .string(kind.apiVersion), "metadata": metadata, "timestamp": now,
      "window": .string(Duration.milliseconds(milliseconds).goText),
    ]
  }

  private static func usage(_ nanosecondsPerSecond: Int64, _ memory: Int) -> Value {
    [
      "cpu": .string(Quantity(nano: nanosecondsPerSecond).description),
      // In whole KiB, as kubelets round it.
      "memory": .string(Quantity(Int64(memory & ~1023), .binarySI).description),
    ]
  }

  // MARK: Samples

  private func sample(_ one: LiveRun, at time: Int64) -> (UsageMeter<RunKey>.Rate, memory: Int)? {
    guard let usage = one.process?.usage() else { return nil }
    let sample = UsageMeter<RunKey>.Sample(time: time, used: usage.cpuNanoseconds)
    return (containers.take(sample, of: one.run, start: start(of: one)), usage.memoryBytes)
  }

  /// A container has used nothing when it begins.
  private func start(of one: LiveRun) -> UsageMeter<RunKey>.Sample {
    let age = WallClock.now - (one.process?.started.nanoseconds ?? 0)
    return UsageMeter.Sample(time: Machine.steadyNanoseconds - max(0, age), used: 0)
  }

  private func sampleMachine(at time: Int64) -> (UsageMeter<String>.Rate, memory: Int)? {
    guard let usage = MachineUsage.now else { return nil }
    let sample = UsageMeter<String>.Sample(time: time, used: usage.processorNanoseconds)
    return (machine.take(sample, of: "", start: machineStart), usage.memoryBytes)
  }
}
