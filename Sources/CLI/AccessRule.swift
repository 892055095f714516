import Formats

// What somebody may do, as a list for people.

/// One line of what is allowed: verbs on one resource (and perhaps one name), or one verb on one path.
struct AccessRule: Equatable {
  var verbs: [String]
  var group: String?
  var resource: String?
  var name: String?
  var path: String?

  /// The rules of a SelfSubjectRulesReview's status taken apart by resource, name and path, in the order of kubectl's list.
  static func compact(_ status: Value) -> [AccessRule] {
    var rules: [AccessRule] = []
    for given in status["resourceRules"].items {
      let names = given["resourceNames"].items.map(\.string)
      for group in given["apiGroups"].items {
        for resource in given["resources"].items {
          for name in names.isEmpty ? [nil] : names {
            let verbs = given["verbs"].items.map(\.text)
            if let same = rules.firstIndex(where: { $0.group == group.text && $0.resource == resource.text && $0.name == name }) {
              rules[same].verbs += verbs
            } else {
              rules.append(AccessRule(verbs: verbs, group: group.text, resource: resource.text, name: name))
            }
          }
        }
      }
    }
    for given in status["nonResourceRules"].items {
      for path in given["nonResourceURLs"].items {
        for verb in given["verbs"].items { rules.append(AccessRule(verbs: [verb.text], path: path.text)) }
      }
    }
    return rules.enumerated().sorted { a, b in
      let (x, y) = (a.element.order, b.element.order)
      return x == y ? a.offset < b.offset : Members.precedes(x, y)
    }.map(\.element)
  }

  /// What rules are sorted by: the rule as Go writes it.
  private var order: String {
    "Verbs:\(list(verbs)),APIGroups:\(list(group)),Resources:\(list(resource)),ResourceNames:\(list(name)),NonResourceURLs:\(list(path)),"
  }

  var cells: [String] {
    let parts = (resource ?? "").split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let group = group.map { $0.isEmpty ? "" : ".\($0)" } ?? ""
    let place = "\(parts.first ?? "")\(group)" + (parts.count > 1 ? "/\(parts[1])" : "")
    return [place, list(path), list(name), list(verbs)]
  }

  private func list(_ word: String?) -> String { list(word.map { [$0] } ?? []) }
  private func list(_ words: [String]) -> String { "[\(words.joined(separator: " "))]" }
}
