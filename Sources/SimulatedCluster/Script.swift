import APIMachinery
import Client
import Formats

// What a simulated container does: its command, read as a small shell script.

/// A container's command as a script. What it can't read is a server, which runs until it is stopped.
///
/// Understood, directly or inside `sh -c`: `echo`, `printf`, `sleep`, `exit`, `true`, `:`, `false`, `date`, `hostname`, `export`,
/// `NAME=value`, `$NAME`, `$((…))`, `$(date)`, `$(hostname)`, joined by `;`, `&&`, `||` and newlines; `while true; do …; done`,
/// `until false; do …; done`, `for NAME in …; do …; done`, `break`, `exec`.
struct Script {
  indirect enum Node {
    case command(assigns: [(String, Word)], words: [Word], silent: Bool)
    case list([(connector: Connector, node: Node)])
    case forever(Node)
    case each(String, [Word], Node)
    /// Something that runs until it is stopped.
    case serve
  }
  enum Connector { case always, and, or }
  typealias Word = [Piece]
  enum Piece {
    case text(String)
    case variable(String)
    case substitution(String)
    case arithmetic(String)
  }

  let root: Node
  let variables: [(String, String)]

  /// The script of a container's spec.
  init(_ spec: Value, pod: Value) {
    var variables: [(String, String)] = [("HOSTNAME", pod["spec"]["hostname"].string ?? pod.name), ("HOME", "/root"), ("PATH", "/bin")]
    for variable in spec["env"].items {
      let name = variable["name"].text
      let value = variable["value"].string ?? Script.field(variable["valueFrom"]["fieldRef"]["fieldPath"].text, pod)
      variables.append((name, Script.expand(value, variables)))
    }
    self.variables = variables
    let words = (spec["command"].items + spec["args"].items).map { Script.expand($0.text, variables) }
    root = Script.isGiven(by: spec) ? Script.read(words) : .serve
  }

  /// Whether a container runs what its spec says: a command, or arguments that its image hands on as they are. Images without a
  /// server of their own do, and the entry points of most others where a shell is named.
  static func isGiven(by spec: Value) -> Bool {
    if !spec["command"].items.isEmpty { return true }
    guard let program = spec["args"].items.first?.text.split(separator: "/").last else { return false }
    if shells.contains(String(program)) { return true }
    let image = spec["image"].text.split(separator: "/").last ?? ""
    return bareImages.contains(String(image.prefix { $0 != ":" && $0 != "@" }))
  }

  private static let shells: Set<String> = ["sh", "bash", "ash", "dash"]
  private static let bareImages: Set<String> = ["busybox", "alpine", "ubuntu", "debian"]

  private static func field(_ path: String, _ pod: Value) -> String {
    switch path {
    case "metadata.name": pod.name
    case "metadata.namespace": pod.namespace
    case "metadata.uid": pod.uid
    case "spec.nodeName": pod["spec"]["nodeName"].text
    case "spec.serviceAccountName": pod["spec"]["serviceAccountName"].text
    case "status.podIP": pod["status"]["podIP"].text
    case "status.hostIP": pod["status"]["hostIP"].text
    default: ""
    }
  }

  /// Kubernetes' own `$(NAME)` in commands and values; `$$` is a dollar.
  private static func expand(_ text: String, _ variables: [(String, String)]) -> String {
    guard text.contains("$(") || text.contains("$$") else { return text }
    var out = ""
    var rest = Substring(text)
    while let dollar = rest.firstIndex(of: "$") {
      out += rest[..<dollar]
      rest = rest[dollar...]
      if rest.hasPrefix("$$") {
        out += "$"
        rest = rest.dropFirst(2)
      } else if rest.hasPrefix("$("), let close = rest.firstIndex(of: ")"),
        let found = variables.last(where: { $0.0 == rest[rest.index(rest.startIndex, offsetBy: 2)..<close] })
      {
        out += found.1
        rest = rest[rest.index(after: close)...]
      } else {
        out += "$"
        rest = rest.dropFirst()
      }
    }
    return out + rest
  }

  /// The command of words that no shell splits any more.
  static func read(_ words: [String]) -> Node {
    guard let first = words.first else { return .serve }
    let program = first.split(separator: "/").last.map(String.init) ?? first
    if ["sh", "bash", "ash", "dash", "busybox"].contains(program) {
      let rest = words.dropFirst().drop { $0 == "sh" || $0.hasPrefix("-") && !$0.hasSuffix("c") || $0.hasPrefix("+") }
      guard let option = rest.first, option.hasPrefix("-"), let text = rest.dropFirst().first else { return .serve }
      var parser = ShellParser(text)
      return parser.script()
    }
    return ShellParser.command([], words.map { [.text($0)] }, silent: false)
  }
}

// MARK: - Reading

/// Reads the shell's words and joins.
struct ShellParser {
  private enum Token: Equatable {
    case word(Script.Word, bare: String)
    case join(String)
    case redirect(toLog: Bool)

    static func == (a: Token, b: Token) -> Bool {
      switch (a, b) {
      case (.join(let x), .join(let y)): x == y
      case (.word(_, let x), .word(_, let y)): x == y && !x.isEmpty
      default: false
      }
    }
  }
  private var tokens: [Token] = []
  private var at = 0
  private var readable = true

  init(_ text: String) { tokenize(Array(text.unicodeScalars)) }

  mutating func script() -> Script.Node {
    guard readable else { return .serve }
    let list = list(until: [], depth: 0)
    return readable && at == tokens.count ? list : .serve
  }

  private mutating func tokenize(_ s: [Unicode.Scalar]) {
    var i = 0
    var word: Script.Word = []
    var bare = ""
    var text = String.UnicodeScalarView()
    var open = false
    func isName(_ c: Unicode.Scalar) -> Bool { c == "_" || c.properties.isAlphabetic && c.isASCII || ("0"..."9").contains(c) }
    func flushText() {
      if !text.isEmpty { word.append(.text(String(text))) }
      text = .init()
    }
    func endWord() {
      flushText()
      if open { tokens.append(.word(word, bare: bare)) }
      word = []
      bare = ""
      open = false
    }
    /// `$` at i: a variable, `$(…)`, `$((…))`.
    func dollar() -> Bool {
      open = true
      bare = "\u{0}"
      let next = i + 1 < s.count ? s[i + 1] : " "
      if next == "(" {
        let double = i + 2 < s.count && s[i + 2] == "("
        var depth = 0
        var j = i + 1
        while j < s.count {
          if s[j] == "(" { depth += 1 }
          if s[j] == ")" {
            depth -= 1
            if depth == 0 { break }
          }
          j += 1
        }
        guard j < s.count else { return false }
        flushText()
        var inner = String.UnicodeScalarView()
        inner.append(contentsOf: s[(i + (double ? 3 : 2))..<max(i + (double ? 3 : 2), double ? j - 1 : j)])
        word.append(double ? .arithmetic(String(inner)) : .substitution(String(inner)))
        i = j + 1
      } else if next == "{" {
        guard let close = s[(i + 2)...].firstIndex(of: "}") else { return false }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: s[(i + 2)..<close])
        guard name.allSatisfy(isName) else { return false }
        flushText()
        word.append(.variable(String(name)))
        i = close + 1
      } else if isName(next) || next == "?" || next == "$" {
        var j = i + 2
        if isName(next) { while j < s.count, isName(s[j]) { j += 1 } }
        var name = String.UnicodeScalarView()
        name.append(contentsOf: s[(i + 1)..<j])
        flushText()
        word.append(.variable(String(name)))
        i = j
      } else {
        text.append("$")
        i += 1
      }
      return true
    }
    while i < s.count {
      let c = s[i]
      switch c {
      case "'":
        guard let close = s[(i + 1)...].firstIndex(of: "'") else {
          readable = false
          return
        }
        open = true
        text.append(contentsOf: s[(i + 1)..<close])
        bare.unicodeScalars.append("\u{0}")
        i = close + 1
      case "\"":
        open = true
        bare.unicodeScalars.append("\u{0}")
        i += 1
        while i < s.count, s[i] != "\"" {
          if s[i] == "\\", i + 1 < s.count, "$`\"\\".unicodeScalars.contains(s[i + 1]) {
            text.append(s[i + 1])
            i += 2
          } else if s[i] == "$" {
            guard dollar() else {
              readable = false
              return
            }
          } else if s[i] == "`" {
            readable = false
            return
          } else {
            text.append(s[i])
            i += 1
          }
        }
        guard i < s.count else {
          readable = false
          return
        }
        i += 1
      case "\\":
        if i + 1 < s.count, s[i + 1] != "\n" {
          open = true
          text.append(s[i + 1])
          bare.unicodeScalars.append("\u{0}")
        }
        i += 2
      case "$":
        guard dollar() else {
          readable = false
          return
        }
      case " ", "\t":
        endWord()
        i += 1
      case "#" where !open:
        while i < s.count, s[i] != "\n" { i += 1 }
      case ";", "\n":
        endWord()
        tokens.append(.join(";"))
        i += 1
      case "&" where i + 1 < s.count && s[i + 1] == "&":
        endWord()
        tokens.append(.join("&&"))
        i += 2
      case "|" where i + 1 < s.count && s[i + 1] == "|":
        endWord()
        tokens.append(.join("||"))
        i += 2
      case ">":
        // `>file`, `2>file`, `>&2`, `>/dev/stderr`
        let number = bare
        if open, bare == "1" || bare == "2" {
          word = []
          text = .init()
          open = false
        }
        endWord()
        i += 1
        if i < s.count, s[i] == ">" { i += 1 }
        var target = String.UnicodeScalarView()
        while i < s.count, s[i] == " " { i += 1 }
        while i < s.count, !" \t\n;&|".unicodeScalars.contains(s[i]) || target.isEmpty && s[i] == "&" {
          target.append(s[i])
          i += 1
        }
        let name = String(target)
        let toLog = name.hasPrefix("&") || ["/dev/stdout", "/dev/stderr", "/proc/1/fd/1", "/proc/1/fd/2"].contains(name)
        if number != "2" { tokens.append(.redirect(toLog: toLog)) }
      case "|", "&", "<", "`", "(", ")":
        readable = false
        return
      default:
        open = true
        text.append(c)
        bare.unicodeScalars.append(c)
        i += 1
      }
    }
    endWord()
  }

  private var next: Token? { at < tokens.count ? tokens[at] : nil }
  private func isWord(_ bare: String) -> Bool {
    if case .word(_, let text)? = next { return text == bare }
    return false
  }
  private mutating func skipJoins() { while next == .join(";") { at += 1 } }

  private mutating func list(until ends: [String], depth: Int) -> Script.Node {
    var nodes: [(connector: Script.Connector, node: Script.Node)] = []
    var connector = Script.Connector.always
    guard depth < 32 else {
      readable = false
      return .serve
    }
    skipJoins()
    while let token = next {
      if case .word(_, let bare) = token, ends.contains(bare) { break }
      guard case .word = token else {
        readable = false
        break
      }
      nodes.append((connector, one(depth)))
      guard readable else { break }
      guard case .join(let join)? = next else { break }
      at += 1
      connector = join == "&&" ? .and : join == "||" ? .or : .always
      skipJoins()
    }
    return nodes.count == 1 ? nodes[0].node : .list(nodes)
  }

  private mutating func one(_ depth: Int) -> Script.Node {
    if isWord("while") || isWord("until") {
      let wanted = isWord("while") ? ["true", ":", "sleep"] : ["false"]
      at += 1
      guard case .word(_, let condition)? = next, wanted.contains(condition) else { return unreadable() }
      var pause: [Script.Word] = []
      while case .word(let word, _)? = next {
        pause.append(word)
        at += 1
      }
      guard let body = body(depth) else { return unreadable() }
      if condition != "sleep" { return .forever(body) }
      return .forever(.list([(.always, ShellParser.command([], pause, silent: false)), (.always, body)]))
    }
    if isWord("for") {
      at += 1
      guard case .word(_, let name)? = next else { return unreadable() }
      at += 1
      guard isWord("in") else { return unreadable() }
      at += 1
      var words: [Script.Word] = []
      while case .word(let word, _)? = next {
        words.append(word)
        at += 1
      }
      guard let body = body(depth) else { return unreadable() }
      return .each(name, words, body)
    }
    var assigns: [(String, Script.Word)] = []
    var words: [Script.Word] = []
    var silent = false
    var first = true
    while let token = next {
      if case .redirect(let toLog) = token {
        if !toLog { silent = true }
        at += 1
        continue
      }
      guard case .word(let word, let bare) = token else { break }
      at += 1
      if first, ["if", "case", "function", "{", "[[", "trap", "do", "done", "then", "fi"].contains(bare) { return unreadable() }
      if words.isEmpty, case .text(let head)? = word.first, let equals = head.firstIndex(of: "="), equals > head.startIndex,
        head[..<equals].utf8.allSatisfy({ $0 == 95 || $0 >= 48 && $0 <= 57 || $0 >= 65 && $0 <= 90 || $0 >= 97 && $0 <= 122 })
      {
        var value = word
        value[0] = .text(String(head[head.index(after: equals)...]))
        assigns.append((String(head[..<equals]), value))
      } else {
        words.append(word)
      }
      first = false
    }
    return ShellParser.command(assigns, words, silent: silent)
  }

  private mutating func body(_ depth: Int) -> Script.Node? {
    skipJoins()
    guard isWord("do") else { return nil }
    at += 1
    let inner = list(until: ["done"], depth: depth + 1)
    guard isWord("done") else { return nil }
    at += 1
    return inner
  }

  private mutating func unreadable() -> Script.Node {
    readable = false
    return .serve
  }

  private static let known = [
    "echo", "printf", "sleep", "exit", "true", ":", "false", "date", "hostname", "export", "break", "set", "return",
  ]

  static func command(_ assigns: [(String, Script.Word)], _ words: [Script.Word], silent: Bool) -> Script.Node {
    guard let first = words.first else { return .command(assigns: assigns, words: [], silent: silent) }
    guard first.count == 1, case .text(let text) = first[0] else { return .serve }
    let program = text.split(separator: "/").last.map(String.init) ?? text
    if program == "exec" { return command(assigns, Array(words.dropFirst()), silent: silent) }
    guard known.contains(program) else { return .serve }
    return .command(assigns: assigns, words: [[.text(program)]] + words.dropFirst(), silent: silent)
  }
}
