// `$(NAME)` in a container's command, args and env, as Kubernetes expands it.

/// Kubernetes' `$(NAME)`: replaced where NAME is known, left as it stands where it isn't; `$$` is a `$` that begins nothing.
public enum Expansion {
  /// Expands one text, once: what comes in by a variable is not looked at again.
  public static func expand(_ text: String, _ value: (String) -> String?) -> String {
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    let bytes = Array(text.utf8)
    var out: [UInt8] = []
    var at = 0
    while at < bytes.count {
      guard bytes[at] == UInt8(ascii: "$"), at + 1 < bytes.count else {
        out.append(bytes[at])
        at += 1
        continue
      }
      switch bytes[at + 1] {
      case UInt8(ascii: "$"):
        out.append(UInt8(ascii: "$"))
        at += 2
      case UInt8(ascii: "("):
        guard let end = bytes[(at + 2)...].firstIndex(of: UInt8(ascii: ")")) else {
          out += bytes[at..<(at + 2)]
          at += 2
          continue
        }
        let name = String(decoding: bytes[(at + 2)..<end], as: UTF8.self)
        out += value(name).map { Array($0.utf8) } ?? Array(bytes[at...end])
        at = end + 1
      default:
        out += bytes[at..<(at + 2)]
        at += 2
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  public static func expand(_ texts: [String], in environment: [(name: String, value: String)]) -> [String] {
    let values = Dictionary(environment.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
    return texts.map { expand($0) { values[$0] } }
  }

  /// The environment that a container's `env` makes over what is there before it: Services' variables and `envFrom`. Each value sees those
  /// before it, and the last of several with one name stands, in the place of the first.
  public static func environment(
    _ declared: [(name: String, value: String)], over inherited: [(name: String, value: String)]
  ) -> [(name: String, value: String)] {
    var out: [(name: String, value: String)] = []
    var places: [String: Int] = [:]
    func set(_ name: String, _ value: String) {
      if let place = places[name] {
        out[place].value = value
      } else {
        places[name] = out.count
        out.append((name, value))
      }
    }
    for (name, value) in inherited { set(name, value) }
    for (name, value) in declared { set(name, expand(value) { places[$0].map { out[$0].value } }) }
    return out
  }
}
