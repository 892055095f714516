import API
import APIMachinery
import Testing

// What holds for every row of the kind table.

struct KindTests {
  @Test func kindsAreNamedOnce() {
    var plurals = Set<String>()
    var singulars = Set<String>()
    var kinds = Set<String>()
    for kind in Kinds.all {
      #expect(plurals.insert(kind.qualifiedPlural).inserted, "\(kind): the plural \(kind.qualifiedPlural) is taken")
      #expect(singulars.insert(kind.qualifiedSingular).inserted, "\(kind): the singular \(kind.qualifiedSingular) is taken")
      #expect(kinds.insert(kind.description).inserted, "\(kind) stands in Kinds.all twice")
      #expect(kind.plural == kind.plural.lowercased() && kind.singular == kind.singular.lowercased(), "\(kind): names are lower case")
      #expect(kind.shortNames.count == Set(kind.shortNames).count, "\(kind): a short name stands there twice")
    }
  }

  @Test func kindsExplainThemselves() {
    for kind in Kinds.all where kind.verbs.contains("list") {
      #expect(!kind.summary.isEmpty, "\(kind): summary is the sentence that explain shows")
      #expect(kind.schema != nil, "\(kind): without a schema no field of it is known")
      #expect(
        kind.columns.first?.name.uppercased() == "NAME" || kind.columns.isEmpty || kind.name == "Event",
        "\(kind): the first column is the name")
    }
  }

  @Test func definitionsAreWhole() {
    var seen = Set<ObjectIdentifier>()
    func visit(_ type: FieldType) {
      switch type {
      case .array(let element), .map(let element): visit(element)
      case .object(let definition): visit(definition())
      default: break
      }
    }
    func visit(_ definition: Definition) {
      guard seen.insert(ObjectIdentifier(definition)).inserted else { return }
      #expect(!definition.doc.isEmpty, "\(definition.name) has no doc: explain would be silent")
      var names = Set<String>()
      for field in definition.fields {
        #expect(names.insert(field.name).inserted, "\(definition.name): \(field.name) stands there twice")
        #expect(!field.doc.isEmpty, "\(definition.name).\(field.name) has no doc: explain would be silent")
        visit(field.type)
      }
    }
    for kind in Kinds.all { if let schema = kind.schema { visit(schema) } }
    #expect(seen.count > 100)
  }
}
