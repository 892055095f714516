import Testing

@testable import Arguments

// Command lines to flags and arguments, as pflag and cobra read them.

private struct Options: Sendable, Equatable {
  var all = false
  var dry = "none"
  var labels = ""
  var files: [String] = []
  var literals: [String] = []
  var replicas = 0
  var since = Duration.zero
}

private struct Globals: Sendable { var namespace = "" }

/// What a run saw.
private final class Seen {
  var options = Options()
  var words = Positionals()
  var ran = ""
}

private func program() -> Program<Seen, Globals> {
  let flags: @Sendable () -> [Flag<Options>] = {
    [
      .toggle("all", "A", \.all, "all"), .text("dry-run", nil, \.dry, value: "HOW", bare: "unchanged", "dry"),
      .text("selector", "l", \.labels, value: "SELECTOR", "labels"), .list("filename", "f", \.files, value: "FILE", "files"),
      .each("from-literal", nil, \.literals, value: "KEY=VALUE", "literals"),
      .number("replicas", nil, \.replicas, default: "0", "replicas"),
      .duration("since", nil, \.since, default: "0s", "since"),
    ]
  }
  func leaf(_ name: String, _ flags: @escaping @Sendable () -> [Flag<Options>]) -> Command<Seen> {
    Command(
      name, "A \(name)", options: { Options() }, flags: flags,
      run: { options, words, seen in
        seen.options = options
        seen.words = words
        seen.ran = name
      })
  }
  let must: @Sendable () -> [Flag<Options>] = { [.text("image", nil, \.labels, value: "IMAGE", required: true, "image")] }
  return Program(
    Command(
      "kctl", "Root",
      commands: [
        leaf("get", flags), leaf("set", flags), leaf("run", must), Command("rollout", "Group", commands: [leaf("status", flags)]),
      ]), globals: [.text("namespace", "n", \.namespace, value: "NAMESPACE", "namespace")])
}

private func parse(_ line: String) throws -> (Options, Positionals, String, String) {
  var globals = Globals()
  let seen = Seen()
  let words = line.split(separator: " ").map(String.init)
  guard case .run(_, let call) = try program().request(words, into: &globals) else { throw ValueProblem("no run") }
  try call(seen)
  return (seen.options, seen.words, globals.namespace, seen.ran)
}

private func problem(_ line: String) -> String {
  do {
    _ = try parse(line)
    return ""
  } catch let problem as UsageProblem {
    switch problem {
    case .flags(let text, _, _): return text
    case .unknownCommand(let word, _, _): return "unknown \(word)"
    case .missingFlags(let names, _): return "missing \(names.joined(separator: ","))"
    }
  } catch {
    return "\(error)"
  }
}

struct ParserTests {
  @Test func `values stand behind = or as the next word, short ones glued on too`() throws {
    for line in [
      "get -l a=b x", "get --selector a=b x", "get --selector=a=b x", "get -la=b x", "get -l=a=b x", "get x -l a=b", "-l a=b get x",
    ] {
      let (options, words, _, _) = try parse(line)
      #expect(options.labels == "a=b", "\(line)")
      #expect(words.words == ["x"], "\(line)")
    }
  }

  @Test func `global flags stand anywhere`() throws {
    for line in ["-n x get pods", "get -n x pods", "get pods -nx", "get pods --namespace=x", "--namespace x get pods"] {
      let (_, words, namespace, ran) = try parse(line)
      #expect(namespace == "x" && words.words == ["pods"] && ran == "get", "\(line)")
    }
  }

  @Test func `switches take a value only behind =`() throws {
    #expect(try parse("get -A x").0.all)
    #expect(try parse("get --all=false x").0.all == false)
    #expect(try parse("get -A=0 x").0.all == false)
    #expect(try parse("get --all false").1.words == ["false"])
    #expect(
      try parse("get -Al a=b").0
        == {
          var o = Options(); o.all = true; o.labels = "a=b"; return o
        }())
  }

  @Test func `a flag that may stand alone takes no next word`() throws {
    let (options, words, _, _) = try parse("get --dry-run server")
    #expect(options.dry == "unchanged" && words.words == ["server"])
    #expect(try parse("get --dry-run=server").0.dry == "server")
  }

  @Test func `lists join commas and repeats, others only repeats`() throws {
    #expect(try parse("get -f a,b -f c").0.files == ["a", "b", "c"])
    #expect(try parse("get -f \"a,b\",c").0.files == ["a,b", "c"])
    #expect(try parse("get --from-literal=a=1,2 --from-literal b=3").0.literals == ["a=1,2", "b=3"])
  }

  @Test func `two dashes end the flags`() throws {
    let (options, words, _, _) = try parse("get x -- -l y")
    #expect(options.labels == "" && words.words == ["x", "-l", "y"] && words.beforeDashes == 1)
  }

  @Test func `what is wrong is told in pflag's words`() {
    #expect(problem("get --nosuch") == "unknown flag: --nosuch")
    #expect(problem("get -x") == "unknown shorthand flag: 'x' in -x")
    #expect(problem("get -Axy") == "unknown shorthand flag: 'x' in -xy")
    #expect(problem("get -l") == "flag needs an argument: 'l' in -l")
    #expect(problem("get --selector") == "flag needs an argument: --selector")
    #expect(problem("get --=x") == "bad flag syntax: --=x")
    #expect(
      problem("get --replicas=x") == "invalid argument \"x\" for \"--replicas\" flag: strconv.ParseInt: parsing \"x\": invalid syntax")
    #expect(
      problem("get -A=maybe") == "invalid argument \"maybe\" for \"-A, --all\" flag: strconv.ParseBool: parsing \"maybe\": invalid syntax")
    #expect(problem("get --since=1x") == "invalid argument \"1x\" for \"--since\" flag: time: unknown unit \"x\" in duration \"1x\"")
    #expect(problem("get --since=5") == "invalid argument \"5\" for \"--since\" flag: time: missing unit in duration \"5\"")
    #expect(
      problem("get --replicas=99999999999999999999")
        == "invalid argument \"99999999999999999999\" for \"--replicas\" flag: strconv.ParseInt: parsing \"99999999999999999999\": value out of range"
    )
    #expect(problem("run") == "missing image")
  }

  @Test func `subcommands are found between flags, and misspelt ones are guessed`() throws {
    #expect(try parse("rollout -n x status y").3 == "status")
    var globals = Globals()
    guard case .unknown(let word, _, let path, let meant) = try program().request(["gte", "x"], into: &globals) else {
      Issue.record("gte is a command")
      return
    }
    #expect(word == "gte" && path.count == 1 && meant == ["get"])
    guard case .incomplete = try program().request(["rollout"], into: &globals) else {
      Issue.record("rollout runs")
      return
    }
    guard case .help(let path) = try program().request(["rollout", "status", "-h"], into: &globals) else {
      Issue.record("-h is no help")
      return
    }
    #expect(path.map(\.name) == ["kctl", "rollout", "status"])
  }

  @Test(arguments: [
    ("1h30m", Duration.seconds(5400)), ("1.5s", .milliseconds(1500)), ("-2m", .seconds(-120)), ("0", .zero), ("100ms", .milliseconds(100)),
    ("1us", .microseconds(1)), (".5s", .milliseconds(500)),
  ]) func `durations are Go's`(_ text: String, _ duration: Duration) throws {
    #expect(try Read.duration(text) == duration)
  }

  @Test(arguments: ["", "s", "1", "1h1", "x", "1..s", "+", "99999999999h"]) func `no durations`(_ text: String) {
    #expect(throws: ValueProblem.self) { try Read.duration(text) }
  }

  @Test func `the nearest word is near enough or none`() {
    #expect(nearest("namespac", among: ["namespace", "name"]) == "namespace")
    #expect(nearest("gte", among: ["get", "set"]) == "get")
    #expect(nearest("zzz", among: ["get", "set"]) == nil)
    #expect(editDistance("gte", "get") == 1)
    #expect(editDistance("gte", "get", swaps: false) == 2)
  }
}
