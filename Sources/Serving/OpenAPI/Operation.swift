// One thing that can be done at a path, before it is written in either version's words.

import Formats

extension OpenAPI {
  struct Operation {
    /// The HTTP method in lower case.
    let method: String
    /// `x-kubernetes-action`: `get`, `list`, `deletecollection` …
    let action: String
    /// `replaceAppsV1NamespacedDeployment`
    let id: String
    let summary: String
    /// `apps_v1`
    let tag: String
    /// `x-kubernetes-group-version-kind`
    let kind: Value
    let parameters: [Parameter]
    let body: Body?
    let answer: Answer
  }

  /// What is sent with a request.
  struct Body {
    let content: Content
    var types = ["*/*"]
    var required = true
  }

  /// What comes back when all went well.
  struct Answer {
    let content: Content
    var types = ["application/json"]
    let codes: [Int]
  }

  enum Content {
    case model(Model)
    /// Whatever a JSON type allows.
    case plain(String)
  }
}
