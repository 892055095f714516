import API
import APIMachinery
import Client
import Formats
import HTTP
import RemoteCluster
import Synchronization
import Testing

// Whatever a server says, it is an answer or a Status, never a trap.

struct RemoteFuzzTests {
  private static func answer(_ asked: RemoteScript.Asked) -> RemoteScript.Said {
    let pod = "{\"metadata\":{\"name\":\"a\"},\"kind\":\"Pod\",\"apiVersion\":\"v1\"}"
    let table =
      "{\"kind\":\"Table\",\"apiVersion\":\"meta.k8s.io/v1\",\"metadata\":{\"resourceVersion\":\"1\",\"remainingItemCount\":2},"
      + "\"columnDefinitions\":[{\"name\":\"Name\",\"type\":\"string\",\"priority\":0}],\"rows\":[{\"cells\":[\"a\",1],\"object\":\(pod)}]}"
    let event = "{\"type\":\"ADDED\",\"object\":\(table)}\n"
    let header = [
      Header.Field("Warning", "299 - \"a\\\"b\""), Header.Field(Wire.now, "1767225600000000000"), Header.Field(Wire.hint, "a%20b"),
    ]
    var said: RemoteScript.Said
    switch asked.path {
    case "/api", "/apis":
      said = .json(
        "{\"kind\":\"APIGroupDiscoveryList\",\"items\":[{\"metadata\":{\"name\":\"g\"},\"versions\":[{\"version\":\"v1\",\"resources\":"
          + "[{\"resource\":\"xs\",\"responseKind\":{\"kind\":\"X\"},\"scope\":\"Namespaced\",\"verbs\":[\"get\"],\"shortNames\":[\"x\"]}]}]}]}"
      )
    case "/openapi/v3": said = .json("{\"paths\":{\"apis/g/v1\":{\"serverRelativeURL\":\"/openapi/v3/apis/g/v1\"}}}")
    case "/openapi/v3/apis/g/v1":
      said = .json(
        "{\"paths\":{\"/x\":{\"patch\":{\"x-kubernetes-group-version-kind\":{\"group\":\"g\",\"version\":\"v1\",\"kind\":\"X\"},"
          + "\"requestBody\":{\"content\":{\"application/strategic-merge-patch+json\":{}}}}}},\"components\":{\"schemas\":{\"X\":{"
          + "\"x-kubernetes-group-version-kind\":[{\"group\":\"g\",\"version\":\"v1\",\"kind\":\"X\"}],\"properties\":{\"a\":{\"type\":\"array\","
          + "\"items\":{\"$ref\":\"#/components/schemas/X\"}}}}}}}")
    case let path where path.hasSuffix("/log"): said = .stream(["one\n", "two"])
    case let path where path.hasSuffix("/missing"):
      said = .json(
        "{\"kind\":\"Status\",\"status\":\"Failure\",\"code\":404,\"reason\":\"NotFound\",\"details\":{\"causes\":[{}]}}", status: 404)
    default: said = asked.query["watch"] != nil ? .stream([event, event]) : .json(table)
    }
    said.header += header
    return said
  }

  /// Changes a few bytes, cuts, or doubles a piece.
  private static func mangled(_ bytes: [UInt8], _ random: inout Random) -> [UInt8] {
    var bytes = bytes
    for _ in 0...random.below(3) where !bytes.isEmpty {
      let at = random.below(bytes.count)
      switch random.below(5) {
      case 0: bytes[at] = UInt8(random.below(256))
      case 1: bytes[at] = Array("{}[]\",:\r\n0-9a".utf8)[random.below(13)]
      case 2: bytes.removeSubrange(at..<min(bytes.count, at + 1 + random.below(20)))
      case 3: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + random.below(40))], at: at)
      default: bytes.removeSubrange(at...)
      }
    }
    return bytes
  }

  @Test func mangledAnswersNeverTrap() throws {
    let random = Mutex(Random(seed: 4711))
    let server = try RemoteScript { asked in
      var said = RemoteScript.Said()
      let whole = RemoteFuzzTests.answer(asked).bytes
      said.raw = random.withLock { random in random.below(3) == 0 ? whole : RemoteFuzzTests.mangled(whole, &random) }
      return said
    }
    defer { server.stop() }
    var options = ListOptions()
    options.wantsPrinted = true
    for _ in 0..<400 {
      let client = server.client(timeout: .milliseconds(200))
      client.onWarning = { _ in }
      func attempt(_ body: () throws -> Void) { do { try body() } catch { #expect(error is Status) } }
      attempt {
        for kind in try client.kinds() {
          if case .array(let inner)? = kind.documentation?.field("a")?.type, case .object(let definition) = inner { _ = definition() }
          _ = kind.schema
        }
      }
      attempt {
        for object in try client.list(Kinds.pod, namespace: nil, options).items {
          for column in PrintedCells.columns(of: object) ?? [] { _ = column.value(object, client.now) }
        }
      }
      attempt { _ = try client.get(ObjectKey(Kinds.pod, "n", "missing"), subresource: nil) }
      attempt {
        let streams = [try client.watch(Kinds.pod, namespace: nil, options), try client.logs(namespace: "n", pod: "p", LogOptions())]
        for _ in 0..<10 {
          if case .ended = try client.next(of: streams, until: client.now + .milliseconds(100)) { return }
        }
      }
    }
  }
}
