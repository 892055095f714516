import APIMachinery
import Arguments
import Formats

// The ports on a command line: `8080`, `8080:80`, `:80`, `8080:http`.

/// A port of this machine and the pod's port that it goes to.
struct PortPair: Hashable {
  /// 0: whichever is free.
  var local: UInt16
  let remote: UInt16
}

/// What the words for ports mean of a pod, or of a Service before it.
enum PortWords {
  /// Reads pairs of numbers.
  static func pairs(_ words: [String]) throws -> [PortPair] {
    try words.map { word in
      let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
      guard parts.count <= 2 else { throw Failure("invalid port format '\(word)'") }
      let local = parts.count == 2 && parts[0].isEmpty ? "0" : parts[0]
      let pair = PortPair(local: try number(local, "local"), remote: try number(parts[parts.count - 1], "remote"))
      guard pair.remote > 0 else { throw Failure("remote port must be > 0") }
      return pair
    }
  }

  private static func number(_ word: String, _ which: String) throws -> UInt16 {
    if let number = UInt16(word), !word.hasPrefix("+") { return number }
    let isNumber = !word.isEmpty && word.utf8.allSatisfy { (48...57).contains($0) }
    throw Failure(
      "error parsing \(which) port '\(word)': strconv.ParseUint: parsing \(Read.quoted(word)): \(isNumber ? "value out of range" : "invalid syntax")"
    )
  }

  private static func split(_ word: String) -> (local: String, remote: String) {
    let parts = word.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    return parts.count == 2 ? (parts[0], parts[1]) : (parts[0], parts[0])
  }

  // MARK: Of a pod

  /// The words with numbers for the names of a pod's ports.
  static func ofPod(_ words: [String], _ pod: Value) throws -> [String] {
    let named = { try container(pod, named: $0) }
    try refuseDatagrams(words, containers(pod, ["containers"]).map { ($0["containerPort"].int ?? 0, $0["protocol"].text) }, named)
    return try words.map { word in
      let (local, remote) = split(word)
      let number = Int64(remote) == nil ? String(try container(pod, named: remote)) : remote
      return local == remote ? number : "\(local):\(number)"
    }
  }

  /// A port of a pod's containers by its name.
  private static func container(_ pod: Value, named name: String) throws -> Int64 {
    for port in containers(pod, ["containers", "initContainers"]) where port["name"].text == name {
      if let number = port["containerPort"].int { return number }
    }
    throw Failure("Pod '\(pod.name)' does not have a named port '\(name)'")
  }

  private static func containers(_ pod: Value, _ lists: [String]) -> [Value] {
    lists.flatMap { pod["spec"][$0].items }.flatMap { $0["ports"].items }
  }

  // MARK: Of a Service

  /// The words with the ports of a pod for those of a Service before it.
  static func ofService(_ words: [String], _ service: Value, _ pod: Value) throws -> [String] {
    let named = { try port(of: service, named: $0) }
    try refuseDatagrams(words, service["spec"]["ports"].items.map { ($0["port"].int ?? 0, $0["protocol"].text) }, named)
    return try words.map { word in
      var (local, remote) = split(word)
      let number: Int64
      if let given = Int64(remote) {
        number = given
      } else {
        number = try port(of: service, named: remote)
        if local == remote { local = String(number) }
      }
      remote = String(try target(of: number, service, pod))
      return local == remote ? remote : "\(local):\(remote)"
    }
  }

  private static func port(of service: Value, named name: String) throws -> Int64 {
    for port in service["spec"]["ports"].items where port["name"].text == name { if let number = port["port"].int { return number } }
    throw Failure("Service '\(service.name)' does not have a named port '\(name)'")
  }

  private static func target(of number: Int64, _ service: Value, _ pod: Value) throws -> Int64 {
    guard let port = service["spec"]["ports"].items.first(where: { $0["port"].int == number }) else {
      throw Failure("Service \(service.name) does not have a service port \(number)")
    }
    if service["spec"]["clusterIP"] == "None" { return number }
    if let name = port["targetPort"].string { return try container(pod, named: name) }
    let target = port["targetPort"].int ?? 0
    return target == 0 ? number : target
  }

  // MARK: What can't be forwarded

  private static func refuseDatagrams(_ words: [String], _ ports: [(Int64, String)], _ named: (String) throws -> Int64) throws {
    let streams = Set(ports.filter { $0.1 == "TCP" || $0.1.isEmpty }.map(\.0))
    let datagrams = Set(ports.filter { $0.1 == "UDP" }.map(\.0)).subtracting(streams)
    for word in words {
      let remote = split(word).remote
      if datagrams.contains(try Int64(remote) ?? named(remote)) { throw Failure("UDP protocol is not supported for \(remote)") }
    }
  }
}
