// What the subresources of the kinds' rows are over HTTP.

import API
import APIMachinery
import Formats

extension OpenAPI {
  /// The part of an object that a subresource is, as a row: which verbs it has, what is sent and what comes back.
  struct Part {
    let verbs: [Verb]
    /// nil: the object itself.
    var content: Content?
    /// nil: what was sent.
    var answer: Content?
    /// The kind of what is sent; nil: the object's own.
    var kind: Value?
    var reading: [Parameter] = []
    var answerTypes = ["application/json"]

    static func named(_ name: String) -> Part {
      switch name {
      case "status": Part(verbs: [.get, .update, .patch])
      case "finalize": Part(verbs: [.update])
      case "scale": of(Model.of(Kinds.scale), verbs: [.get, .update, .patch])
      case "binding": of(Model.of(Kinds.binding), verbs: [.create], answer: .model(.status))
      case "eviction": of(.eviction, verbs: [.create], answer: .model(.status))
      case "log": Part(verbs: [.get], answer: .plain("string"), reading: Parameter.logs, answerTypes: ["text/plain"])
      case "attach", "exec", "portforward": Part(verbs: [.get, .create], content: .plain("string"), answer: .plain("string"))
      default: Part(verbs: [.create], content: .plain("object"))
      }
    }

    private static func of(_ model: Model, verbs: [Verb], answer: Content? = nil) -> Part {
      Part(verbs: verbs, content: .model(model), answer: answer, kind: model.kinds.first)
    }
  }
}
