import Formats
import Testing

@testable import CLI

/// Rules that a cluster with roles answers: a line for each resource and name, one for each path and verb, in kubectl's order.
@Test func accessRulesAreListedOneByOne() {
  let status: Value = [
    "resourceRules": [
      ["verbs": ["get"], "apiGroups": [""], "resources": ["pods/log", "pods"]],
      ["verbs": ["get", "list"], "apiGroups": ["batch"], "resources": ["jobs"], "resourceNames": ["nightly"]],
      ["verbs": ["list"], "apiGroups": [""], "resources": ["pods"]],
    ],
    "nonResourceRules": [["verbs": ["get"], "nonResourceURLs": ["/version", "/apis/*"]]],
  ]
  #expect(
    AccessRule.compact(status).map(\.cells) == [
      ["pods", "[]", "[]", "[get list]"], ["jobs.batch", "[]", "[nightly]", "[get list]"], ["", "[/apis/*]", "[]", "[get]"],
      ["", "[/version]", "[]", "[get]"], ["pods/log", "[]", "[]", "[get]"],
    ])
}
