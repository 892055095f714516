import APIMachinery
import Arguments
import Client
import Formats

// kctl completion: scripts for shells, and what they ask.

/// `kctl completion`
enum CompletionCommand {
  static var row: Command<Session> {
    Command(
      "completion", "Output shell completion code for the specified shell (bash, zsh or fish)", section: CommandTable.Section.settings,
      usage: "SHELL", examples: [Example("For this bash", "source <(kctl completion bash)")], completes: .words(["bash", "fish", "zsh"]),
      options: { NoOptions() }, flags: { [] },
      run: { _, positionals, session in
        guard let shell = positionals.words.first else { throw UsageFailure("Shell not specified.", "completion") }
        if positionals.words.count > 1 { throw UsageFailure("Too many arguments. Expected only the shell type.", "completion") }
        guard let script = script(shell) else { throw UsageFailure("Unsupported shell type \(Read.quoted(shell)).", "completion") }
        session.console.write(script)
      })
  }

  /// A shell's script; nil for a shell that has none.
  static func script(_ shell: String) -> String? {
    switch shell {
    case "bash": return BashCompletion.text(KctlProgram.words)
    case "fish": return FishCompletion.text(KctlProgram.words)
    case "zsh": return ZshCompletion.text(KctlProgram.words)
    default: return nil
    }
  }
}

/// `kctl __complete WHAT -- WORDS…`: what may stand where the last word is. Prints a candidate a line; never fails.
enum AskedCompletion {
  static var row: Command<Session> {
    Command(
      "__complete", "What completion scripts ask", usage: "WHAT -- WORDS...", hidden: true, options: { NoOptions() }, flags: { [] },
      run: { _, positionals, session in
        guard let what = positionals.words.first else { return }
        var globals = Globals()
        let words = Array(positionals.words.dropFirst())
        // The flags typed so far choose context and namespace.
        _ = try? KctlProgram.words.request(Array(words.dropLast()), into: &globals)
        let inner = Session(session.console, globals, backends: session.backends)
        for candidate in (try? candidates(what, words, inner)) ?? [] { session.print(candidate) }
      })
  }

  private static func candidates(_ what: String, _ words: [String], _ session: Session) throws -> [String] {
    let current = words.last ?? ""
    let plain = positionals(Array(words.dropLast()))
    switch what {
    case "contexts": return try session.configuration().contextNames
    case "clusters": return try session.configuration().names("clusters")
    case "namespaces": return try names("namespaces", session)
    case "nodes": return try names("nodes", session)
    case "commands": return KctlProgram.words.path(to: plain)?.last?.commands.filter { !$0.hidden }.map(\.name) ?? []
    case "sim-node": return plain.isEmpty ? ["node"] : try names("nodes", session)
    case "sim-pod": return plain.isEmpty ? ["pod"] : try names("pods", session)
    case "actions": return plain.isEmpty ? AuthCommand.verbs : try resources(Array(plain.dropFirst()), current, session)
    case "containers": return try containers(plain, session)
    case "logs" where !current.contains("/"): return try names("pods", session) + ["deployment/", "replicaset/", "service/"]
    case "port-forward" where plain.isEmpty && !current.contains("/"):
      return try names("pods", session) + ["deployment/", "pod/", "service/"]
    case "port-forward" where !plain.isEmpty: return try ports(plain[0], session)
    case "rollouts" where plain.isEmpty && !current.contains("/"): return ["deployment", "deployment/"]
    default: return try resources(plain, current, session)
    }
  }

  /// Types first, then names; `type/` and names behind it.
  private static func resources(_ plain: [String], _ current: String, _ session: Session) throws -> [String] {
    if let slash = current.firstIndex(of: "/") {
      let type = String(current[..<slash])
      return try names(type, session).map { "\(type)/\($0)" }
    }
    if let type = plain.first, !type.contains("/") { return try names(type, session) }
    // As kubectl's: what is only ever created is on no list of objects.
    let kinds = try session.resources().kinds.filter { $0.verbs.contains("get") }
    if let comma = current.lastIndex(of: ",") {
      let before = current[...comma]
      return kinds.map { before + $0.plural }
    }
    return Set(kinds.flatMap { [$0.plural] + $0.shortNames } + kinds.flatMap(\.categories)).sorted()
  }

  private static func names(_ type: String, _ session: Session) throws -> [String] {
    let kind = try session.resources().kind(type)
    let list = try session.client().list(kind, namespace: kind.namespaced ? try session.namespace() : nil, ListOptions())
    return list.items.map(\.name)
  }

  /// The containers of the pod, or of the workload's template, that the words name.
  private static func containers(_ plain: [String], _ session: Session) throws -> [String] {
    guard let word = plain.first(where: { $0 != "pod" }) else { return [] }
    let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
    let kind = try session.resources().kind(parts.count == 2 ? parts[0] : "pods")
    let object = try session.client().get(ObjectKey(kind, try session.namespace(), parts.last ?? word), subresource: nil)
    let spec = object["spec"].has("template") ? object["spec"]["template"]["spec"] : object["spec"]
    return (spec["containers"].items + spec["initContainers"].items).map { $0["name"].text }
  }

  /// The ports of the pod, of the workload's template or of the Service that a word names.
  private static func ports(_ word: String, _ session: Session) throws -> [String] {
    let parts = word.split(separator: "/", maxSplits: 1).map(String.init)
    let kind = try session.resources().kind(parts.count == 2 ? parts[0] : "pods")
    let object = try session.client().get(ObjectKey(kind, try session.namespace(), parts.last ?? word), subresource: nil)
    let spec = object["spec"].has("template") ? object["spec"]["template"]["spec"] : object["spec"]
    let ports = kind.name == "Service" ? spec["ports"].items : spec["containers"].items.flatMap { $0["ports"].items }
    return ports.filter { $0["protocol"] != "UDP" }.map { port in
      port["name"].string ?? String((port["port"].int ?? port["containerPort"].int) ?? 0)
    }
  }

  /// The words that are neither commands nor flags nor flags' values.
  private static func positionals(_ words: [String]) -> [String] {
    var path = [CommandTable.root]
    var out: [String] = []
    let shared = Globals.flags.map(\.words)
    var skips = false
    for word in words {
      if skips {
        skips = false
      } else if word.hasPrefix("-") {
        let flags = (path.last?.flags ?? []) + shared
        skips =
          !word.contains("=")
          && flags.contains { "--\($0.name)" == word && $0.bare == nil || $0.short.map { "-\($0)" } == word && $0.bare == nil }
      } else if out.isEmpty, let next = path.last?.command(named: word) {
        path.append(next)
      } else {
        out.append(word)
      }
    }
    return out
  }
}
