// Which number each field has on the wire: the one thing about protobuf that the kinds' tables don't say.

/// The numbers of the definitions' fields, read from the tables beside this file.
///
/// A line names a definition and its fields; a line that begins with a space goes on with the last one. `exec=1.1` is field 1 of
/// a message that is field 1: what Go writes as embedded structures, JSON writes flat and protobuf does not. `kind` and `apiVersion`
/// have no numbers: they stand in the envelope (`ProtobufBody`).
enum FieldNumbers {
  /// What the fields of one message are.
  struct Message: Sendable {
    fileprivate(set) var parts: [Part?] = []

    /// The part of a number; nil where there is none.
    subscript(number: Int) -> Part? { parts.indices.contains(number) ? parts[number] : nil }

    fileprivate mutating func add(_ name: String, _ path: ArraySlice<Int>) {
      guard let number = path.first, number > 0 else { return }
      while parts.count <= number { parts.append(nil) }
      guard path.count > 1 else {
        parts[number] = .field(name)
        return
      }
      var inner = Message()
      if case .embedded(let message)? = parts[number] { inner = message }
      inner.add(name, path.dropFirst())
      parts[number] = .embedded(inner)
    }
  }

  indirect enum Part: Sendable {
    case field(String)
    /// A message whose fields are, in JSON, those of the message around it.
    case embedded(Message)
  }

  /// By the definition's name.
  static let messages: [String: Message] = {
    var messages: [String: Message] = [:]
    for table in [core, meta, apps, authentication, authorization, autoscaling, coordination, discovery, policy] {
      var name = ""
      for line in table.split(separator: "\n") {
        var words = line.split(separator: " ")[...]
        if !line.hasPrefix(" "), let first = words.popFirst() { name = String(first) }
        for word in words {
          guard let equals = word.firstIndex(of: "=") else { continue }
          let path = word[word.index(after: equals)...].split(separator: ".").compactMap { Int($0) }
          messages[name, default: Message()].add(String(word[..<equals]), path[...])
        }
      }
    }
    return messages
  }()
}
