import APIMachinery
import Client
import Formats

// Waiting for an object to become something.

/// Follows one object through its changes.
struct Follower {
  /// What a change of the object means to who waits.
  enum Judgement { case done, goOn }
  /// How following ended.
  enum End { case done, deadline, stuck }

  let session: Session
  let kind: Kind
  let namespace: String
  let name: String
  /// When to give up; nil: never.
  var deadline: Instant?

  init(_ session: Session, _ item: Item, timeout: Duration?) throws {
    self.session = session
    kind = item.kind
    namespace = item.namespace
    name = item.name
    deadline = try timeout.map { try session.client().now + $0 }
  }

  /// Hands on the object as it is now (nil: it is not there) and at each change until `judge` is content.
  func follow(_ judge: (Value?) throws -> Judgement) throws -> End {
    let client = try session.client()
    var options = ListOptions()
    options.fieldSelector = "metadata.name=\(name)"
    while true {
      let list = try client.list(kind, namespace: kind.namespaced ? namespace : nil, options)
      if try judge(list.items.first) == .done { return .done }
      options.resourceVersion = list.resourceVersion
      let stream = try client.watch(kind, namespace: kind.namespaced ? namespace : nil, options)
      defer { stream.cancel() }
      listening: while true {
        switch try session.next(of: [stream], until: deadline) {
        case .event(_, .added(let object)), .event(_, .modified(let object)):
          if try judge(object) == .done { return .done }
        case .event(_, .deleted):
          if try judge(nil) == .done { return .done }
        case .event(_, .error), .ended: break listening
        case .event: break
        case .deadline: return .deadline
        case .stuck: return .stuck
        }
      }
      options.resourceVersion = ""
    }
  }
}

extension Session {
  /// The failure of a wait that nothing can end.
  static func stuck(_ text: String) -> Failure {
    Failure(text, hints: ["the clock is manual and nothing that is due can end this wait"])
  }

  /// Shows on a terminal what is waited for.
  func waiting(for text: String) {
    if console.errorIsTerminal { console.complain("\r\u{1B}[K\(text) …") }
  }

  /// Takes away what `waiting` showed.
  func waited() {
    if console.errorIsTerminal { console.complain("\r\u{1B}[K") }
  }
}
