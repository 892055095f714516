import API
import APIMachinery
import Client
import Formats
import Posix

// What comes next of watches and logs. A clock that runs by itself is waited for; a manual one is asked to jump.

extension RemoteClient {
  /// How long something that the server says it has sent may take to arrive.
  private static let longestDelivery = Duration.seconds(60)

  public func next(of streams: [any EventStream], until deadline: Instant?) throws(Status) -> Next {
    var manual = isManual
    while true {
      var live: [RemoteStream] = []
      for (i, stream) in streams.enumerated() {
        guard let stream = stream as? RemoteStream else { return .ended(i) }
        if stream.isCancelled { continue }
        // Of several streams of a manual cluster what came first must not decide: a step tells what has come of each.
        if !manual { stream.gather() }
        if let event = try stream.pop() { return .event(i, event) }
        if stream.isOver { return .ended(i) }
        live.append(stream)
      }
      if Terminal.isInterrupted { throw .unanswered("interrupted") }
      if manual {
        switch try step(live, until: deadline) {
        case "ready":
          manual = isManual
          continue
        case "deadline": return .deadline
        default: return .stuck
        }
      }
      let left = deadline.map { $0 - now }
      if let left, left <= .zero { return .deadline }
      if live.isEmpty, left == nil { return .stuck }
      _ = Socket.waitReadable(live.map(\.socket), nanoseconds: left?.nanoseconds)
    }
  }

  /// Lets a manual clock jump until one of the streams brings something, and waits until that is here. `ready` without anything new
  /// means that there is more to step through.
  private func step(_ streams: [RemoteStream], until deadline: Instant?) throws(Status) -> String {
    var body: Value = [
      "streams": .array(streams.map { ["name": .string($0.name), "seen": .int($0.seen)] })
    ]
    if let deadline { body["until"] = .int(deadline.nanoseconds) }
    let answer: Value
    do throws(Status) {
      answer = try create(RemoteClient.simulation, subresource: Wire.step, body, WriteOptions())
    } catch {
      // Somebody has let the clock follow the machine's meanwhile: it is waited for from now on.
      if !isManual { return "ready" }
      throw error
    }
    var brought = false
    for (stream, told) in zip(streams, answer["streams"].items) {
      let (seen, wasOver) = (stream.seen, stream.isOver)
      try receive(stream, told["sent"].int ?? 0, isOver: told["over"] == true)
      if stream.seen > seen || stream.isOver != wasOver { brought = true }
    }
    return brought ? "ready" : answer["result"].text
  }

  /// Reads until a stream has all that was sent.
  private func receive(_ stream: RemoteStream, _ sent: Int64, isOver: Bool) throws(Status) {
    let patience = (http.timeout ?? RemoteClient.longestDelivery).nanoseconds
    let begun = time.steady()
    while true {
      stream.gather()
      if stream.isOver || stream.seen >= sent && !isOver { return }
      let left = patience - (time.steady() - begun)
      guard left > 0 else { throw .unanswered("error: the server has sent what did not arrive in time") }
      if Terminal.isInterrupted { throw .unanswered("interrupted") }
      _ = Socket.waitReadable([stream.socket], nanoseconds: left)
    }
  }

  static var simulation: ObjectKey { ObjectKey(Kinds.simulation, "", Kinds.simulationName) }
}
