// Tells what happened: the workers' event recorder.

import API
import APIMachinery
import Client
import Formats

extension Store: EventRecorder {
  public func event(
    _ object: Value, _ type: EventType, _ reason: String, _ message: String, source: String, host: String, fieldPath: String,
    style: EventStyle
  ) {
    let outcome = eventLog.record(
      object, type, reason, message, source: source, host: host, fieldPath: fieldPath, style: style, now: now, revision: revision + 1)
    let verb: Change.Verb
    let index: Int
    switch outcome {
    case .heldBack: return
    case .added(let i): (verb, index) = (.added, i)
    case .changed(let i): (verb, index) = (.modified, i)
    }
    revision += 1
    guard let table = table(Kinds.event), !table.streams.isEmpty else { return }
    let value = eventLog.value(index)
    for stream in table.streams { stream.see(verb, namespace: value.namespace, old: verb == .added ? Value?.none : value, new: value) }
  }
}
