import APIMachinery
import Formats

// An object of a kind without a description of its own: its tree, with readable titles.

extension DescribeText {
  mutating func any(_ object: Value) {
    heading(object)
    tree(
      object, level: 0, at: "",
      except: [".metadata.managedFields", ".metadata.name", ".metadata.namespace", ".metadata.labels", ".metadata.annotations"])
  }

  private mutating func tree(_ value: Value, level: Int, at path: String, except: [String]) {
    for member in value.members {
      let here = "\(path).\(member.key)"
      if except.contains(here) { continue }
      let title = DescribeText.title(member.key)
      switch member.value {
      case .object:
        line(level, "\(title):")
        tree(member.value, level: level + 1, at: here, except: except)
      case .array(let items):
        line(level, "\(title):")
        for item in items {
          if case .object = item {
            tree(item, level: level + 1, at: here, except: except)
          } else {
            line(level + 1, item.goValue)
          }
        }
      case let scalar:
        line(level, "\(title):\t\(scalar.goValue)")
      }
    }
  }

  /// `creationTimestamp` as `Creation Timestamp`, `uid` as `UID`; a name with other characters than letters and dashes stays.
  static func title(_ field: String) -> String {
    guard field.allSatisfy({ $0.isLetter || $0 == "-" }) else { return field }
    let acronyms = ["API", "URL", "UID", "OSB", "GUID"]
    return camelWords(field).map { word in
      let upper = word.uppercased()
      if acronyms.contains(upper) { return upper }
      return word.prefix(1).uppercased() + word.dropFirst()
    }.joined(separator: " ")
  }

  /// `clusterIPs` as `cluster`, `I`, `Ps`…: runs of one case, an upper-case letter before lower-case ones going with them.
  private static func camelWords(_ text: String) -> [String] {
    enum Class { case lower, upper, other }
    func kind(_ c: Character) -> Class { c.isLowercase ? .lower : c.isUppercase ? .upper : .other }
    var runs: [(kind: Class, text: String)] = []
    for c in text {
      if let last = runs.last, last.kind == kind(c) { runs[runs.count - 1].text.append(c) } else { runs.append((kind(c), String(c))) }
    }
    for i in runs.indices.dropLast() where runs[i].kind == .upper && runs[i + 1].kind == .lower {
      let moved = runs[i].text.removeLast()
      runs[i + 1].text.insert(moved, at: runs[i + 1].text.startIndex)
    }
    return runs.map(\.text).filter { !$0.isEmpty }
  }
}
