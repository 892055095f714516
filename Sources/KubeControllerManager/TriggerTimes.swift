import APIMachinery
import Formats

// When what changed a Service's endpoints happened: endpoints.kubernetes.io/last-change-trigger-time.

/// Remembers the pods' last transitions of each Service since the process began.
final class TriggerTimes {
  static let annotation = "endpoints.kubernetes.io/last-change-trigger-time"

  private var services: [String: [String: Instant]] = [:]

  func forget(_ key: String) { services[key] = nil }

  /// The earliest of the transitions that are new since the last call; nil where none is.
  /// - Parameter known: what stands on the stored object, for a Service not seen since the process began.
  func trigger(_ key: String, _ service: Value, _ pods: [Value], known: Value?, now: Instant) -> Instant? {
    var times: [String: Instant] = [:]
    for pod in pods { times[pod.name] = pod.readyTransition }
    let before = services.updateValue(times, forKey: key)
    guard let before else {
      guard let known else { return service.creationTime }
      let since = known.annotation(TriggerTimes.annotation).flatMap(Instant.init(rfc3339:)) ?? now - .seconds(2)
      return times.values.filter { $0 > since }.min()
    }
    var earliest: Instant?
    for pod in pods {
      guard let time = times[pod.name], before[pod.name].map({ time > $0 }) ?? true else { continue }
      earliest = earliest.map { min($0, time) } ?? time
    }
    return earliest
  }
}
