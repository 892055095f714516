import API
import APIMachinery
import Client
import Formats
import HTTP
import RemoteCluster
import Testing

// Watches and logs over HTTP.

struct RemoteStreamTests {
  private func event(_ type: String, _ name: String) -> String {
    "{\"type\":\"\(type)\",\"object\":{\"apiVersion\":\"v1\",\"kind\":\"Pod\",\"metadata\":{\"name\":\"\(name)\"}}}"
  }

  /// What a stream brings, to its end, in words.
  private func all(_ client: RemoteClient, _ streams: [any EventStream], until deadline: Instant? = nil) throws -> [String] {
    var words: [String] = []
    while words.count < 100 {
      switch try client.next(of: streams, until: deadline) {
      case .event(let i, .added(let object)): words.append("\(i) added \(object.name)")
      case .event(let i, .modified(let object)): words.append("\(i) modified \(object.name)")
      case .event(let i, .deleted(let object)): words.append("\(i) deleted \(object.name)")
      case .event(let i, .bookmark(let object)): words.append("\(i) bookmark \(object.resourceVersion)")
      case .event(let i, .error(let status)): words.append("\(i) error \(status.reason.rawValue)")
      case .event(let i, .log(let bytes)): words.append("\(i) log \(String(decoding: bytes, as: UTF8.self))")
      case .ended(let i): return words + ["\(i) ended"]
      case .deadline: return words + ["deadline"]
      case .stuck: return words + ["stuck"]
      }
    }
    return words
  }

  @Test(arguments: [1, 2, 5, 1 << 16]) func aWatchIsSplitAnywhere(_ pieces: Int) throws {
    let text =
      event("ADDED", "a") + "\n" + event("MODIFIED", "b{}\\\"}]") + event("DELETED", "ü") + "\r\n\n"
      + "{\"type\":\"BOOKMARK\",\"object\":{\"metadata\":{\"resourceVersion\":\"9\"}}}\n"
      + "{\"type\":\"ERROR\",\"object\":{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"Expired\",\"code\":410}}\n"
      + event("ADDED", "z")
    let scalars = Array(text.unicodeScalars)
    let chunks = stride(from: 0, to: scalars.count, by: 7).map { from in
      String(String.UnicodeScalarView(scalars[from..<min(from + 7, scalars.count)]))
    }
    let server = try RemoteScript(pieces: pieces) { _ in .stream(chunks) }
    defer { server.stop() }
    let client = server.client()
    let watch = try client.watch(Kinds.pod, namespace: "n", ListOptions())
    #expect(try all(client, [watch]) == ["0 added a", "0 modified b{}\"}]", "0 deleted ü", "0 bookmark 9", "0 error Expired", "0 ended"])
    #expect(server.asked[0].query["watch"] == "1")
  }

  @Test func aWatchThatWaitsIsNoEnd() throws {
    let event = event("ADDED", "a")
    let server = try RemoteScript { _ in .stream([event], ends: false) }
    defer { server.stop() }
    let client = server.client()
    let watch = try client.watch(Kinds.pod, namespace: nil, ListOptions())
    #expect(try all(client, [watch], until: client.now + .milliseconds(80)) == ["0 added a", "deadline"])
    watch.cancel()
    if case .stuck = try client.next(of: [watch], until: nil) {} else { Issue.record("a cancelled stream brings something") }
  }

  @Test func aWatchThatIsCutOffEnds() throws {
    let whole = event("ADDED", "a")
    let server = try RemoteScript { _ in .stream([whole, String(whole.prefix(20))]) }
    defer { server.stop() }
    let client = server.client()
    #expect(try all(client, [try client.watch(Kinds.pod, namespace: nil, ListOptions())]) == ["0 added a", "0 ended"])
  }

  @Test(arguments: ["{\"type\":\"ADDED\"}\n", "nonsense\n", "{\"a\":]}\n", "}}}}\n", "[1]\n"]) func aBrokenWatchIsAFailure(_ text: String)
    throws
  {
    let server = try RemoteScript { _ in .stream([text]) }
    defer { server.stop() }
    let client = server.client()
    let watch = try client.watch(Kinds.pod, namespace: nil, ListOptions())
    do throws(Status) {
      _ = try client.next(of: [watch], until: nil)
      Issue.record("it was taken")
    } catch {
      #expect(error.message.hasPrefix("error: unable to decode an event from the watch stream: "))
    }
    if case .ended = try client.next(of: [watch], until: nil) {} else { Issue.record("it goes on") }
  }

  @Test func aWatchThatIsRefusedIsAStatus() throws {
    let server = try RemoteScript { _ in
      .json("{\"kind\":\"Status\",\"status\":\"Failure\",\"reason\":\"Forbidden\",\"message\":\"no\",\"code\":403}", status: 403)
    }
    defer { server.stop() }
    let client = server.client()
    do throws(Status) {
      _ = try client.watch(Kinds.pod, namespace: nil, ListOptions())
      Issue.record("it was taken")
    } catch {
      #expect(error.reason == .forbidden)
    }
  }

  @Test func tablesOfAWatchSayTheirColumnsOnce() throws {
    func table(_ type: String, _ columns: String, _ rows: String) -> String {
      "{\"type\":\"\(type)\",\"object\":{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{\"resourceVersion\":\"8\"},\"columnDefinitions\":\(columns),\"rows\":\(rows)}}\n"
    }
    let first = table(
      "ADDED", "[{\"name\":\"Name\",\"type\":\"string\"}]", "[{\"cells\":[\"a\"],\"object\":{\"metadata\":{\"name\":\"a\"}}}]")
    let second = table("MODIFIED", "null", "[{\"cells\":[\"b\"],\"object\":{\"metadata\":{\"name\":\"b\"}}}]")
    let mark = table("BOOKMARK", "null", "[]")
    let server = try RemoteScript { _ in .stream([first, second, mark]) }
    defer { server.stop() }
    let client = server.client()
    var options = ListOptions()
    options.wantsPrinted = true
    let watch = try client.watch(Kinds.pod, namespace: nil, options)
    guard case .event(_, .added(let a)) = try client.next(of: [watch], until: nil),
      case .event(_, .modified(let b)) = try client.next(of: [watch], until: nil),
      case .event(_, .bookmark(let c)) = try client.next(of: [watch], until: nil)
    else { throw Status(.unknown, "other events") }
    #expect(PrintedCells.columns(of: a)?.first?.value(a, Instant(seconds: 0)) == "a")
    #expect(PrintedCells.columns(of: b)?.first?.value(b, Instant(seconds: 0)) == "b")
    #expect(b["kind"] == "Pod")
    #expect(c.resourceVersion == "8")
  }

  @Test func logsComeInWholeLines() throws {
    let server = try RemoteScript(pieces: 3) { _ in .stream(["one\ntw", "o\n", "the last"]) }
    defer { server.stop() }
    let client = server.client()
    var options = LogOptions()
    (options.container, options.follow, options.tailLines, options.since) = ("c", true, 5, Instant(year: 2026, month: 1, day: 1))
    let log = try client.logs(namespace: "n", pod: "p", options)
    let text = try all(client, [log])
    #expect(text.dropLast().map { $0.dropFirst(6) }.joined() == "one\ntwo\nthe last")
    #expect(text.dropLast(2).allSatisfy { $0.hasSuffix("\n") })
    #expect(text.last == "0 ended")
    #expect(server.asked[0].path == "/api/v1/namespaces/n/pods/p/log")
    #expect(server.asked[0].query == ["container": "c", "follow": "true", "sinceTime": "2026-01-01T00:00:00Z", "tailLines": "5"])
  }

  @Test func aManualClockIsAskedToJump() throws {
    let event = event("ADDED", "a")
    let manual = [Header.Field(Wire.clock, "manual"), Header.Field(Wire.now, "1767225600000000000")]
    let server = try RemoteScript { asked in
      guard asked.path.hasSuffix("/step") else {
        var said = RemoteScript.Said.stream([event + event], ends: false)
        said.header = manual
        return said
      }
      let body = (try? JSON.parse(asked.body)) ?? .null
      let streams = body["streams"].items.map { stream -> Value in
        ["name": stream["name"], "sent": 2, "over": false]
      }
      let result: Value = body["streams"][0]["seen"] == 2 ? "deadline" : "ready"
      return .json(JSON.text(["result": result, "streams": .array(streams)]), manual)
    }
    defer { server.stop() }
    let client = server.client()
    let watches = [
      try client.watch(Kinds.pod, namespace: nil, ListOptions()), try client.watch(Kinds.pod, namespace: nil, ListOptions()),
    ]
    #expect(
      try all(client, watches, until: Instant(year: 2027, month: 1, day: 1))
        == ["0 added a", "0 added a", "1 added a", "1 added a", "deadline"])
    let steps = server.asked.filter { $0.path.hasSuffix("/step") }
    #expect(steps.count == 2)
    let first = try JSON.parse(steps[0].body)
    #expect(first["until"] == 1_798_761_600_000_000_000)
    #expect(first["streams"].items.map { $0["name"].text } == server.asked.prefix(2).map { $0.head.header[Wire.stream] ?? "" })
    #expect(Set(first["streams"].items.map { $0["name"].text }).count == 2)
  }
}
