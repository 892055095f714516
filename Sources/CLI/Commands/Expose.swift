import APIMachinery
import Arguments
import Client
import Formats

// kctl expose: a Service for what is there.

/// `kctl expose`
enum ExposeCommand {
  struct Options: Sendable {
    var files = FileOptions()
    var making = MakingOptions()
    var overrides = Overrides()
    var name = ""
    var port = ""
    var targetPort = ""
    var transport = ""
    var type = ""
    var labels = ""
    var selector = ""
    var externalIP = ""
    var loadBalancerIP = ""
    var clusterIP = ""
    var affinity = ""
  }

  static var row: Command<Session> {
    Command(
      "expose", "Make a service for a pod, service, deployment or replica set", section: CommandTable.Section.basic,
      usage: "(-f FILE | TYPE NAME) [--port=PORT] [--target-port=PORT]",
      about: "The service selects what the object selects. Without --port it has the ports of the object's containers.",
      examples: [Example("Serve a Deployment's port 8080 on port 80", "kctl expose deploy/web --port=80 --target-port=8080")],
      completes: .asked("resources"), options: { Options() }, flags: { flags }, run: { try run($0, $1.words, $2) })
  }

  static var flags: [Flag<Options>] {
    FileOptions.flags("what to expose").inside(\.files) + MakingOptions.flags("kubectl-expose").inside(\.making)
      + Overrides.flags.inside(\.overrides) + [
        .text("name", nil, \.name, value: "NAME", "the service's name; that of the object where it is not given"),
        .text("port", nil, \.port, value: "PORT", "the service's port"),
        .text("target-port", nil, \.targetPort, value: "PORT", "the container's port, by number or name"),
        .text("protocol", nil, \.transport, value: "TCP|UDP|SCTP", completes: .words(["TCP", "UDP", "SCTP"]), "the port's protocol"),
        .text(
          "type", nil, \.type, value: "TYPE", completes: .words(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"]),
          "the service's type"),
        .text("labels", "l", \.labels, value: "KEY=VALUE,...", "the service's labels; those of the object where they are not given"),
        .text("selector", nil, \.selector, value: "KEY=VALUE,...", "which pods the service is for"),
        .text("external-ip", nil, \.externalIP, value: "ADDRESS", "a further address that the service answers on"),
        .text("load-balancer-ip", nil, \.loadBalancerIP, value: "ADDRESS", "the address asked of a load balancer"),
        .text("cluster-ip", nil, \.clusterIP, value: "ADDRESS", "the service's address; None for a headless one"),
        .text(
          "session-affinity", nil, \.affinity, value: "None|ClientIP", completes: .words(["None", "ClientIP"]),
          "how clients stay with a pod"),
      ]
  }

  static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    var query = ResourceQuery(session)
    query.words = words
    query.files = options.files
    query.latest = true
    let maker = try Maker(session, options.making)
    let found = try query.find()
    try found.visit { item in
      guard let object = item.object else { return }
      var service = try self.service(item, object, options)
      service = try options.overrides.applied(to: service, apiVersion: "v1", kind: "Service", session)
      guard let kind = try session.resources().kind(apiVersion: "v1", kind: "Service") else {
        throw Failure("services are not served here")
      }
      if session.namespaceIsGiven || maker.dryRun != .client { service["metadata", "namespace"] = .string(item.namespace) }
      if maker.dryRun == .client, !session.namespaceIsGiven { service["metadata"].remove("namespace") }
      if options.making.saveConfig { service = ApplyCommand.annotated(service) }
      var made = Item(kind, namespace: item.namespace, name: service.name, object: service)
      if maker.dryRun != .client {
        made.object = try session.client().create(kind, namespace: item.namespace, service, maker.write)
      }
      try maker.printer.print(made, "exposed", typed: true)
    }
  }

  private static func service(_ item: Item, _ object: Value, _ options: Options) throws -> Value {
    let selector: Value
    if !options.selector.isEmpty {
      selector = try Pairs.parse(options.selector)
    } else {
      selector = try self.selector(of: object)
    }
    let ports = try self.ports(object, options)
    var name = options.name.isEmpty ? object.name : options.name
    if name.utf8.count > 63 { name = String(name.prefix(63)) }
    var metadata: Value = ["creationTimestamp": nil, "name": .string(name)]
    let labels = options.labels.isEmpty ? object["metadata"]["labels"] : try Pairs.parse(options.labels)
    if !labels.members.isEmpty { metadata["labels"] = labels }
    var spec: Value = ["ports": .array(ports), "selector": selector]
    for (key, text) in [
      ("type", options.type), ("loadBalancerIP", options.loadBalancerIP), ("clusterIP", options.clusterIP),
      ("sessionAffinity", options.affinity),
    ]
    where !text.isEmpty { spec[key] = .string(text) }
    if !options.affinity.isEmpty, !["None", "ClientIP"].contains(options.affinity) {
      throw Failure("unknown session affinity: \(options.affinity)")
    }
    if !options.externalIP.isEmpty { spec["externalIPs"] = [.string(options.externalIP)] }
    return ["apiVersion": "v1", "kind": "Service", "metadata": metadata, "spec": spec, "status": ["loadBalancer": [:]]]
  }

  private static func selector(of object: Value) throws -> Value {
    switch object.kind {
    case "ReplicationController", "Service":
      if object["spec"]["selector"].members.isEmpty { throw Failure("the service has no pod selector set") }
      return object["spec"]["selector"]
    case "Pod":
      if object.labels.isEmpty { throw Failure("the pod has no labels and cannot be exposed") }
      return object["metadata"]["labels"]
    case "Deployment", "ReplicaSet":
      let wanted = object["spec"]["selector"]
      if !wanted["matchExpressions"].items.isEmpty {
        throw Failure(
          "couldn't retrieve selectors via --selector flag or introspection: couldn't convert expressions - \"\(wanted["matchExpressions"].goValue)\" to map-based selector format"
        )
      }
      if wanted["matchLabels"].members.isEmpty {
        throw Failure(
          "couldn't retrieve selectors via --selector flag or introspection: invalid deployment: no selectors, therefore cannot be exposed")
      }
      return wanted["matchLabels"]
    default: throw Failure("cannot expose a \(object.kind)")
    }
  }

  private static func ports(_ object: Value, _ options: Options) throws -> [Value] {
    /// What the object's containers, or the service, listen on.
    let own: [Value]
    switch object.kind {
    case "Service": own = object["spec"]["ports"].items.map { ["number": $0["port"], "protocol": $0["protocol"]] }
    default:
      let spec = object.kind == "Pod" ? object["spec"] : object["spec"]["template"]["spec"]
      own = spec["containers"].items.flatMap { $0["ports"].items }.map { ["number": $0["containerPort"], "protocol": $0["protocol"]] }
    }
    var numbers = options.port.split(separator: ",").map(String.init)
    if numbers.isEmpty {
      if own.isEmpty { throw Failure("couldn't find port via --port flag or introspection") }
      numbers = own.map { $0["number"].goValue }
    }
    return try numbers.enumerated().map { i, text in
      guard let number = Int64(text) else { throw Failure("strconv.Atoi: parsing \(Read.quoted(text)): invalid syntax") }
      let known = own.first { $0["number"].int == number }?["protocol"].text ?? ""
      let transport = options.transport.isEmpty ? (known.isEmpty ? "TCP" : known) : options.transport
      var port: Value = ["port": .int(number), "protocol": .string(transport)]
      if numbers.count > 1 { port["name"] = .string("port-\(i + 1)") }
      if options.targetPort.isEmpty {
        port["targetPort"] = .int(number)
      } else {
        port["targetPort"] = Int64(options.targetPort).map(Value.int) ?? .string(options.targetPort)
      }
      return port
    }
  }
}
