import APIMachinery
import Arguments
import Client
import Formats

// Which objects a command means: kubectl's resource builder, with its rules and its texts.

/// An object that a command means: by name, or as it was read from a file or the cluster.
public struct Item {
  public let kind: Kind
  public var namespace: String
  public var name: String
  /// What the file or the cluster holds; nil where it was not asked for.
  public var object: Value?
  /// Where it was read; nil where it was named.
  public var origin: Origin?
  /// The file it was read from; empty where it was named.
  public var source: String { origin?.source ?? "" }

  public init(_ kind: Kind, namespace: String, name: String, object: Value? = nil, origin: Origin? = nil) {
    self.kind = kind
    self.namespace = kind.namespaced ? namespace : ""
    self.name = name
    self.object = object
    self.origin = origin
  }

  public var key: ObjectKey { ObjectKey(kind, namespace, name) }
  /// `deployment.apps/web`
  public var spelled: String { "\(kind.qualifiedSingular)/\(name.isEmpty ? "<unknown>" : name)" }

  /// A failure with what was being done and the file's name before it, as kubectl tells it.
  public func failed(_ doing: String, _ error: any Error) -> any Error {
    guard !source.isEmpty else { return error }
    if var status = error as? Status {
      status.hints = (origin?.hints(for: status) ?? []).filter { !status.hints.contains($0) } + status.hints
      status.message = "error when \(doing) \(Read.quoted(source)): \(status.message)"
      return status
    }
    return Failure("error when \(doing) \(Read.quoted(source)): \(Complaint.line(error))", hints: Complaint.hints(error))
  }
}

/// What a command line says about the objects that it means.
public struct ResourceQuery {
  let session: Session
  public var words: [String] = []
  public var files = FileOptions()
  /// How a file's documents are judged before anything is asked of the cluster.
  public var validation: FieldValidation?
  public var selector = SelectorOptions()
  /// Types without names mean all of their objects.
  public var emptySelectsAll = false
  /// Whether objects are fetched; else names stay names.
  public var fetches = true
  /// Whether files' objects are fetched anew.
  public var latest = false
  /// Whether `-f` objects of another namespace than `-n` are refused.
  public var enforcesNamespace = true
  public var subresource: String?
  public var chunk = 0
  /// Whether objects come with what the cluster itself prints of them.
  public var wantsPrinted = false
  /// Missing objects are no error.
  public var ignoresMissing = false
  /// `get` in the texts of errors.
  public var verb = "get"

  public init(_ session: Session) { self.session = session }

  /// What was found.
  public struct Found {
    public var items: [Item] = []
    /// What went wrong on the way, told after what is done with the items.
    public var errors: [any Error] = []
    /// Whether exactly one object was asked for.
    public var single = false
    /// The kinds that were asked for.
    public var kinds: [Kind] = []
    /// The resourceVersion of the last list.
    public var resourceVersion = ""
    /// Whether lists were asked for (and not names).
    public var lists = false

    /// Does something with each; failures are gathered, those of finding come last.
    public func visit(_ body: (Item) throws -> Void) throws {
      var failures: [any Error] = []
      for item in items {
        do { try body(item) } catch let end as QuietExit { throw end } catch { failures.append(error) }
      }
      if failures.isEmpty { return try Several.check(errors) }
      if !errors.isEmpty { failures.append(errors.count == 1 ? errors[0] : Several(errors)) }
      try Several.check(failures)
    }
  }

  private enum Named {
    case types(String)
    case typesAndNames(String, [String])
    case pairs([(type: String, name: String)])
    case nothing
  }

  private func named() throws -> Named {
    var words = words
    if words.count >= 2 {
      let types = list(words[0])
      if types.count > 1 { words = types.flatMap { type in words.dropFirst().map { "\(type)/\($0)" } } }
    }
    let slashes = words.count { $0.contains("/") }
    if slashes > 0, slashes < words.count {
      let program = session.program
      throw Failure(
        "there is no need to specify a resource type as a separate argument when passing arguments in resource/name form (e.g. '\(program) get resource/<resource_name>' instead of '\(program) get resource resource/<resource_name>'"
      )
    }
    if slashes > 0 {
      return .pairs(
        try words.map { word in
          let parts = word.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
          guard parts.count == 2 else { throw Failure("arguments in resource/name form may not have more than one slash") }
          guard !parts[0].isEmpty, !parts[1].isEmpty, list(parts[0]).count == 1 else {
            throw Failure("arguments in resource/name form must have a single resource and name")
          }
          return (parts[0], parts[1])
        })
    }
    switch words.count {
    case 0: return .nothing
    case 1: return .types(words[0])
    default: return .typesAndNames(words[0], Array(words.dropFirst()))
    }
  }

  private func list(_ word: String) -> [String] { word.split(separator: ",").map(String.init) }

  /// Finds what is meant. Throws what makes the whole request void; what is wrong with single objects is in `errors`.
  public func find() throws -> Found {
    try files.check()
    if selector.all, !selector.labels.isEmpty || !selector.fields.isEmpty {
      throw Failure("setting 'all' parameter but found a non empty selector. ")
    }
    let named = try named()
    if !files.isEmpty {
      if case .nothing = named { return try fromFiles() }
      throw Failure("when paths, URLs, or stdin is provided as input, you may not specify resource arguments as well")
    }
    let selecting = selector.all || !selector.labels.isEmpty || !selector.fields.isEmpty
    switch named {
    case .pairs(let pairs):
      if selecting { throw Failure("selectors and the all flag cannot be used when passing resource/name arguments") }
      return try byName(try pairs.map { (try session.resources().kind($0.type), $0.name) })
    case .typesAndNames(let types, let names):
      if selecting { throw Failure("name cannot be provided when a selector is specified") }
      let kinds = try session.resources().kinds(types)
      guard let kind = kinds.first, kinds.count == 1 else { throw Failure("you must specify only one resource") }
      return try byName(names.map { (kind, $0) })
    case .types(let types):
      let kinds = try session.resources().kinds(types)
      if selecting || emptySelectsAll { return try bySelector(kinds) }
      throw Failure("resource(s) were provided, but no name was specified")
    case .nothing:
      if selecting { throw Failure("at least one resource must be specified to use a selector") }
      throw Failure(
        "You must provide one or more resources by argument or filename.\nExample resource specifications include:\n   '-f rsrc.yaml'\n   '--filename=rsrc.json'\n   '<resource> <name>'\n   '<resource>'"
      )
    }
  }

  private func byName(_ pairs: [(kind: Kind, name: String)]) throws -> Found {
    var found = Found()
    found.single = pairs.count == 1
    let namespace = try session.namespace()
    for (kind, name) in pairs {
      if kind.namespaced, selector.allNamespaces { throw Failure("a resource cannot be retrieved by name across all namespaces") }
      if !found.kinds.contains(kind) { found.kinds.append(kind) }
      var item = Item(kind, namespace: namespace, name: name)
      do {
        if fetches { item.object = try fetch(item) }
        found.items.append(item)
      } catch let status as Status {
        if ignoresMissing, status.reason == .notFound { continue }
        found.errors.append(status)
      }
    }
    return found
  }

  private func fetch(_ item: Item) throws -> Value {
    if item.name.isEmpty { throw Failure("resource name may not be empty") }
    let client = try session.client()
    return wantsPrinted ? try client.getPrinted(item.key, subresource: subresource) : try client.get(item.key, subresource: subresource)
  }

  private func bySelector(_ kinds: [Kind]) throws -> Found {
    if subresource != nil { throw Failure("subresource cannot be used when bulk resources are specified") }
    var found = Found()
    found.kinds = kinds
    found.lists = true
    let namespace = try session.namespace()
    for kind in kinds {
      do {
        let list = try lists(kind, namespace: kind.namespaced && !selector.allNamespaces ? namespace : nil)
        found.resourceVersion = list.resourceVersion
        found.items.reserveCapacity(found.items.count + list.items.count)
        for object in list.items { found.items.append(Item(kind, namespace: object.namespace, name: object.name, object: object)) }
      } catch let status as Status {
        if ignoresMissing, status.reason == .notFound { continue }
        found.errors.append(told(status, kind))
      }
    }
    return found
  }

  private func lists(_ kind: Kind, namespace: String?) throws -> ObjectList {
    var options = ListOptions()
    options.labelSelector = selector.labels
    options.fieldSelector = selector.fields
    options.limit = chunk
    options.wantsPrinted = wantsPrinted
    var all = try session.client().list(kind, namespace: namespace, options)
    while !all.continue.isEmpty {
      options.continue = all.continue
      let more = try session.client().list(kind, namespace: namespace, options)
      all.items += more.items
      all.continue = more.continue
      all.resourceVersion = more.resourceVersion
    }
    return all
  }

  private func told(_ status: Status, _ kind: Kind) -> Status {
    guard status.reason == .badRequest || status.reason == .notFound else { return status }
    var status = status
    let resource = Read.quoted(kind.resourceText)
    if selector.labels.isEmpty, selector.fields.isEmpty {
      status.message = "Unable to list \(resource): \(status.message)"
    } else {
      status.message =
        "Unable to find \(resource) that match label selector \(Read.quoted(selector.labels)), field selector \(Read.quoted(selector.fields)): \(status.message)"
    }
    return status
  }

  private func fromFiles() throws -> Found {
    let read = try ManifestFiles(session: session, options: files, validation: validation).read()
    var found = Found()
    found.errors = read.errors
    found.single = read.singleFile && read.objects.count == 1
    let filter = selector.labels.isEmpty ? nil : try Selector(selector.labels)
    let namespace = try session.namespace()
    for document in read.objects {
      do {
        guard var item = try self.item(document, namespace) else { continue }
        if let filter, !filter.matches(item.object?.labels ?? Members()) { continue }
        if latest, fetches { item.object = try fetch(item) }
        if !found.kinds.contains(item.kind) { found.kinds.append(item.kind) }
        found.items.append(item)
      } catch let status as Status {
        if ignoresMissing, status.reason == .notFound { continue }
        found.errors.append(status)
      } catch {
        found.errors.append(error)
      }
    }
    return found
  }

  private func item(_ document: SourcedObject, _ namespace: String) throws -> Item? {
    var object = document.object
    guard let kind = try session.resources().kind(apiVersion: object.apiVersion, kind: object.kind) else {
      let known = try session.resources().kinds
      let meant =
        known.first { $0.name == object.kind }.map { "apiVersion: \($0.apiVersion)" }
        ?? Arguments.nearest(object.kind, among: known.map(\.name)).map { "kind: \($0)" }
      throw Failure(
        "resource mapping not found for name: \(Read.quoted(object.name)) namespace: \(Read.quoted(object.namespace)) from \(Read.quoted(document.origin.source)): no matches for kind \(Read.quoted(object.kind)) in version \(Read.quoted(object.apiVersion))\nensure CRDs are installed first",
        hints: meant.map { ["did you mean \($0)?"] } ?? [])
    }
    if kind.namespaced {
      if object.namespace.isEmpty {
        object["metadata", "namespace"] = .string(namespace)
      } else if enforcesNamespace, session.namespaceIsGiven, object.namespace != namespace {
        throw Failure(
          "the namespace from the provided object \(Read.quoted(object.namespace)) does not match the namespace \(Read.quoted(namespace)). You must pass '--namespace=\(object.namespace)' to perform this operation."
        )
      }
    }
    return Item(kind, namespace: object.namespace, name: object.name, object: object, origin: document.origin)
  }
}

extension Kind {
  /// `apps/v1, Resource=deployments`, as Go prints a GroupVersionResource.
  public var resourceText: String { "\(group)/\(version), Resource=\(plural)" }
  /// `apps/v1, Kind=Deployment`, as Go prints a GroupVersionKind.
  public var kindText: String { "\(group)/\(version), Kind=\(name)" }
}
