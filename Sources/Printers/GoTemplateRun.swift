import APIMachinery
import Formats

// Runs a Go template over an object.

struct GoTemplateRun {
  typealias Failure = GoTemplate.Failure
  typealias Node = GoTemplate.Node

  private enum Signal { case none, breakLoop, continueLoop }

  let templates: [(name: String, body: [Node])]
  var out = ""
  private var variables: [(name: String, value: GoValue)]
  private var depth = 0

  static let functions: Set<String> = [
    "and", "or", "not", "len", "index", "slice", "print", "printf", "println", "eq", "ne", "lt", "le", "gt", "ge", "html", "js", "urlquery",
    "base64decode", "exists",
  ]

  init(templates: [(name: String, body: [Node])], root: GoValue) {
    self.templates = templates
    variables = [("", root)]
  }

  mutating func all(_ nodes: [Node], _ dot: GoValue) throws(Failure) { _ = try run(nodes, dot) }

  private mutating func run(_ nodes: [Node], _ dot: GoValue) throws(Failure) -> Signal {
    for node in nodes {
      switch node {
      case .text(let text): out += text
      case .action(let pipeline):
        let value = try evaluate(pipeline, dot)
        if pipeline.variables.isEmpty { out += value.text }
      case .breakLoop: return .breakLoop
      case .continueLoop: return .continueLoop
      case .condition(let branches, let otherwise):
        let scope = variables.count
        var chosen = otherwise
        for branch in branches where try evaluate(branch.test, dot).truth {
          chosen = branch.body
          break
        }
        let signal = try run(chosen, dot)
        variables.removeSubrange(scope...)
        if signal != .none { return signal }
      case .with(let pipeline, let body, let otherwise):
        let scope = variables.count
        let value = try evaluate(pipeline, dot)
        let signal = try value.truth ? run(body, value) : run(otherwise, dot)
        variables.removeSubrange(scope...)
        if signal != .none { return signal }
      case .range(let pipeline, let body, let otherwise):
        try range(pipeline, body, otherwise, dot)
      case .call(let name, let argument):
        guard let template = templates.last(where: { $0.name == name }) else {
          throw Failure(message: "template: output: template \"\(name)\" not defined")
        }
        guard depth < 200 else { throw failure(pipeline: name, "exceeded maximum template depth") }
        let value = try argument.map { pipeline throws(Failure) in try evaluate(pipeline, dot) } ?? .missing
        let kept = variables
        variables = [("", value)]
        depth += 1
        _ = try run(template.body, value)
        depth -= 1
        variables = kept
      }
    }
    return .none
  }

  private func failure(pipeline source: String, _ message: String) -> Failure {
    Failure(message: "template: output:1: executing \"output\" at <\(source)>: \(message)")
  }

  private mutating func range(_ pipeline: GoTemplate.Pipeline, _ body: [Node], _ otherwise: [Node], _ dot: GoValue) throws(Failure) {
    var head = pipeline
    head.variables = []
    let value = try evaluate(head, dot)
    var pairs: [(GoValue, GoValue)] = []
    switch value {
    case .json(.array(let items)): pairs = items.enumerated().map { (.int($0.offset), .json($0.element)) }
    case .json(.object(let members)): pairs = members.map { (.json(.string($0.key)), .json($0.value)) }
    case .int(let count): pairs = (0..<max(0, count)).map { (.int($0), .int($0)) }
    case .missing, .json(.null): break
    default: throw failure(pipeline: pipeline.source, "range can't iterate over \(value.text)")
    }
    let scope = variables.count
    if pairs.isEmpty {
      _ = try run(otherwise, dot)
      variables.removeSubrange(scope...)
      return
    }
    for (key, element) in pairs {
      if pipeline.variables.count == 1 { variables.append((pipeline.variables[0], element)) }
      if pipeline.variables.count >= 2 {
        variables.append((pipeline.variables[0], key))
        variables.append((pipeline.variables[1], element))
      }
      let signal = try run(body, element)
      variables.removeSubrange(scope...)
      if signal == .breakLoop { break }
    }
  }

  private mutating func evaluate(_ pipeline: GoTemplate.Pipeline, _ dot: GoValue) throws(Failure) -> GoValue {
    var value: GoValue?
    for command in pipeline.commands { value = try evaluate(command, dot, piped: value, pipeline.source) }
    let result = value ?? .missing
    for name in pipeline.variables {
      if !pipeline.declares, let i = variables.lastIndex(where: { $0.name == name }) {
        variables[i].value = result
      } else {
        variables.append((name, result))
      }
    }
    return result
  }

  private mutating func evaluate(_ terms: [GoTemplate.Term], _ dot: GoValue, piped: GoValue?, _ source: String) throws(Failure) -> GoValue {
    guard let first = terms.first else { return piped ?? .missing }
    if case .function(let name) = first {
      // `and` and `or` stop at the first value that decides.
      if name == "and" || name == "or" {
        var last = GoValue.missing
        for term in terms.dropFirst() {
          last = try evaluate(term, dot, source)
          if last.truth == (name == "or") { return last }
        }
        return piped ?? last
      }
      var arguments: [GoValue] = []
      for term in terms.dropFirst() { arguments.append(try evaluate(term, dot, source)) }
      if let piped { arguments.append(piped) }
      do { return try GoTemplateRun.call(name, arguments) } catch {
        throw failure(pipeline: source, "error calling \(name): \(error.message)")
      }
    }
    let value = try evaluate(first, dot, source)
    if terms.count > 1 || piped != nil { throw failure(pipeline: source, "can't give argument to non-function \(source)") }
    return value
  }

  private mutating func evaluate(_ term: GoTemplate.Term, _ dot: GoValue, _ source: String) throws(Failure) -> GoValue {
    switch term {
    case .dot: return dot
    case .field(let names): return try field(names, of: dot, source)
    case .variable(let name, let names):
      guard let variable = variables.last(where: { $0.name == name }) else {
        throw Failure(message: "template: output:1: undefined variable \"$\(name)\"")
      }
      return try field(names, of: variable.value, source)
    case .function(let name):
      do { return try GoTemplateRun.call(name, []) } catch { throw failure(pipeline: source, "error calling \(name): \(error.message)") }
    case .constant(let value): return value
    case .group(let pipeline, let names): return try field(names, of: try evaluate(pipeline, dot), source)
    }
  }

  private func field(_ names: [String], of value: GoValue, _ source: String) throws(Failure) -> GoValue {
    var value = value
    for name in names {
      switch value {
      case .json(.object(let members)): value = members[name].map(GoValue.json) ?? .missing
      case .missing, .json(.null): throw failure(pipeline: source, "nil pointer evaluating interface {}.\(name)")
      case .json(.string): throw failure(pipeline: source, "can't evaluate field \(name) in type string")
      case .json(.array): throw failure(pipeline: source, "can't evaluate field \(name) in type []interface {}")
      default: throw failure(pipeline: source, "can't evaluate field \(name) in type interface {}")
      }
    }
    return value
  }
}
