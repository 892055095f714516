import Formats

// Schema words: what a row of the kind tables says. Everything that treats kinds differently reads these rows.

/// A kind of object: one row says all that Kubernetes says in ten places. Compared by identity.
public final class Kind: Sendable, Hashable, CustomStringConvertible {
  public let group: String
  public let version: String
  /// `Deployment`
  public let name: String
  /// `deployments`
  public let plural: String
  /// `deployment`
  public let singular: String
  public let shortNames: [String]
  /// `["all"]` for what `get all` lists.
  public let categories: [String]
  public let namespaced: Bool
  /// As `api-resources -o wide` lists them.
  public let verbs: [String]
  /// `["status", "scale"]`
  public let subresources: [String]
  private let row: Definition?
  private let published: (any PublishedSchema)?
  public let columns: [Column]
  public let rules: Rules
  /// One sentence for `explain`.
  public let summary: String
  /// Internal kinds (`sim.kctl.dev`) stay out of `api-resources`.
  public let hidden: Bool

  public init(
    group: String, version: String, name: String, plural: String, singular: String? = nil, shortNames: [String] = [],
    categories: [String] = [], namespaced: Bool, verbs: [String] = Kind.allVerbs, subresources: [String] = [],
    schema: Definition? = nil, published: (any PublishedSchema)? = nil, columns: [Column] = [], rules: Rules = Rules(),
    summary: String = "", hidden: Bool = false
  ) {
    self.group = group
    self.version = version
    self.name = name
    self.plural = plural
    self.singular = singular ?? name.lowercased()
    self.shortNames = shortNames
    self.categories = categories
    self.namespaced = namespaced
    self.verbs = verbs
    self.subresources = subresources
    row = schema
    self.published = published
    self.columns = columns
    self.rules = rules
    self.summary = summary
    self.hidden = hidden
  }

  /// The definition of its objects (`apps.v1.Deployment`), by which strategic patches merge; nil where patches are merge patches:
  /// custom resources, and kinds whose server doesn't publish what they consist of.
  public var schema: Definition? { row ?? published?.patching }
  /// The definition of its objects for people, which custom resources may have too.
  public var documentation: Definition? { row ?? published?.documentation }

  public static let allVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]

  /// `apps/v1`, `v1`
  public var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
  /// `deployments.apps`, `pods`
  public var qualifiedPlural: String { group.isEmpty ? plural : "\(plural).\(group)" }
  /// `deployment.apps`, `pod`: how `-o name` and messages name it before the slash.
  public var qualifiedSingular: String { group.isEmpty ? singular : "\(singular).\(group)" }
  public var description: String { "\(apiVersion).\(name)" }

  public static func == (a: Kind, b: Kind) -> Bool { a === b }
  public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

/// What a server publishes of a kind's objects, fetched when first asked for.
public protocol PublishedSchema: Sendable {
  /// nil where the server takes no strategic patches of the kind.
  var patching: Definition? { get }
  var documentation: Definition? { get }
}

/// What a row cannot say: named functions beside the row.
public struct Rules: Sendable {
  /// Fills in what depends on other fields, after the rows' plain defaults (`Service.spec.type`'s consequences).
  public var defaults: (@Sendable (inout Value) -> Void)?
  /// What is wrong with an object about to be created, after the rows' own checks.
  public var validate: (@Sendable (Value, inout [FieldError]) -> Void)?
  /// What is wrong with changing `old` into `new`; runs besides `validate`.
  public var validateUpdate: (@Sendable (_ old: Value, _ new: Value, inout [FieldError]) -> Void)?
  /// Whether a change between the two counts for `metadata.generation` (default: spec differs; kinds without generation say false).
  public var hasGeneration = false
  /// Whether an update must say which resourceVersion it changes.
  public var updatesNeedVersion = false
  /// Fields that only the `status` subresource may change (usually `["status"]`).
  public var statusFields: [String] = []
  /// How a name must look.
  public var nameRule = NameRule.subdomain
  /// The grace period in seconds that deletion uses when none is asked for; nil: deleted at once.
  public var gracefulDeletion: (@Sendable (Value) -> Int64)?
  /// Fields that a field selector may name, besides metadata.name and metadata.namespace.
  public var fieldSelectors: [String] = []

  public init() {}
  /// Rules written as a change to the plain ones.
  public init(_ change: (inout Rules) -> Void) { change(&self) }
}

/// How Kubernetes wants a name to look.
public enum NameRule: Sendable { case subdomain, label, label1035, path }

/// A printer column.
public struct Column: Sendable {
  public let name: String
  /// Wide columns have a priority over 0.
  public let wide: Bool
  /// `string`, `integer`, `date`
  public let type: String
  public let value: @Sendable (_ object: Value, _ now: Instant) -> String

  public init(_ name: String, wide: Bool = false, type: String = "string", _ value: @escaping @Sendable (Value, Instant) -> String) {
    self.name = name
    self.wide = wide
    self.type = type
    self.value = value
  }
}

/// A named structure: fields in Kubernetes' own (Go struct) order.
public final class Definition: Sendable {
  /// As in the schema's facts: `core.v1.PodSpec`.
  public let name: String
  public let doc: String
  public let fields: [Field]
  /// What decoding needs of the fields, by name in byte order, as an object's members are.
  let slots: [Slot]
  private let byName: [String: Int]

  public init(_ name: String, _ doc: String, _ fields: [Field]) {
    self.name = name
    self.doc = doc
    self.fields = fields
    slots = fields.sorted { Members.precedes($0.name, $1.name) }.map {
      Slot(name: $0.name, type: $0.type, always: $0.always, pointer: $0.pointer)
    }
    byName = Dictionary(fields.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
  }

  public func field(_ name: String) -> Field? { byName[name].map { fields[$0] } }
}

/// A field of a definition.
public struct Field: Sendable {
  public let name: String
  public let type: FieldType
  public let required: Bool
  /// The value an absent field gets on the server.
  public let `default`: Value?
  public let allowed: [String]
  public let mergeKey: String?
  /// `merge`, `replace`, `retainKeys`, `merge,retainKeys`
  public let patchStrategy: String?
  /// `atomic`, `set`, `map`
  public let listType: String?
  public let mapKeys: [String]
  /// Whether Kubernetes writes the field even when nothing was given (`resources: {}`, `creationTimestamp: null`).
  public let always: Bool
  /// Whether an explicit zero (`replicas: 0`, `optional: false`) is told from an absent field and kept.
  public let pointer: Bool
  /// The name of the type in Kubernetes' own code where it isn't the plain one (`v1.Protocol`): decoding errors quote it.
  public let goType: String?
  /// One line in our own words.
  public let doc: String

  public init(
    _ name: String, _ type: FieldType, _ doc: String = "", required: Bool = false, always: Bool? = nil, pointer: Bool = false,
    goType: String? = nil, default: Value? = nil, allowed: [String] = [], mergeKey: String? = nil, patchStrategy: String? = nil,
    listType: String? = nil, mapKeys: [String] = []
  ) {
    self.name = name
    self.type = type
    self.required = required
    self.default = `default`
    self.allowed = allowed
    self.mergeKey = mergeKey
    self.patchStrategy = patchStrategy
    self.listType = listType
    self.mapKeys = mapKeys
    self.always = always ?? required
    self.pointer = pointer
    self.goType = goType
    self.doc = doc
  }
}

/// The type of a field's value.
public indirect enum FieldType: Sendable {
  case string, boolean, int32, int64, double
  case quantity, intOrString, time, microTime, bytes
  /// Any JSON (`x-kubernetes-preserve-unknown-fields`, managedFields' fieldsV1).
  case any
  case array(FieldType)
  /// `map[string]T`
  case map(FieldType)
  /// A structure, fetched when first needed (definitions may be recursive).
  case object(@Sendable () -> Definition)
}
