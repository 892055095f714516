import APIMachinery
import Formats

// When which probe of which container is due, where a probe must be asked: decides, asks nobody.

/// The probes of all containers of reporting runtimes.
///
/// The ticks of a probe count from its container's start: the first after `initialDelaySeconds` (after a period where there is none: nothing
/// answers as it starts), then one each `periodSeconds`; one that is missed because an answer took longer is left out. Until a startup or
/// readiness probe has passed, it is looked at between two ticks as well, as Kubernetes does when it has something to hope for: at once, then
/// after 50 ms, and each time after twice as long. Such an early look can pass, but its failure counts for nothing.
struct Prober {
  /// One probe of one run.
  struct Probe: Equatable {
    let run: RunKey
    let kind: ProbeKind
    let spec: ProbeSpec
    let startedAt: Instant
    fileprivate(set) var due: Instant
    /// Its next look is no tick.
    fileprivate(set) var isEarly = false
    /// How long after an early look the next one comes.
    fileprivate var pause = Prober.firstPause
    fileprivate var isAsked = false

    static func == (one: Probe, other: Probe) -> Bool { one.run == other.run && one.kind == other.kind && one.due == other.due }
  }

  static let firstPause = Duration.milliseconds(50)

  /// By the pod's uid.
  private var probes: [String: [Probe]] = [:]
  private var queue = DueProbes()

  /// When the next probe is due.
  var nextDue: Instant? { queue.first?.due }

  /// What is to be probed of a pod, from now on: those that are known go on, others begin or are forgotten.
  /// - Parameter wanted: the run, which probe of it, its numbers, when the container started and the verdict so far.
  mutating func watch(
    _ uid: String, _ wanted: [(run: RunKey, kind: ProbeKind, spec: ProbeSpec, startedAt: Instant, passed: Bool?)], at now: Instant
  ) {
    guard !wanted.isEmpty || probes[uid] != nil else { return }
    let known = probes[uid] ?? []
    var kept: [Probe] = []
    for want in wanted {
      if let same = known.first(where: { $0.run == want.run && $0.kind == want.kind }) {
        kept.append(same)
      } else {
        let probe = Prober.begin(want.run, want.kind, want.spec, startedAt: want.startedAt, passed: want.passed, at: now)
        kept.append(probe)
        queue.push(probe)
      }
    }
    probes[uid] = kept.isEmpty ? nil : kept
    prune()
  }

  mutating func forget(_ uid: String) {
    probes[uid] = nil
    prune()
  }

  /// The probes that are due: they are asked now, and due again only when they are answered.
  mutating func takeDue(by now: Instant) -> [Probe] {
    var out: [Probe] = []
    while let first = queue.first, first.due <= now {
      queue.pop()
      if let i = index(of: first) {
        probes[first.run.container.uid]?[i].isAsked = true
        out.append(first)
      }
    }
    prune()
    return out
  }

  /// Takes an answer; returns the probe as it was asked, nil: nobody wants it any more.
  mutating func answer(_ kind: ProbeKind, of run: RunKey, success: Bool, at now: Instant) -> Probe? {
    let uid = run.container.uid
    guard let i = probes[uid]?.firstIndex(where: { $0.run == run && $0.kind == kind }), let asked = probes[uid]?[i], asked.isAsked else {
      return nil
    }
    var probe = asked
    probe.isAsked = false
    let tick = Prober.tick(probe.spec, probe.startedAt, after: now)
    if asked.isEarly, !success, now + probe.pause < tick {
      probe.due = now + probe.pause
      probe.pause = probe.pause * 2
    } else {
      probe.due = tick
      probe.isEarly = false
    }
    probes[uid]?[i] = probe
    queue.push(probe)
    prune()
    return asked
  }

  // MARK: Deciding

  private static func begin(
    _ run: RunKey, _ kind: ProbeKind, _ spec: ProbeSpec, startedAt: Instant, passed: Bool?, at now: Instant
  ) -> Probe {
    let hopes = kind != .liveness && passed != true && spec.successThreshold == 1
    var probe = Probe(run: run, kind: kind, spec: spec, startedAt: startedAt, due: tick(spec, startedAt, after: now - .nanoseconds(1)))
    if hopes, now >= startedAt + .seconds(spec.initialDelay), probe.due > now {
      probe.due = now
      probe.isEarly = true
    }
    return probe
  }

  /// The first tick after a moment.
  static func tick(_ spec: ProbeSpec, _ startedAt: Instant, after time: Instant) -> Instant {
    let period = Duration.seconds(spec.period).nanoseconds
    let first = startedAt + .seconds(spec.initialDelay == 0 ? spec.period : spec.initialDelay)
    if time < first { return first }
    return first + .nanoseconds(((time - first).nanoseconds / period + 1) * period)
  }

  private func index(of due: Probe) -> Int? { probes[due.run.container.uid]?.firstIndex { $0 == due && !$0.isAsked } }

  /// Lets go of what is in the queue and not wanted any more.
  private mutating func prune() {
    while let first = queue.first, index(of: first) == nil { queue.pop() }
  }
}

/// Probes by when they are due, those of one moment in the order in which they came: a heap.
private struct DueProbes {
  private var heap: [(probe: Prober.Probe, number: Int)] = []
  private var count = 0

  var first: Prober.Probe? { heap.first?.probe }

  private func precedes(_ i: Int, _ j: Int) -> Bool {
    (heap[i].probe.due, heap[i].number) < (heap[j].probe.due, heap[j].number)
  }

  mutating func push(_ probe: Prober.Probe) {
    heap.append((probe, count))
    count += 1
    var i = heap.count - 1
    while i > 0, precedes(i, (i - 1) / 2) {
      heap.swapAt(i, (i - 1) / 2)
      i = (i - 1) / 2
    }
  }

  mutating func pop() {
    guard let last = heap.popLast(), !heap.isEmpty else { return }
    heap[0] = last
    var i = 0
    while true {
      var least = i
      for child in [2 * i + 1, 2 * i + 2] where child < heap.count && precedes(child, least) { least = child }
      if least == i { return }
      heap.swapAt(i, least)
      i = least
    }
  }
}
