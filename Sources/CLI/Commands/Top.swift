import API
import APIMachinery
import Arguments
import Client
import Formats

// kctl top: what nodes and pods use.

/// `kctl top`
enum TopCommand {
  struct Options: Sendable {
    var selector = SelectorOptions()
    var containers = false
    var sum = false
    var capacity = false
    var sortBy = ""
    var noHeaders = false
  }

  static var row: Command<Session> {
    Command(
      "top", "Display resource (CPU/memory) usage", section: CommandTable.Section.cluster,
      about:
        "The cluster measures: one of real processes does it itself, Kubernetes needs its metrics-server. What is simulated uses nothing.",
      commands: [
        Command(
          "node", aliases: ["nodes", "no"], "Display resource (CPU/memory) usage of nodes", usage: "[NAME | -l label]",
          examples: [Example("How busy the nodes are", "kctl top node")], completes: .asked("nodes"), options: { Options() },
          flags: {
            [SelectorOptions.label.inside(\Options.selector)] + common + [
              .toggle("show-capacity", nil, \.capacity, "percentages of the capacity instead of what is allocatable")
            ]
          }, run: { try Top($0, $1.words, $2, "node").nodes() }),
        Command(
          "pod", aliases: ["pods", "po"], "Display resource (CPU/memory) usage of pods", usage: "[NAME | -l label]",
          examples: [
            Example("Whatever uses most memory, first", "kctl top pod -A --sort-by=memory"),
            Example("Each container of a Deployment's pods", "kctl top pod -l app=web --containers"),
          ], completes: .asked("pods"), options: { Options() },
          flags: {
            [SelectorOptions.label, SelectorOptions.field, SelectorOptions.everywhere].inside(\Options.selector) + common + [
              .toggle("containers", nil, \.containers, "each container in a line of its own"),
              .toggle("sum", nil, \.sum, "print the sum, too"),
            ]
          }, run: { try Top($0, $1.words, $2, "pod").pods() }),
      ])
  }

  private static var common: [Flag<Options>] {
    [
      .toggle("no-headers", nil, \.noHeaders, "leave the table's header out"),
      .text("sort-by", nil, \.sortBy, value: "cpu|memory", completes: .words(["cpu", "memory"]), "what uses most of it first"),
    ]
  }
}

/// One run of `kctl top`.
private struct Top {
  let options: TopCommand.Options
  let session: Session
  let name: String?
  let order: UsageOrder
  private let labels: String
  private let fields: String

  init(_ options: TopCommand.Options, _ words: [String], _ session: Session, _ what: String) throws {
    if words.count > 1 { throw UsageFailure("\(what) [NAME | -l label]", "top \(what)") }
    guard let order = UsageOrder(rawValue: options.sortBy) else { throw Failure("--sort-by accepts only cpu or memory") }
    if !words.isEmpty, !options.selector.labels.isEmpty || !options.selector.fields.isEmpty {
      throw Failure("only one of NAME or selector can be provided")
    }
    do throws(Malformed) {
      labels = try Selector(options.selector.labels).description
      fields = options.selector.fields
      _ = try FieldSelector(fields)
    } catch {
      throw Failure(error.message)
    }
    self.options = options
    self.session = session
    self.order = order
    name = words.first
  }

  // MARK: Nodes

  func nodes() throws {
    let metrics = try measured(Kinds.nodeMetrics, namespace: nil)
    if metrics.isEmpty { throw Failure("metrics not available yet") }
    let nodes = try find(Kinds.node, namespace: nil)
    let field = options.capacity ? "capacity" : "allocatable"
    let lines = metrics.map { object -> NodeUsage in
      let node = nodes.first { $0.name == object.name }
      return NodeUsage(object.name, MetricsV1beta1.Usage(object["usage"]), of: node.map { $0["status"][field] })
    }
    let silent = nodes.map(\.name).filter { name in !metrics.contains { $0.name == name } }
    session.console.write(UsageTable(order, headed: !options.noHeaders).nodes(lines, silent: silent))
  }

  // MARK: Pods

  func pods() throws {
    let everywhere = options.selector.allNamespaces
    let namespace = try session.namespace()
    let metrics = try measured(Kinds.podMetrics, namespace: everywhere ? nil : namespace)
    if metrics.isEmpty {
      try explain(try find(Kinds.pod, namespace: namespace))
      session.say(everywhere ? "No resources found" : "No resources found in \(namespace) namespace.")
      return
    }
    let lines = metrics.map { object in
      PodUsage(
        namespace: object.namespace, name: object.name,
        containers: object["containers"].items.map { ContainerUsage(name: $0["name"].text, usage: MetricsV1beta1.Usage($0["usage"])) })
    }
    var table = UsageTable(order, headed: !options.noHeaders)
    table.withNamespace = everywhere
    session.console.write(table.pods(lines, byContainer: options.containers, sum: options.sum))
  }

  /// How long a cluster may take until it has measured a pod.
  private static let delay = Duration.seconds(120)

  /// Complains where pods are there and nothing is measured.
  private func explain(_ pods: [Value]) throws {
    if pods.isEmpty { return }
    let now = try session.client().now
    for pod in pods {
      let age = now - (pod.creationTime ?? now)
      if age > Top.delay { throw Failure("Metrics not available for pod \(pod.namespace)/\(pod.name), age: \(age.goText)") }
    }
    throw Failure("metrics not available yet")
  }

  // MARK: Asking

  private func measured(_ kind: Kind, namespace: String?) throws -> [Value] {
    let isServed = try session.client().kinds().contains { $0.group == kind.group && $0.version == kind.version }
    guard isServed else { throw Failure("Metrics API not available", hints: try hints()) }
    return try find(kind, namespace: namespace)
  }

  private func hints() throws -> [String] {
    try session.context().server.hasPrefix("sim:") ? ["what is simulated uses nothing; clusters of real processes are measured"] : []
  }

  /// The one that is named, or all that are selected.
  private func find(_ kind: Kind, namespace: String?) throws -> [Value] {
    let client = try session.client()
    if let name { return [try client.get(ObjectKey(kind, namespace ?? "", name), subresource: nil)] }
    var list = ListOptions()
    list.labelSelector = labels
    list.fieldSelector = fields
    return try client.list(kind, namespace: namespace, list).items
  }
}
