import APIMachinery
import Formats

// Runs a script in its own time: what it prints when, and how it ends.

/// A script's run, from its start on. Nothing happens outside of it; the same script prints the same lines.
struct ScriptRun {
  enum Outcome: Equatable {
    case exits(code: Int, at: Instant)
    /// Runs until it is stopped.
    case serves
  }
  private enum Flow: Equatable { case goes, breaks, exits, serves, stopped }

  private let started: Instant
  private let limit: Instant
  private var now: Instant
  private var status = 0
  private var variables: [(String, String)]
  private var steps = 0
  private let maximum: Int
  private let print: (Instant, String) -> Bool
  /// A line that `printf` has begun.
  private var partial = ""

  /// How long a shell takes to come up, and each of its commands to run.
  static let start = Duration.milliseconds(8)
  static let command = Duration.microseconds(40)
  /// A turn of a loop takes at least this.
  static let turn = Duration.milliseconds(1)

  private init(_ script: Script, started: Instant, limit: Instant, maximum: Int, print: @escaping (Instant, String) -> Bool) {
    self.started = started
    self.limit = limit
    self.maximum = maximum
    self.print = print
    now = started + ScriptRun.start
    variables = script.variables
  }

  /// Runs a script up to a moment, telling each line it prints; `print` says whether to go on.
  static func run(
    _ script: Script, startedAt: Instant, until limit: Instant, maximum: Int = 4_000_000, print: @escaping (Instant, String) -> Bool
  ) -> Outcome? {
    var run = ScriptRun(script, started: startedAt, limit: limit, maximum: maximum, print: print)
    let flow = run.walk(script.root)
    if !run.partial.isEmpty, flow != .stopped { _ = print(run.now, run.partial) }
    switch flow {
    case .goes, .breaks, .exits: return .exits(code: run.status, at: run.now)
    case .serves: return .serves
    case .stopped: return nil
    }
  }

  /// How a script ends, if it does within a year and a reasonable number of steps.
  static func outcome(_ script: Script, startedAt: Instant) -> Outcome {
    if case .serve = script.root { return .serves }
    if ScriptRun.neverEnds(script.root) { return .serves }
    return run(script, startedAt: startedAt, until: startedAt + .seconds(366 * 86400), maximum: 200_000) { _, _ in true } ?? .serves
  }

  private static func neverEnds(_ node: Script.Node) -> Bool {
    switch node {
    case .serve, .command: false
    case .forever(let body): !canLeave(body)
    case .each(_, _, let body): neverEnds(body)
    case .list(let nodes):
      // Only what surely runs counts.
      nodes.contains { $0.connector == .always && neverEnds($0.node) } && !nodes.contains { canLeave($0.node) }
    }
  }

  private static func canLeave(_ node: Script.Node) -> Bool {
    switch node {
    case .serve: true
    case .command(_, let words, _):
      if case .text(let name)? = words.first?.first { ["exit", "break", "return"].contains(name) } else { false }
    case .forever(let body), .each(_, _, let body): canLeave(body)
    case .list(let nodes): nodes.contains { canLeave($0.node) }
    }
  }

  private mutating func walk(_ node: Script.Node) -> Flow {
    switch node {
    case .serve: return .serves
    case .command(let assigns, let words, let silent): return command(assigns, words, silent)
    case .list(let nodes):
      for (connector, node) in nodes {
        if connector == .and && status != 0 || connector == .or && status == 0 { continue }
        let flow = walk(node)
        if flow != .goes { return flow }
      }
      return .goes
    case .forever(let body):
      while true {
        let before = now
        let flow = walk(body)
        if flow == .breaks { return .goes }
        if flow != .goes { return flow }
        now = max(now, before + ScriptRun.turn)
        if now > limit { return .stopped }
      }
    case .each(let name, let words, let body):
      for word in words.flatMap({ expand($0).split(separator: " ").map(String.init) }) {
        set(name, word)
        let flow = walk(body)
        if flow == .breaks { return .goes }
        if flow != .goes { return flow }
      }
      return .goes
    }
  }

  private mutating func set(_ name: String, _ value: String) {
    if let i = variables.lastIndex(where: { $0.0 == name }) { variables[i].1 = value } else { variables.append((name, value)) }
  }

  private mutating func command(_ assigns: [(String, Script.Word)], _ words: [Script.Word], _ silent: Bool) -> Flow {
    steps += 1
    now = now + ScriptRun.command
    if now > limit || steps > maximum { return .stopped }
    for (name, word) in assigns { set(name, expand(word)) }
    guard let name = words.first.map({ expand($0) }) else {
      status = 0
      return .goes
    }
    var arguments = words.dropFirst().map { expand($0) }
    switch name {
    case "echo":
      var newline = true
      while let option = arguments.first, ["-n", "-e", "-ne", "-en", "-E"].contains(option) {
        if option.contains("n") { newline = false }
        if option.contains("e") { arguments = arguments.map(ScriptRun.unescape) }
        arguments.removeFirst()
      }
      status = 0
      return out(arguments.joined(separator: " ") + (newline ? "\n" : ""), silent)
    case "printf":
      status = 0
      guard let format = arguments.first else { return .goes }
      var text = ScriptRun.unescape(format)
      for argument in arguments.dropFirst() {
        guard let place = text.range(of: "%s") ?? text.range(of: "%d") else { break }
        text.replaceSubrange(place, with: argument)
      }
      return out(text, silent)
    case "date":
      status = 0
      return out(date() + "\n", silent)
    case "hostname":
      status = 0
      return out(variable("HOSTNAME") + "\n", silent)
    case "sleep":
      status = 0
      for argument in arguments {
        guard let length = ScriptRun.seconds(argument) else {
          status = 1
          return out("sleep: invalid number '\(argument)'\n", false)
        }
        now = now + length
      }
      if now > limit { return .stopped }
      return .goes
    case "exit", "return":
      if let code = arguments.first.flatMap({ Int($0) }) { status = code & 255 }
      return .exits
    case "break": return .breaks
    case "false": status = 1
    case "export":
      status = 0
      for argument in arguments {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { set(String(parts[0]), String(parts[1])) }
      }
    default: status = 0
    }
    return .goes
  }

  private mutating func out(_ text: String, _ silent: Bool) -> Flow {
    if silent { return .goes }
    var lines = (partial + text).split(separator: "\n", omittingEmptySubsequences: false)
    partial = lines.popLast().map(String.init) ?? ""
    for line in lines where !print(now, String(line)) { return .stopped }
    return .goes
  }

  private func variable(_ name: String) -> String {
    switch name {
    case "?": "\(status)"
    case "$": "1"
    default: variables.last { $0.0 == name }?.1 ?? ""
    }
  }

  private func expand(_ word: Script.Word) -> String {
    if word.count == 1, case .text(let text) = word[0] { return text }
    var out = ""
    for piece in word {
      switch piece {
      case .text(let text): out += text
      case .variable(let name): out += variable(name)
      case .substitution(let command):
        switch command.split(separator: " ").first {
        case "date": out += date()
        case "hostname": out += variable("HOSTNAME")
        default: break
        }
      case .arithmetic(let expression): out += String(arithmetic(expression))
      }
    }
    return out
  }

  /// Sums, differences and products, from left to right.
  private func arithmetic(_ text: String) -> Int64 {
    var total: Int64 = 0
    var operation: Character = "+"
    var term = ""
    func value(_ term: String) -> Int64 {
      let name = term.hasPrefix("$") ? String(term.dropFirst()) : term
      return Int64(name) ?? Int64(variable(name)) ?? 0
    }
    for c in text + "+" where c != " " {
      guard "+-*/%".contains(c) else {
        term.append(c)
        continue
      }
      let next = value(term)
      switch operation {
      case "+": total = total &+ next
      case "-": total = total &- next
      case "*": total = total &* next
      case "/" where next > 0: total /= next
      case "%" where next > 0: total %= next
      default: break
      }
      operation = c
      term = ""
    }
    return total
  }

  /// As `date` prints it: `Thu Jan  1 00:00:10 UTC 2026`.
  private func date() -> String {
    let c = now.civil
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let day = Int(((now.seconds / 86400) % 7 + 7) % 7)
    func two(_ n: Int) -> String { n < 10 ? "0\(n)" : "\(n)" }
    return
      "\(days[day]) \(months[c.month - 1]) \(c.day < 10 ? " " : "")\(c.day) \(two(c.hour)):\(two(c.minute)):\(two(c.second)) UTC \(c.year)"
  }

  private static func unescape(_ text: String) -> String {
    guard text.contains("\\") else { return text }
    var out = ""
    var escaped = false
    for c in text {
      if escaped {
        switch c {
        case "n": out += "\n"
        case "t": out += "\t"
        case "\\": out += "\\"
        default: out += "\\\(c)"
        }
        escaped = false
      } else if c == "\\" {
        escaped = true
      } else {
        out.append(c)
      }
    }
    return escaped ? out + "\\" : out
  }

  /// `sleep`'s argument: `3`, `0.5`, `2m`, `infinity`.
  static func seconds(_ text: String) -> Duration? {
    if text == "infinity" || text == "inf" { return .seconds(1_000_000_000) }
    var number = Substring(text)
    var unit: Double = 1
    switch number.last {
    case "s": number = number.dropLast()
    case "m": (number, unit) = (number.dropLast(), 60)
    case "h": (number, unit) = (number.dropLast(), 3600)
    case "d": (number, unit) = (number.dropLast(), 86400)
    default: break
    }
    guard let value = Double(number), value >= 0, value.isFinite else { return nil }
    return .nanoseconds(Int64(min(value * unit, 1_000_000_000) * 1_000_000_000))
  }
}

extension String {
  /// The first place of a text. (The standard library alone has none.)
  fileprivate func range(of text: String) -> Range<String.Index>? {
    var i = startIndex
    while i < endIndex {
      if self[i...].hasPrefix(text) { return i..<index(i, offsetBy: text.count) }
      i = index(after: i)
    }
    return nil
  }
}
