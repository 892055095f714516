// The published schemas say what the kinds' tables say, and kubectl finds in them what it looks for.
import API
import APIMachinery
import Formats
import Foundation
import Serving
import Testing

struct OpenAPITests {
  static let kinds = Kinds.all + [Kinds.simulation]
  /// Of every group version, in the order of members.
  static let paths = Set(kinds.map { $0.group.isEmpty ? "api/\($0.version)" : "apis/\($0.group)/\($0.version)" }).sorted()

  static func document(_ path: String) throws -> Value { try #require(OpenAPI.document(path, kinds), "\(path)") }

  /// The document that a kind is in.
  static func document(of kind: Kind) throws -> Value {
    try document(kind.group.isEmpty ? "api/\(kind.version)" : "apis/\(kind.group)/\(kind.version)")
  }

  static func schemas(_ path: String) throws -> Members { try document(path)["components", "schemas"].members }

  static func named(_ kind: Kind) -> Value {
    ["group": .string(kind.group), "version": .string(kind.version), "kind": .string(kind.name)]
  }

  /// The schema behind a reference, bare or wrapped.
  static func resolved(_ schema: Value, _ schemas: Members) -> Value {
    let wrapped = schema.has("allOf") ? schema["allOf"][0] : schema
    guard let reference = wrapped["$ref"].string else { return schema }
    return schemas[String(reference.split(separator: "/").last ?? "")] ?? .null
  }

  // MARK: The index

  @Test func indexNamesEveryGroupVersion() throws {
    let index = OpenAPI.index(Self.kinds)["paths"].members
    #expect(index.keys == Self.paths)
    for (path, entry) in zip(Self.paths, index) {
      let address = entry.value["serverRelativeURL"].text
      #expect(address.hasPrefix("/openapi/v3/\(path)?hash=") && address.split(separator: "=").last?.count == 16, "\(address)")
    }
    #expect(OpenAPI.document("apis/batch/v1", Self.kinds) == nil)
    #expect(OpenAPI.document("api", Self.kinds) == nil)
  }

  @Test func addressesChangeWithTheContents() {
    func address(_ doc: String) -> String {
      let schema = Definition("example.v1.Thing", doc, [Field("size", .int32, "How big.")])
      let kind = Kind(group: "example", version: "v1", name: "Thing", plural: "things", namespaced: true, schema: schema)
      return OpenAPI.index([kind])["paths", "apis/example/v1", "serverRelativeURL"].text
    }
    #expect(address("A thing.") == address("A thing."))
    #expect(address("A thing.") != address("Another thing."))
  }

  // MARK: Schemas

  @Test func everyReferenceResolves() throws {
    func check(_ value: Value, _ prefix: String, _ schemas: Members) {
      switch value {
      case .array(let items): for item in items { check(item, prefix, schemas) }
      case .object(let members):
        for member in members { check(member.value, prefix, schemas) }
        guard let reference = members["$ref"]?.string else { return }
        #expect(reference.hasPrefix(prefix) && schemas[String(reference.dropFirst(prefix.count))] != nil, "\(reference)")
      default: break
      }
    }
    for path in Self.paths { check(try Self.document(path), "#/components/schemas/", try Self.schemas(path)) }
    let swagger = OpenAPI.swagger(Self.kinds)
    check(swagger, "#/definitions/", swagger["definitions"].members)
  }

  /// `explain` and apply look a kind's schema up by group, version and kind.
  @Test func everyKindIsNamedByOneSchema() throws {
    for kind in Self.kinds {
      let schemas = try Self.document(of: kind)["components", "schemas"].members
      var wanted = [Self.named(kind)]
      if kind.verbs.contains("list") {
        wanted.append(["group": .string(kind.group), "version": "v1", "kind": .string(kind.name + "List")])
      }
      for name in wanted {
        #expect(schemas.filter { $0.value["x-kubernetes-group-version-kind"].items.contains(name) }.count == 1, "\(name)")
      }
    }
  }

  @Test func schemasHaveKubernetesNames() throws {
    let apps = try Self.schemas("apis/apps/v1")
    for name in [
      "api.apps.v1.Deployment", "api.apps.v1.DeploymentList", "api.autoscaling.v1.Scale", "api.core.v1.PodTemplateSpec",
      "apimachinery.pkg.apis.meta.v1.ObjectMeta", "apimachinery.pkg.apis.meta.v1.ListMeta", "apimachinery.pkg.apis.meta.v1.Status",
      "apimachinery.pkg.apis.meta.v1.DeleteOptions", "apimachinery.pkg.apis.meta.v1.Patch", "apimachinery.pkg.apis.meta.v1.Time",
      "apimachinery.pkg.apis.meta.v1.FieldsV1", "apimachinery.pkg.api.resource.Quantity", "apimachinery.pkg.util.intstr.IntOrString",
    ] {
      #expect(apps["io.k8s." + name] != nil, "\(name)")
    }
    #expect(apps["io.k8s.api.core.v1.Node"] == nil, "not reached from apps/v1")
    let core = try Self.schemas("api/v1")
    for name in ["api.policy.v1.Eviction", "apimachinery.pkg.apis.meta.v1.MicroTime"] { #expect(core["io.k8s." + name] != nil) }
    #expect(try Self.schemas("apis/sim.kctl.dev/v1")["dev.kctl.sim.v1.Simulation"]?["x-kubernetes-preserve-unknown-fields"] == true)
  }

  /// The way that apply goes to find how lists merge.
  @Test func applyFindsMergeKeys() throws {
    let schemas = try Self.schemas("apis/apps/v1")
    var schema = schemas["io.k8s.api.apps.v1.Deployment"] ?? .null
    for step in ["spec", "template", "spec"] { schema = Self.resolved(schema["properties"][step], schemas) }
    let containers = schema["properties", "containers"]
    #expect(containers["x-kubernetes-patch-merge-key"] == "name")
    #expect(containers["x-kubernetes-patch-strategy"] == "merge")
    let ports = Self.resolved(containers["items"], schemas)["properties", "ports"]
    #expect(ports["x-kubernetes-patch-merge-key"] == "containerPort")
    #expect(ports["x-kubernetes-list-type"] == "map")
    #expect(ports["x-kubernetes-list-map-keys"] == ["containerPort", "protocol"])
    #expect(schema["properties", "volumes", "x-kubernetes-patch-strategy"] == "merge,retainKeys")
    #expect(schema["properties", "nodeSelector", "x-kubernetes-map-type"] == "atomic")
    #expect(schemas["io.k8s.apimachinery.pkg.apis.meta.v1.LabelSelector"]?["x-kubernetes-map-type"] == "atomic")
  }

  @Test func fieldsAreWrittenAsKubernetesWritesThem() throws {
    let schemas = try Self.schemas("apis/apps/v1")
    let spec = schemas["io.k8s.api.apps.v1.DeploymentSpec"] ?? .null
    #expect(spec["required"] == ["selector", "template"])
    #expect(spec["description"] == "What is wanted of a deployment.")
    let prefix = "#/components/schemas/io.k8s."
    let rows: [(String, String, Value)] = [
      ("apps.v1.DeploymentSpec", "replicas", ["type": "integer", "format": "int32", "description": "How many pods."]),
      (
        "apps.v1.DeploymentSpec", "template",
        ["allOf": [["$ref": "\(prefix)api.core.v1.PodTemplateSpec"]], "default": [:], "description": "What its pods look like."]
      ),
      ("core.v1.ContainerPort", "protocol", ["type": "string", "default": "TCP", "description": "TCP, UDP or SCTP."]),
      (
        "core.v1.ExecAction", "command",
        [
          "type": "array", "items": ["type": "string", "default": ""],
          "description": "The command and its arguments; no shell is involved.",
        ]
      ),
      (
        "core.v1.ResourceRequirements", "limits",
        ["type": "object", "additionalProperties": ["$ref": "\(prefix)apimachinery.pkg.api.resource.Quantity"]]
      ),
    ]
    for (definition, field, wanted) in rows {
      var property = schemas["io.k8s.api." + definition]?["properties"][field] ?? .null
      if !wanted.has("description") { property.remove("description") }
      #expect(property == wanted, "\(definition).\(field)")
    }
    #expect(!Self.resolved(spec["properties", "selector"], schemas).isNull)
    #expect(!spec["properties", "selector"].has("default"), "a pointer has no default")
    let either = schemas["io.k8s.apimachinery.pkg.util.intstr.IntOrString"] ?? .null
    #expect(either["format"] == "int-or-string" && either["oneOf"] == [["type": "integer"], ["type": "string"]])
  }

  @Test func allowedValuesAreListed() throws {
    let schema = Definition("example.v1.Thing", "A thing.", [Field("mood", .string, "Its mood.", allowed: ["Sad", "Glad", ""])])
    let kind = Kind(group: "example", version: "v1", name: "Thing", plural: "things", namespaced: true, schema: schema)
    let document = try #require(OpenAPI.document("apis/example/v1", [kind]))
    #expect(document["components", "schemas", "io.k8s.api.example.v1.Thing", "properties"]["mood"]["enum"] == ["", "Glad", "Sad"])
  }

  // MARK: Facts

  /// A property as a line of the facts that Kubernetes publishes of it.
  private static func fact(_ definition: String, _ field: String, _ schema: Value, required: Bool) -> String {
    var facts: [String] = []
    for (name, label) in [
      ("patch-merge-key", "merge-key"), ("patch-strategy", "patch"), ("list-type", "list"), ("map-type", "map"),
      ("list-map-keys", "map-keys"),
    ] {
      let value = schema["x-kubernetes-" + name]
      if !value.isNull { facts.append("\(label)=\(value.string ?? value.items.map(\.text).joined(separator: ","))") }
    }
    let value = schema["default"]
    if ![.null, "", 0, false, [:]].contains(value) { facts.append("default=\(JSON.text(value))") }
    return [definition, field, type(schema), required ? "required" : "", facts.joined(separator: " ")].joined(separator: "\t")
  }

  private static func type(_ schema: Value) -> String {
    if let reference = (schema["allOf"][0]["$ref"].string ?? schema["$ref"].string)?.split(separator: "/").last { return short(reference) }
    if schema.has("items") { return "[]" + type(schema["items"]) }
    if schema.has("additionalProperties") { return "map[string]" + type(schema["additionalProperties"]) }
    return schema["type"].text + (schema["format"].string.map { "(\($0))" } ?? "")
  }

  private static func short(_ name: some StringProtocol) -> String {
    for prefix in ["io.k8s.apimachinery.pkg.apis.", "io.k8s.apimachinery.pkg.", "io.k8s.api."] where name.hasPrefix(prefix) {
      return String(name.dropFirst(prefix.count))
    }
    return String(name)
  }

  @Test(arguments: ["three", "two"]) func schemasSayWhatKubernetesPublishes(version: String) throws {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../APITests/Facts/fields.tsv")
    let published = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { line -> String in
        var parts = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        while parts.count < 5 { parts.append("") }
        if parts[1] == "kind" { parts[4] = "" }
        // Kubernetes publishes no defaults in version 2.
        if version == "two", parts[4].hasPrefix("default=") { parts[4] = "" }
        return parts.joined(separator: "\t")
      }
    let schemas: [Members] =
      version == "two" ? [OpenAPI.swagger(Self.kinds)["definitions"].members] : try Self.paths.map { try Self.schemas($0) }
    var ours = Set<String>()
    for schema in schemas.joined() where schema.key.hasPrefix("io.k8s.") && !schema.key.hasSuffix("List") {
      let required = schema.value["required"].items.map(\.text)
      for property in schema.value["properties"].members {
        ours.insert(Self.fact(Self.short(schema.key), property.key, property.value, required: required.contains(property.key)))
      }
    }
    let definitions = Set(ours.map { $0.prefix { $0 != "\t" } })
    let wanted = published.filter { definitions.contains($0.prefix { $0 != "\t" }) }
    #expect(Set(wanted).subtracting(ours).sorted().isEmpty, "published only")
    #expect(ours.subtracting(wanted).sorted().isEmpty, "ours only")
    #expect(ours.count > 700)
  }
}
