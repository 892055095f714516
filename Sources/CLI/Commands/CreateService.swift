import APIMachinery
import Arguments
import Client
import Formats

// kctl create service: Services from flags.

/// `kctl create service`
enum CreateService {
  struct Options: Sendable {
    var making = MakingOptions()
    var tcp: [String] = []
    var clusterIP = ""
    var nodePort: Int32 = 0
    var externalName = ""
  }

  static var row: Command<Session> {
    Command(
      "service", aliases: ["svc"], "Create a service using a specified subcommand",
      commands: [
        subcommand(
          "clusterip", "ClusterIP", "Create a ClusterIP service",
          [.text("clusterip", nil, \.clusterIP, value: "IP", "the address, or None for a headless service; chosen where empty")],
          "kctl create service clusterip web --tcp=80:8080"),
        subcommand(
          "externalname", "ExternalName", "Create an ExternalName service",
          [.text("external-name", nil, \.externalName, value: "NAME", required: true, "the name that the service stands for")],
          "kctl create service externalname db --external-name=db.example.com"),
        subcommand(
          "loadbalancer", "LoadBalancer", "Create a LoadBalancer service", [], "kctl create service loadbalancer web --tcp=80"),
        subcommand(
          "nodeport", "NodePort", "Create a NodePort service",
          [.number("node-port", nil, \.nodePort, value: "PORT", default: "0", "the port on each node; 0 chooses one")],
          "kctl create service nodeport web --tcp=80"),
      ])
  }

  private static func subcommand(
    _ name: String, _ type: String, _ summary: String, _ flags: @escaping @Sendable @autoclosure () -> [Flag<Options>], _ example: String
  ) -> Command<Session> {
    Command(
      name, summary, usage: "NAME [--tcp=PORT:TARGET]", examples: [Example(summary.replacing("Create a", with: "A"), example)],
      options: { Options() },
      flags: {
        MakingOptions.flags("kubectl-create").inside(\Options.making) + [
          .list("tcp", nil, \.tcp, value: "PORT[:TARGET]", "the service's ports and where they lead")
        ] + flags()
      },
      run: { try run($0, try oneName($1, "create service \(name)"), type, $2) })
  }

  static func run(_ options: Options, _ name: String, _ type: String, _ session: Session) throws {
    if options.clusterIP == "None", !options.tcp.isEmpty { throw Failure("can not map ports when clusterip=None") }
    if options.clusterIP != "None", options.tcp.isEmpty, type != "ExternalName" {
      throw Failure("at least one tcp port specifier must be provided")
    }
    var ports: [Value] = []
    for text in options.tcp {
      let (port, target) = try port(text)
      var one: Value = ["name": .string(text.replacing(":", with: "-")), "port": port, "protocol": "TCP", "targetPort": target]
      if type == "NodePort", options.nodePort != 0 { one["nodePort"] = .int(Int64(options.nodePort)) }
      ports.append(one)
    }
    let labels: Value = ["app": .string(name)]
    var spec: Value = ["selector": labels, "type": .string(type)]
    if !ports.isEmpty { spec["ports"] = .array(ports) }
    if !options.clusterIP.isEmpty { spec["clusterIP"] = .string(options.clusterIP) }
    if !options.externalName.isEmpty { spec["externalName"] = .string(options.externalName) }
    try Maker(session, options.making).make(
      apiVersion: "v1", kind: "Service",
      [
        "metadata": ["creationTimestamp": nil, "labels": labels, "name": .string(name)], "spec": spec, "status": ["loadBalancer": [:]],
      ], failing: "failed to create \(type) service:")
  }

  /// `80`, `80:8080`, `80:http`
  private static func port(_ text: String) throws -> (Value, Value) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard let number = UInt32(parts[0]), number <= 65535 else {
      let why = parts[0].isEmpty || !parts[0].allSatisfy(\.isNumber) ? "invalid syntax" : "value out of range"
      throw Failure("strconv.ParseUint: parsing \(Read.quoted(parts[0])): \(why)")
    }
    let port = Value.int(Int64(number))
    guard parts.count > 1 else { return (port, port) }
    if let target = Int64(parts[1]) {
      let problems = Names.portNumber(target)
      if !problems.isEmpty { throw Failure(problems.joined(separator: ",")) }
      return (port, .int(target))
    }
    let problems = Names.portName(parts[1])
    if !problems.isEmpty { throw Failure(problems.joined(separator: ",")) }
    return (port, .string(parts[1]))
  }
}
