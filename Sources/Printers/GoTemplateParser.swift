import Formats

// Reads Go templates: text and `{{actions}}`, with trim markers, comments and nested blocks.

struct GoTemplateParser {
  typealias Failure = GoTemplate.Failure
  typealias Node = GoTemplate.Node

  /// A piece of the template: text, or an action's words and its source.
  private enum Piece {
    case text(String)
    case action([Token], source: String, line: Int)
  }

  enum Token: Equatable {
    case word(String)
    case field(String)
    case variable(String)
    case string(String)
    case int(Int)
    case float(String)
    case symbol(String)
    /// Blank before it: parts `.a .b` from `.a.b`.
    case space
  }

  private let input: [Character]
  private var pieces: [Piece] = []
  private var at = 0
  private(set) var templates: [(name: String, body: [Node])] = []

  init(_ text: String) { input = Array(text) }

  mutating func parse() throws(Failure) -> [Node] {
    try cut()
    let (nodes, end) = try block()
    if let end { throw failure("unexpected {{\(end)}}", line: lineNow) }
    return nodes
  }

  private var lineNow: Int {
    for piece in pieces[..<min(at, pieces.count)].reversed() { if case .action(_, _, let line) = piece { return line } }
    return 1
  }

  private func failure(_ message: String, line: Int) -> Failure { Failure(message: "template: output:\(line): \(message)") }

  // Into pieces.

  private mutating func cut() throws(Failure) {
    var text = ""
    var i = 0
    var line = 1
    var trimNext = false
    func starts(_ s: String, at i: Int) -> Bool { input[i...].starts(with: s) }
    while i < input.count {
      guard starts("{{", at: i) else {
        if input[i] == "\n" { line += 1 }
        if trimNext, input[i].isWhitespace {
          i += 1
          continue
        }
        trimNext = false
        text.append(input[i])
        i += 1
        continue
      }
      i += 2
      if i + 1 < input.count, input[i] == "-", input[i + 1].isWhitespace {
        while let last = text.last, last.isWhitespace { text.removeLast() }
        i += 1
      }
      if !text.isEmpty { pieces.append(.text(text)) }
      text = ""
      let startLine = line
      var j = i
      while j < input.count, input[j].isWhitespace { j += 1 }
      if starts("/*", at: j) {
        guard let end = input.indices[j...].first(where: { starts("*/", at: $0) }) else { throw failure("unclosed comment", line: line) }
        i = end + 2
        while i < input.count, input[i].isWhitespace { i += 1 }
        if i < input.count, input[i] == "-" {
          trimNext = true
          i += 1
        }
        guard i < input.count, starts("}}", at: i) else { throw failure("comment ends before closing delimiter", line: line) }
        i += 2
        continue
      }
      let (tokens, source, next) = try words(from: i, line: &line)
      i = next
      if i > 2, input[i - 3] == "-", i > 3, input[i - 4].isWhitespace { trimNext = true }
      pieces.append(.action(tokens, source: source, line: startLine))
    }
    if !text.isEmpty { pieces.append(.text(text)) }
  }

  private func words(from start: Int, line: inout Int) throws(Failure) -> ([Token], String, Int) {
    var tokens: [Token] = []
    var i = start
    func isLetter(_ c: Character) -> Bool { c == "_" || c.isLetter || c.isNumber }
    while true {
      guard i < input.count else { throw failure("unclosed action", line: line) }
      let c = input[i]
      if input[i...].starts(with: "}}") {
        return (tokens, trimmed(String(input[start..<i])), i + 2)
      }
      if c == "-", i + 2 < input.count, input[i + 1] == "}", input[i + 2] == "}", i > start, input[i - 1].isWhitespace {
        return (tokens, trimmed(String(input[start..<i])), i + 3)
      }
      if c.isWhitespace {
        if c == "\n" { line += 1 }
        if tokens.last != .space { tokens.append(.space) }
        i += 1
      } else if c == "\"" || c == "`" || c == "'" {
        let (text, next) = try quoted(c, from: i, line: line)
        if c == "'" {
          tokens.append(.int(Int(text.unicodeScalars.first?.value ?? 0)))
        } else {
          tokens.append(.string(text))
        }
        i = next
      } else if c == "." || c == "$" {
        var name = ""
        i += 1
        while i < input.count, isLetter(input[i]) {
          name.append(input[i])
          i += 1
        }
        tokens.append(c == "." ? .field(name) : .variable(name))
      } else if ("0"..."9").contains(c) || ((c == "-" || c == "+") && i + 1 < input.count && ("0"..."9").contains(input[i + 1])) {
        var number = String(c)
        i += 1
        while i < input.count, isLetter(input[i]) || input[i] == "." {
          number.append(input[i])
          i += 1
        }
        if let int = Int(number) {
          tokens.append(.int(int))
        } else if number.hasPrefix("0x"), let int = Int(number.dropFirst(2), radix: 16) {
          tokens.append(.int(int))
        } else if Double(number) != nil {
          tokens.append(.float(number))
        } else {
          throw failure("bad number syntax: \"\(number)\"", line: line)
        }
      } else if isLetter(c) {
        var word = ""
        while i < input.count, isLetter(input[i]) {
          word.append(input[i])
          i += 1
        }
        tokens.append(.word(word))
      } else if c == ":", i + 1 < input.count, input[i + 1] == "=" {
        tokens.append(.symbol(":="))
        i += 2
      } else if "|(),=".contains(c) {
        tokens.append(.symbol(String(c)))
        i += 1
      } else {
        throw failure("unexpected \"\(c)\" in command", line: line)
      }
    }
  }

  private func trimmed(_ text: String) -> String {
    var view = Substring(text)
    while let first = view.first, first.isWhitespace { view.removeFirst() }
    while let last = view.last, last.isWhitespace { view.removeLast() }
    return String(view)
  }

  private func quoted(_ end: Character, from start: Int, line: Int) throws(Failure) -> (String, Int) {
    var text = ""
    var i = start + 1
    while i < input.count {
      let c = input[i]
      if c == end { return (text, i + 1) }
      if end != "`", c == "\\", i + 1 < input.count {
        let escapes: [Character: Character] = ["n": "\n", "t": "\t", "r": "\r", "\\": "\\", "\"": "\"", "'": "'"]
        guard let escaped = escapes[input[i + 1]] else { throw failure("invalid syntax", line: line) }
        text.append(escaped)
        i += 2
        continue
      }
      if c == "\n", end != "`" { break }
      text.append(c)
      i += 1
    }
    throw failure(end == "`" ? "unterminated raw quoted string" : "unterminated quoted string", line: line)
  }

  // Into nodes.

  /// The nodes up to an `end` or `else` (returned, with what stands behind it), or to the end of the text.
  private mutating func block() throws(Failure) -> ([Node], String?) {
    var nodes: [Node] = []
    while at < pieces.count {
      let piece = pieces[at]
      at += 1
      guard case .action(let tokens, let source, let line) = piece else {
        if case .text(let text) = piece { nodes.append(.text(text)) }
        continue
      }
      let words = tokens.filter { $0 != .space }
      guard case .word(let keyword)? = words.first else {
        if words.isEmpty { throw failure("missing value for command", line: line) }
        nodes.append(.action(try pipeline(tokens, source, line)))
        continue
      }
      let first = tokens.firstIndex(of: .word(keyword)) ?? 0
      let rest = Array(tokens[(first + 1)...])
      switch keyword {
      case "end", "else":
        pendingElse = rest
        return (nodes, keyword)
      case "if": nodes.append(try condition(rest, source, line))
      case "range", "with":
        let head = try pipeline(rest, source, line, inRange: keyword == "range")
        let (body, otherwise) = try bodies(line)
        nodes.append(keyword == "range" ? .range(head, body, otherwise: otherwise) : .with(head, body, otherwise: otherwise))
      case "break": nodes.append(.breakLoop)
      case "continue": nodes.append(.continueLoop)
      case "define", "block":
        guard case .string(let name)? = words.dropFirst().first else { throw failure("missing name in \(keyword) clause", line: line) }
        let (body, end) = try block()
        guard end == "end" else { throw failure("unexpected EOF", line: line) }
        templates.append((name, body))
        if keyword == "block" { nodes.append(.call(template: name, try argument(rest, source, line))) }
      case "template":
        guard case .string(let name)? = words.dropFirst().first else { throw failure("missing name in template clause", line: line) }
        nodes.append(.call(template: name, try argument(rest, source, line)))
      default: nodes.append(.action(try pipeline(tokens, source, line)))
      }
    }
    return (nodes, nil)
  }

  /// What stood behind the last `else`.
  private var pendingElse: [Token] = []

  private func argument(_ tokens: [Token], _ source: String, _ line: Int) throws(Failure) -> GoTemplate.Pipeline? {
    guard let name = tokens.firstIndex(where: { if case .string = $0 { true } else { false } }) else { return nil }
    let rest = Array(tokens[(name + 1)...])
    return rest.contains { $0 != .space } ? try pipeline(rest, source, line) : nil
  }

  private mutating func bodies(_ line: Int) throws(Failure) -> ([Node], otherwise: [Node]) {
    let (body, end) = try block()
    if end == "end" { return (body, []) }
    guard end == "else" else { throw failure("unexpected EOF", line: line) }
    let (otherwise, final) = try block()
    guard final == "end" else { throw failure("unexpected EOF", line: line) }
    return (body, otherwise)
  }

  private mutating func condition(_ tokens: [Token], _ source: String, _ line: Int) throws(Failure) -> Node {
    var branches: [(test: GoTemplate.Pipeline, body: [Node])] = []
    var test = try pipeline(tokens, source, line)
    while true {
      let (body, end) = try block()
      branches.append((test, body))
      if end == "end" { return .condition(branches, otherwise: []) }
      guard end == "else" else { throw failure("unexpected EOF", line: line) }
      let words = pendingElse.filter { $0 != .space }
      if words.first == .word("if"), let first = pendingElse.firstIndex(of: .word("if")) {
        test = try pipeline(Array(pendingElse[(first + 1)...]), source, line)
        continue
      }
      let (otherwise, final) = try block()
      guard final == "end" else { throw failure("unexpected EOF", line: line) }
      return .condition(branches, otherwise: otherwise)
    }
  }

  // Into pipelines.

  private func pipeline(_ tokens: [Token], _ source: String, _ line: Int, inRange: Bool = false) throws(Failure) -> GoTemplate.Pipeline {
    var pipeline = GoTemplate.Pipeline(source: source)
    var rest = tokens[...]
    // `$a, $b :=`
    if let sign = rest.firstIndex(where: { $0 == .symbol(":=") || $0 == .symbol("=") }) {
      for token in rest[..<sign] { if case .variable(let name) = token { pipeline.variables.append(name) } }
      pipeline.declares = rest[sign] == .symbol(":=")
      rest = rest[(sign + 1)...]
    }
    pipeline.commands = try commands(&rest, line, nested: false)
    if pipeline.commands.isEmpty || pipeline.commands.contains(where: \.isEmpty) {
      throw failure("missing value for \(inRange ? "range" : "command")", line: line)
    }
    return pipeline
  }

  private func commands(_ rest: inout ArraySlice<Token>, _ line: Int, nested: Bool) throws(Failure) -> [[GoTemplate.Term]] {
    var commands: [[GoTemplate.Term]] = [[]]
    while let token = rest.popFirst() {
      switch token {
      case .space: continue
      case .symbol("|"): commands.append([])
      case .symbol(")"):
        guard nested else { throw failure("unexpected right paren", line: line) }
        return commands
      case .symbol("("):
        let inner = try self.commands(&rest, line, nested: true)
        commands[commands.count - 1].append(.group(GoTemplate.Pipeline(commands: inner), fields(&rest)))
      case .field(let name):
        commands[commands.count - 1].append(name.isEmpty ? .dot : .field([name] + fields(&rest)))
      case .variable(let name): commands[commands.count - 1].append(.variable(name, fields(&rest)))
      case .string(let text): commands[commands.count - 1].append(.constant(.json(.string(text))))
      case .int(let int): commands[commands.count - 1].append(.constant(.int(int)))
      case .float(let text): commands[commands.count - 1].append(.constant(.json(.number(text))))
      case .word("true"): commands[commands.count - 1].append(.constant(.json(true)))
      case .word("false"): commands[commands.count - 1].append(.constant(.json(false)))
      case .word("nil"): commands[commands.count - 1].append(.constant(.json(.null)))
      case .word(let name):
        guard GoTemplateRun.functions.contains(name) else { throw failure("function \"\(name)\" not defined", line: line) }
        commands[commands.count - 1].append(.function(name))
      case .symbol(let other): throw failure("unexpected \"\(other)\" in operand", line: line)
      }
    }
    if nested { throw failure("unclosed left paren", line: line) }
    return commands
  }

  /// `.a.b` directly behind a term.
  private func fields(_ rest: inout ArraySlice<Token>) -> [String] {
    var names: [String] = []
    while case .field(let name)? = rest.first, !name.isEmpty {
      names.append(name)
      rest.removeFirst()
    }
    return names
  }
}
