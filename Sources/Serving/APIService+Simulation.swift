import API
import APIMachinery
import Client
import Formats
import HTTP

// What another kctl asks of a simulated cluster beyond Kubernetes' API.

extension APIService {
  /// Answers what `Wire` names; nil: it is an ordinary request.
  func simulation(_ call: Call, _ request: Request, _ query: Query) throws(Status) -> Response? {
    switch (call.target.subresource, call.verb) {
    case (Wire.step, .create): return Answers.object(try step(try Bodies.options(request)))
    case (Wire.reset, .create):
      let body = try Bodies.options(request)
      let seed = try body["seed"].string.map { text throws(Status) in
        guard let seed = UInt64(text) else { throw Status(.badRequest, "seed: \(JSON.quoted(text)) is no number") }
        return seed
      }
      try cluster.reset(nodes: body["nodes"].array, seed: seed)
      feeds.breakOff(APIService.replaced)
      return Answers.object(try cluster.get(call.key, subresource: nil), status: 201)
    case (Wire.state, .get): return Answers.object(try cluster.export())
    case (Wire.state, .update):
      try cluster.importState(try Bodies.options(request))
      feeds.breakOff(APIService.replaced)
      return Answers.object(try cluster.get(call.key, subresource: nil))
    case (Wire.nodes, .get):
      let count = try query.number("count") ?? 3
      guard (1...5000).contains(count) else { throw Status(.badRequest, "count: expected a number from 1 to 5000") }
      return Answers.object([
        "kind": "NodeList", "apiVersion": "v1", "metadata": [:], "items": .array(try cluster.standardNodes(Int(count))),
      ])
    default: return nil
    }
  }

  private static let replaced = Status(.expired, "the cluster was replaced by another")

  /// How many events one step lets pass before it answers, so that others get their turn.
  private static let longestStep = 2000

  /// Lets a manual clock jump until one of the named streams brings something. Where that takes long, the answer is `ready` with nothing
  /// new: the client asks again.
  private func step(_ body: Value) throws(Status) -> Value {
    guard !cluster.followsMachine else { throw Status(.conflict, "the clock follows the machine's: there is nothing to step") }
    // As far as a cluster's time may be advanced at once.
    let until = body["until"].int.map { min(Instant(nanoseconds: $0), cluster.now + .seconds(400 * 86400)) }
    let asked = body["streams"].items.map { (name: $0["name"].text, seen: Int(clamping: $0["seen"].int ?? 0)) }
    var result = "ready"
    for _ in 0..<APIService.longestStep {
      cluster.catchUp()
      feeds.deliver()
      var wake = until
      func consider(_ time: Instant?) {
        if let time { wake = wake.map { min($0, time) } ?? time }
      }
      var isReady = false
      for one in asked {
        guard let standing = feeds.standing(one.name), !standing.isOver, standing.sent == one.seen else {
          isReady = true
          break
        }
        consider(standing.due)
      }
      if isReady { break }
      if let until, until <= cluster.now {
        result = "deadline"
        break
      }
      consider(cluster.nextDue)
      guard let wake else {
        result = "stuck"
        break
      }
      cluster.jump(to: wake)
    }
    let streams = asked.map { one -> Value in
      let standing = feeds.standing(one.name)
      return [
        "name": .string(one.name), "sent": Value(standing?.sent ?? one.seen), "over": .bool(standing?.isOver ?? true),
      ]
    }
    return ["result": .string(result), "streams": .array(streams)]
  }
}
