import APIMachinery
import Arguments
import Formats
import Posix

// Which cluster a command works on: contexts in kubeconfig's own format, ours and the user's.

/// A context, resolved.
public struct Context: Sendable, Hashable {
  public var name: String
  public var cluster: String
  public var user: String
  /// Empty: `default`.
  public var namespace: String
  /// `sim:default`, `process:default`, `https://…`
  public var server: String
  /// The kubeconfig files that kubectl needs to know the context where it is to be reached by kubectl; none: the user's own.
  public var kubeconfig: [String] = []
}

/// The configuration: `$KCTL_HOME/config`, with contexts of our own from the start, and the user's kubeconfig to name contexts of.
public struct Configuration {
  public let path: String
  /// The file's tree, or what stands for it where there is none.
  public var tree: Value
  /// The user's own kubeconfig, only ever read.
  public let foreign: Value
  /// Where the user's own kubeconfig is.
  private let foreignPaths: [String]

  /// What there is before anything was written.
  public static let initial: Value = [
    "apiVersion": "v1", "kind": "Config", "preferences": [:], "current-context": "sim",
    "clusters": [
      ["name": "process", "cluster": ["server": "process:default"]], ["name": "sim", "cluster": ["server": "sim:default"]],
    ],
    "contexts": [
      ["name": "process", "context": ["cluster": "process", "user": ""]], ["name": "sim", "context": ["cluster": "sim", "user": ""]],
    ],
    "users": [],
  ]

  public init(home: String, explicit: String?, console: any Console) throws {
    if let explicit {
      path = explicit
      foreign = .null
      foreignPaths = []
      let bytes: [UInt8]
      do throws(SystemFailure) {
        bytes = try Machine.readFile(explicit)
      } catch {
        throw Failure("stat \(explicit): \(error.text)")
      }
      tree = try Configuration.read(bytes, from: explicit)
      return
    }
    path = home + "/config"
    if let bytes = try? Machine.readFile(path) {
      tree = try Configuration.read(bytes, from: path)
      Configuration.addOwn(to: &tree)
    } else {
      tree = Configuration.initial
    }
    let theirs = (console.environment("KUBECONFIG") ?? "").split(separator: ":").map(String.init)
    let paths = theirs.isEmpty ? console.environment("HOME").map { ["\($0)/.kube/config"] } ?? [] : theirs
    foreignPaths = paths
    var found = Value.null
    for path in paths {
      guard let bytes = try? Machine.readFile(path), let one = try? Configuration.read(bytes, from: path) else { continue }
      for list in ["clusters", "contexts", "users"] {
        for entry in one[list].items where !found[list].items.contains(where: { $0["name"] == entry["name"] }) { found[list].append(entry) }
      }
    }
    foreign = found
  }

  private static func read(_ bytes: [UInt8], from path: String) throws(Failure) -> Value {
    let tree: Value
    do {
      tree = try Manifest.only(bytes)
    } catch {
      throw Failure("error loading config file \"\(path)\": \(Complaint.line(error))")
    }
    guard tree.object != nil || tree.isNull else { throw Failure("error loading config file \"\(path)\": it is no object") }
    return tree
  }

  private static func addOwn(to tree: inout Value) {
    for list in ["clusters", "contexts"] {
      for entry in initial[list].items where !tree[list].items.contains(where: { $0["name"] == entry["name"] }) { tree[list].append(entry) }
    }
    if tree["current-context"].string == nil { tree["current-context"] = "sim" }
  }

  public var currentContext: String { tree["current-context"].text }

  /// The entries of `clusters`, `contexts` or `users` by name: ours first.
  public func entry(_ list: String, _ name: String) -> Value? {
    tree[list].items.first { $0["name"].string == name } ?? foreign[list].items.first { $0["name"].string == name }
  }

  /// All contexts' names, sorted.
  public var contextNames: [String] { names("contexts") }

  public func names(_ list: String) -> [String] {
    Set((tree[list].items + foreign[list].items).map { $0["name"].text }).sorted { Members.precedes($0, $1) }
  }

  public func context(_ name: String) -> Context? {
    guard let entry = entry("contexts", name) else { return nil }
    let (cluster, user) = (entry["context"]["cluster"].text, entry["context"]["user"].text)
    let place = self.entry("clusters", cluster)?["cluster"] ?? .null
    var context = Context(
      name: name, cluster: cluster, user: user, namespace: entry["context"]["namespace"].text, server: place["server"].text)
    if ClusterAddress.needsKubectl(place, user: self.entry("users", user)?["user"] ?? .null) {
      // kubectl reads the same files in the same order, and finds the same entries.
      context.server = "kubectl:\(name)"
      if tree["contexts"].items.contains(where: { $0["name"].string == name }) { context.kubeconfig = [path] + foreignPaths }
    }
    return context
  }

  /// The context that the command line, the environment and the file choose, in this order.
  public func chosen(_ globals: Globals, environment: (String) -> String?) throws -> Context {
    let name = globals.context ?? environment("KCTL_CONTEXT").flatMap { $0.isEmpty ? nil : $0 } ?? currentContext
    guard var context = context(name) else {
      let meant = nearest(name, among: contextNames)
      throw PlainFailure(
        "Error in configuration: context was not found for specified context: \(name)",
        hints: meant.map { ["did you mean \"\($0)\"?"] } ?? [])
    }
    if let cluster = globals.cluster {
      guard let entry = entry("clusters", cluster) else {
        throw PlainFailure("Error in configuration: cluster \"\(cluster)\" does not exist")
      }
      guard !ClusterAddress.needsKubectl(entry["cluster"], user: self.entry("users", context.user)?["user"] ?? .null) else {
        throw Failure(
          "cluster \"\(cluster)\" is reached by kubectl, which takes a context", hints: ["name a context of that cluster by --context"])
      }
      context.cluster = cluster
      context.server = entry["cluster"]["server"].text
    }
    if let server = globals.server { context.server = server }
    return context
  }

  /// Writes the file, whole.
  public func save() throws {
    if let slash = path.lastIndex(of: "/") { try Machine.makeFolder(String(path[..<slash]), mode: 0o700) }
    do throws(SystemFailure) {
      try Machine.replaceFile(path, with: Array(Manifest.yaml(tree).utf8), mode: 0o600)
    } catch {
      throw Failure("cannot write \"\(path)\": \(error.text)")
    }
  }
}
