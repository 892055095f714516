import Formats

// Which port a container's PORT is: one that it names, or one that it asks for.

/// Which port a container's `PORT` is.
public enum PortWish: Equatable, Sendable {
  /// The first that it names in `ports`.
  case named(UInt16)
  /// It names none and asks for PORT: it is to be given a free one.
  case anyFree
  /// It does not care, or has a PORT of its own.
  case none

  public init(_ container: Value) {
    let own = container["env"].items.first { $0["name"].text == "PORT" }
    let isOwn = own.map { !$0["value"].text.isEmpty || !$0["valueFrom"].isNull } ?? false
    if isOwn {
      self = .none
    } else if let port = container["ports"].items.lazy.compactMap({ $0["containerPort"].int }).first.flatMap({ UInt16(exactly: $0) }) {
      self = .named(port)
    } else {
      self = own != nil || PortWish.mentions(container) ? .anyFree : .none
    }
  }

  /// Whether anything that is expanded, or handed to a shell, names PORT.
  private static func mentions(_ container: Value) -> Bool {
    var texts = container["command"].items + container["args"].items + container["env"].items.map { $0["value"] }
    for probe in ["livenessProbe", "readinessProbe", "startupProbe"] { texts.append(container[probe]) }
    for hook in ["preStop", "postStart"] { texts.append(container["lifecycle"][hook]) }
    return texts.contains(where: isMentioned)
  }

  private static func isMentioned(_ value: Value) -> Bool {
    switch value {
    case .string(let text): namesPort(text)
    case .array(let items): items.contains(where: isMentioned)
    case .object(let members): members.contains { isMentioned($0.value) }
    default: false
    }
  }

  /// `$(PORT)`, `$PORT` or `${PORT…`.
  private static func namesPort(_ text: String) -> Bool {
    var rest = text.utf8[...]
    while let dollar = rest.firstIndex(of: UInt8(ascii: "$")) {
      rest = rest[rest.index(after: dollar)...]
      let after = rest.first == UInt8(ascii: "(") || rest.first == UInt8(ascii: "{") ? rest.dropFirst() : rest
      if after.starts(with: "PORT".utf8), after.dropFirst(4).first.map({ !isNameByte($0) }) ?? true { return true }
    }
    return false
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte >= 48 && byte <= 57 || (byte | 32) >= 97 && (byte | 32) <= 122
  }
}
