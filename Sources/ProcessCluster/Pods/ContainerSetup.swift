import APIMachinery
import Client
import Formats
import Posix

// All that a container's manifest comes to on this machine: its words, its environment, its mounts, its handlers.

/// All that a container's manifest comes to on this machine.
public struct ContainerSetup {
  /// `command`, expanded; empty where the manifest leaves it to the image.
  public let command: [String]
  public let arguments: [String]
  public let environment: [(name: String, value: String)]
  public let mounts: [VolumeMount]
  /// What is to be told of it.
  public let notices: [ContainerNotice]
  private let literal: [String: String]

  /// The pod's volumes must have been prepared.
  /// - Parameters:
  ///   - port: the port that it was given; `PortWish` says whether it asks for one.
  ///   - seesMounts: whether it finds its volumes at their mountPath.
  public init(
    _ container: Value, of pod: Value, place: PodPlace, volumes: PodVolumes, port: UInt16?, seesMounts: Bool = false
  ) throws(ContainerProblem) {
    let maker = ContainerEnvironment(lister: volumes.lister, place: place)
    // A mount's path may hang on the environment, which names the mounts' paths.
    let isNeeded = container["volumeMounts"].items.contains { !$0["subPathExpr"].text.isEmpty }
    let variables = isNeeded ? try maker.make(for: container, of: pod, port: port).variables : []
    mounts = try volumes.mounts(of: container, variables: variables)
    // The first mount of a volume is the one that is told.
    let paths = seesMounts ? mounts.reversed().map { ($0.volume, $0.mountPath) } : volumes.paths(of: mounts)
    let outcome = try maker.make(for: container, of: pod, port: port, volumes: paths)
    environment = outcome.variables
    notices = outcome.notices
    literal = outcome.literal

    command = Expansion.expand(container["command"].items.map(\.text), in: outcome.named)
    arguments = Expansion.expand(container["args"].items.map(\.text), in: outcome.named)
  }

  /// A probe or a hook as it is to be run. As in Kubernetes, a command may name what stands literally in `env`; `$(POD_IP)` and `$(PORT)`
  /// in it and in what goes over the network are kctl's own.
  public func expanded(_ handler: Value) -> Value {
    var handler = handler
    if handler["exec"].object != nil {
      handler["exec", "command"] = .array(handler["exec"]["command"].items.map { .string(Expansion.expand($0.text) { literal[$0] }) })
    }
    for action in ["httpGet", "tcpSocket", "grpc"] where handler[action].object != nil {
      for field in ["path", "host", "service"] where handler[action][field].string != nil {
        handler[action, field] = .string(expandNetwork(handler[action][field].text))
      }
      if let text = handler[action]["port"].string {
        // A port may be any variable whose value stands in the manifest.
        let port = Expansion.expand(text) { literal[$0] }
        handler[action, "port"] = Int64(port).map(Value.int) ?? .string(port)
      }
      guard handler[action]["httpHeaders"].array != nil else { continue }
      handler[action, "httpHeaders"] = .array(
        handler[action]["httpHeaders"].items.map { header in
          var header = header
          header["value"] = .string(expandNetwork(header["value"].text))
          return header
        })
    }
    return handler
  }

  private func expandNetwork(_ text: String) -> String {
    // A path may well hold a $$ that is meant.
    guard text.utf8.contains(UInt8(ascii: "$")) else { return text }
    return ["POD_IP", "PORT"].reduce(text) { text, name in
      guard let value = environment.first(where: { $0.name == name })?.value else { return text }
      return ContainerSetup.replace("$(\(name))", in: text, by: value)
    }
  }

  private static func replace(_ word: String, in text: String, by value: String) -> String {
    var out: [UInt8] = []
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      if rest.starts(with: word.utf8) {
        out += value.utf8
        rest = rest.dropFirst(word.utf8.count)
      } else if let byte = rest.popFirst() {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
