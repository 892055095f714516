import APIMachinery
import Arguments
import Client
import Formats

// kctl port-forward: ports of this machine that lead to a pod.

/// `kctl port-forward`
enum PortForwardCommand {
  struct Options: Sendable {
    var addresses: [String] = []
    var podTimeout = Duration.seconds(60)
  }

  static var row: Command<Session> {
    Command(
      "port-forward", "Forward one or more local ports to a pod", section: CommandTable.Section.inspect,
      usage: "TYPE/NAME [LOCAL_PORT:]REMOTE_PORT ...",
      about:
        "The type is pod where it is left out. Of a workload or a Service one of its pods is chosen, and of a Service the port is that of the Service. Ports can be numbers or names. It goes on until it is interrupted; it ends where a connection to the pod fails.",
      examples: [
        Example("The same port here and in the pod", "kctl port-forward pod/web 8080"),
        Example("Another port, in a pod of a Deployment", "kctl port-forward deploy/web 8080:80"),
        Example("The port of a Service, by its name", "kctl port-forward svc/web 8080:http"),
        Example("Any free port", "kctl port-forward pod/web :80"),
      ], completes: .asked("port-forward"), options: { Options() }, flags: { flags }, run: { try run($0, $1.words, $2) })
  }

  static var flags: [Flag<Options>] {
    [
      Flag(
        FlagWords(
          "address", value: "ADDRESSES", default: "localhost",
          "where to listen, separated by commas: addresses, or localhost for 127.0.0.1 and ::1")
      ) { (options: inout Options, text: String) throws(ValueProblem) in options.addresses += try Read.commaList(text) },
      .duration("pod-running-timeout", nil, \.podTimeout, default: "1m0s", "how long to wait for a workload's first pod"),
    ]
  }

  private static func run(_ options: Options, _ words: [String], _ session: Session) throws {
    guard words.count >= 2, let name = words.first else {
      throw UsageFailure("TYPE/NAME and list of ports are required for port-forward", "port-forward")
    }
    guard options.podTimeout > .zero else { throw UsageFailure("--pod-running-timeout must be higher than zero", "port-forward") }
    var query = ResourceQuery(session)
    query.words = name.contains("/") ? [name] : ["pods", name]
    let found = try query.find()
    try Several.check(found.errors)
    guard let item = found.items.first, let object = item.object else { return }
    guard var pod = try WorkloadPods(session, patience: options.podTimeout).pod(of: item, to: "attach to") else { return }
    let ports = Array(words.dropFirst())
    let numbers = item.kind.name == "Service" ? try PortWords.ofService(ports, object, pod) : try PortWords.ofPod(ports, pod)
    let client = try session.client()
    pod = try client.get(ObjectKey(try kind(session), pod.namespace, pod.name), subresource: nil)
    guard pod["status"]["phase"] == "Running" else {
      throw Failure("unable to forward port because pod is not running. Current status=\(pod["status"]["phase"].text)")
    }
    let places = try ListenPlace.all(options.addresses.isEmpty ? ["localhost"] : options.addresses)
    let pairs = try PortWords.pairs(numbers)
    try check(pod, client)
    let forwarder = try PortForwarder(session, namespace: pod.namespace, pod: pod.name)
    try forwarder.listen(pairs, at: places)
    try forwarder.run()
  }

  private static func kind(_ session: Session) throws -> Kind { try session.resources().kind("pods") }

  /// Says what is wrong before anything is listened on.
  private static func check(_ pod: Value, _ client: any Client) throws {
    do throws(Status) {
      try client.checkPorts(namespace: pod.namespace, pod: pod.name)
    } catch {
      let text = error.message.hasPrefix("error: ") ? String(error.message.dropFirst(7)) : error.message
      throw Failure("error upgrading connection: \(text)", hints: error.hints)
    }
  }
}
