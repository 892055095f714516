// Bodies in protobuf: what kubectl sends, and what nobody should.

import API
import APIMachinery
import Client
import Formats
import HTTP
import Testing

@testable import Serving

struct ProtobufBodyTests {
  static func read(_ bytes: [UInt8], _ expected: Definition? = nil) throws -> Value { try ProtobufBody.object(bytes, expected) }

  /// What a body is refused with.
  static func refusal(_ bytes: [UInt8], _ expected: Definition? = nil) -> String? {
    do throws(Status) {
      _ = try ProtobufBody.object(bytes, expected)
      return nil
    } catch {
      return error.reason == .badRequest ? error.message : "\(error)"
    }
  }

  @Test(arguments: RecordedBody.all.indices) func whatKubectlSendsIsUnderstood(index: Int) throws {
    let recorded = RecordedBody.all[index]
    let object = try Self.read(recorded.bytes)
    #expect(object == recorded.object, "\(recorded.command)\n\(JSON.text(object))")
  }

  @Test func recordedBodiesAreThere() { #expect(RecordedBody.all.count == 15) }

  // MARK: What kubectl 1.32 sends as JSON, and others do not

  @Test func explicitZerosStayAndEmptyFieldsGo() throws {
    let metadata = WireBytes.bytes(1, WireBytes.text(1, "web") + WireBytes.text(3, ""))
    let scale = metadata + WireBytes.bytes(2, WireBytes.number(1, 0)) + WireBytes.bytes(3, WireBytes.number(1, 0))
    #expect(
      try Self.read(WireBytes.body("autoscaling/v1", "Scale", scale)) == [
        "apiVersion": "autoscaling/v1", "kind": "Scale", "metadata": ["creationTimestamp": nil, "name": "web"], "spec": [:],
        "status": ["replicas": 0],
      ])
    let deployment = WireBytes.bytes(2, WireBytes.number(1, 0) + WireBytes.number(5, 0) + WireBytes.number(7, 0))
    let spec = try Self.read(WireBytes.body("apps/v1", "Deployment", deployment))["spec"]
    #expect(spec["replicas"] == 0)
    #expect(!spec.has("minReadySeconds") && !spec.has("paused"))
  }

  @Test func evictionsTellHowToDelete() throws {
    let options =
      WireBytes.number(1, 0) + WireBytes.bytes(2, WireBytes.text(1, "u")) + WireBytes.text(4, "Background")
      + WireBytes.text(5, "All")
    let eviction = WireBytes.bytes(1, WireBytes.text(1, "p") + WireBytes.text(3, "ns")) + WireBytes.bytes(2, options)
    #expect(
      try Self.read(WireBytes.body("policy/v1", "Eviction", eviction)) == [
        "apiVersion": "policy/v1", "kind": "Eviction", "metadata": ["creationTimestamp": nil, "name": "p", "namespace": "ns"],
        "deleteOptions": [
          "gracePeriodSeconds": 0, "preconditions": ["uid": "u"], "propagationPolicy": "Background", "dryRun": ["All"],
        ],
      ])
  }

  @Test func timesAreSecondsAndEmptyOnesNull() throws {
    let time = WireBytes.number(1, 1_795_410_711) + WireBytes.number(2, 123_456_789)
    let event =
      WireBytes.bytes(1, WireBytes.text(1, "e") + WireBytes.bytes(8, []))
      + WireBytes.bytes(6, time) + WireBytes.bytes(7, WireBytes.number(1, 0) + WireBytes.number(2, 0))
      + WireBytes.bytes(10, time)
    let object = try Self.read(WireBytes.body("v1", "Event", event))
    #expect(object["metadata"]["creationTimestamp"].isNull)
    #expect(object["firstTimestamp"] == "2026-11-23T05:11:51Z")
    #expect(object["lastTimestamp"] == "1970-01-01T00:00:00Z")
    #expect(object["eventTime"] == "2026-11-23T05:11:51.123456Z")
    for seconds in [Int64.max, .min, 1 << 40] {
      let bad = WireBytes.bytes(6, WireBytes.number(1, seconds) + WireBytes.number(2, -1))
      #expect(Self.refusal(WireBytes.body("v1", "Event", bad))?.contains("time out of range") == true)
    }
  }

  @Test func managersFieldsAreTheJSONInside() throws {
    let entry = WireBytes.text(1, "me") + WireBytes.bytes(7, WireBytes.text(1, "{\"f:data\":{\"f:a\":{}}}"))
    let map = WireBytes.bytes(1, WireBytes.bytes(17, entry))
    let fields = try Self.read(WireBytes.body("v1", "ConfigMap", map))["metadata"]["managedFields"]
    #expect(fields == [["manager": "me", "fieldsV1": ["f:data": ["f:a": [:]]]]])
    let broken = WireBytes.bytes(1, WireBytes.bytes(17, WireBytes.bytes(7, WireBytes.text(1, "{"))))
    #expect(Self.refusal(WireBytes.body("v1", "ConfigMap", broken)) != nil)
  }

  @Test func listsInMapsAreMessages() throws {
    let extra = WireBytes.text(1, "scopes") + WireBytes.bytes(2, WireBytes.text(1, "a") + WireBytes.text(1, "b"))
    let empty = WireBytes.text(1, "none") + WireBytes.bytes(2, [])
    let spec = WireBytes.text(3, "jane") + WireBytes.bytes(5, extra) + WireBytes.bytes(5, empty)
    let review = try Self.read(
      WireBytes.body("authorization.k8s.io/v1", "SubjectAccessReview", WireBytes.bytes(2, spec)))
    #expect(review["spec"]["user"] == "jane")
    #expect(review["spec"]["extra"]["scopes"] == ["a", "b"])
  }

  @Test func numbersMayComePacked() throws {
    let packed = WireBytes.bytes(14, WireBytes.bytes(4, [1, 0x96, 1]) + WireBytes.number(4, 7))
    let pod = try Self.read(WireBytes.body("v1", "Pod", WireBytes.bytes(2, packed)))
    #expect(pod["spec"]["securityContext"]["supplementalGroups"] == [1, 150, 7])
  }

  @Test func unknownFieldsAreSteppedOver() throws {
    let unknown: [UInt8] =
      WireBytes.number(900, 5) + WireBytes.text(901, "x") + WireBytes.varint(902 << 3 | 1) + [1, 2, 3, 4, 5, 6, 7, 8]
      + WireBytes.varint(903 << 3 | 5) + [1, 2, 3, 4] + WireBytes.varint(904 << 3 | 3) + WireBytes.number(1, 1)
      + WireBytes.varint(904 << 3 | 4)
    let metadata = WireBytes.bytes(1, unknown + WireBytes.text(1, "cm") + unknown)
    let object = try Self.read(WireBytes.body("v1", "ConfigMap", unknown + metadata))
    #expect(object["metadata"] == ["creationTimestamp": nil, "name": "cm"])
  }

  @Test func ofTwoValuesTheLastStays() throws {
    let data = ["a", "b"].flatMap { WireBytes.bytes(2, WireBytes.text(1, "k") + WireBytes.text(2, $0)) }
    let metadata = WireBytes.bytes(1, WireBytes.text(1, "x") + WireBytes.text(1, "y"))
    let object = try Self.read(WireBytes.body("v1", "ConfigMap", metadata + data))
    #expect(object["data"] == ["k": "b"])
    #expect(object["metadata"]["name"] == "y")
  }

  // MARK: The envelope

  @Test func bodiesMayHoldJSON() throws {
    let json = Array("{\"metadata\":{\"name\":\"cm\"},\"data\":{\"a\":\"b\"}}".utf8)
    let object = try Self.read(WireBytes.body("v1", "ConfigMap", json, contentType: "application/json"))
    #expect(
      object == ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["creationTimestamp": nil, "name": "cm"], "data": ["a": "b"]])
    #expect(Self.refusal(WireBytes.body("v1", "ConfigMap", json, contentType: "text/xml"))?.contains("text/xml") == true)
  }

  @Test func bodiesWithoutAKindAreWhatIsExpected() throws {
    let raw = WireBytes.bytes(1, WireBytes.text(1, "cm"))
    #expect(try Self.read(WireBytes.body("", "", raw), CoreV1.configMap)["metadata"]["name"] == "cm")
    #expect(Self.refusal(WireBytes.body("", "", raw)) == "the object provided is unrecognized: Object 'Kind' is missing")
  }

  @Test func refusalsSayWhy() {
    #expect(
      Self.refusal(Array("{}".utf8), CoreV1.configMap)
        == "the object provided is unrecognized (must be of type ConfigMap): provided data does not appear to be a protobuf message, expected prefix [107, 56, 115, 0]"
    )
    func configMap(_ raw: [UInt8]) -> String? { Self.refusal(WireBytes.body("v1", "ConfigMap", raw), CoreV1.configMap) }
    let start = "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: "
    #expect(configMap([0x0A]) == start + "unexpected EOF")
    #expect(configMap([0x0A, 5, 0]) == start + "unexpected EOF")
    #expect(configMap([0x0A] + [UInt8](repeating: 0xFF, count: 9) + [1]) == start + "proto: negative length found during unmarshaling")
    #expect(configMap([0x0A] + [UInt8](repeating: 0xFF, count: 8) + [0x7F]) == start + "unexpected EOF")
    #expect(configMap([UInt8](repeating: 0x80, count: 11)) == start + "proto: integer overflow")
    #expect(configMap([0x08, 1]) == start + "proto: wrong wireType = 0 for field 1")
    #expect(configMap([0x0F]) == start + "proto: illegal wireType 7")
    #expect(configMap([0x02, 0]) == start + "proto: illegal tag 0 (wire type 2)")
    #expect(configMap([0x7C]) == start + "proto: unexpected end of group")
    #expect(configMap(WireBytes.bytes(1, WireBytes.bytes(1, [0xFF]))) == start + "proto: invalid UTF-8 string")
  }

  @Test func aQuantityThatIsNoneIsRefused() {
    let request = WireBytes.text(1, "cpu") + WireBytes.bytes(2, WireBytes.text(1, "much"))
    let container = WireBytes.bytes(2, WireBytes.bytes(8, WireBytes.bytes(1, request)))
    #expect(Self.refusal(WireBytes.body("v1", "Pod", WireBytes.bytes(2, container)))?.contains("quantities must match") == true)
  }

  // MARK: Bytes that nobody sends

  @Test func deepAndLongBodiesEnd() throws {
    // Groups in groups, and none ended.
    #expect(Self.refusal(WireBytes.body("v1", "Pod", [UInt8](repeating: 0x7B, count: 1 << 20)))?.contains("unexpected EOF") == true)
    // Keys from last to first: putting each in its place would take forever.
    var data: [UInt8] = []
    for key in (0..<60_000).reversed() {
      data += WireBytes.bytes(2, WireBytes.text(1, String(key)) + WireBytes.text(2, "v"))
    }
    #expect(try Self.read(WireBytes.body("v1", "ConfigMap", data))["data"].members.count == 60_000)
    // Two lists by turns.
    let containers = [[UInt8]](repeating: WireBytes.bytes(2, []) + WireBytes.bytes(20, []), count: 30_000).flatMap { $0 }
    let pod = try Self.read(WireBytes.body("v1", "Pod", WireBytes.bytes(2, containers)))
    #expect(pod["spec"]["containers"].items.count == 30_000 && pod["spec"]["initContainers"].items.count == 30_000)
  }

  @Test func brokenBodiesAreRefusedAndNothingTraps() {
    let bodies = RecordedBody.all.map(\.bytes)
    for seed in 0..<6000 {
      var chance = Chance(state: UInt64(seed) &* 104_729 + 3)
      var bytes = chance.pick(bodies)
      for _ in 0...chance.next(6) where !bytes.isEmpty {
        let at = chance.next(bytes.count)
        switch chance.next(5) {
        case 0: bytes[at] = UInt8(chance.next(256))
        case 1: bytes.insert(chance.pick([0x00, 0x7F, 0x80, 0xFF, 0x0A, 0x12, 0x0B]), at: at)
        case 2: bytes.remove(at: at)
        case 3: bytes.removeSubrange(at...)
        default: bytes[at] ^= UInt8(1 << chance.next(8))
        }
      }
      do throws(Status) {
        let object = try ProtobufBody.object(bytes, CoreV1.pod)
        #expect(object.object != nil, "seed \(seed)")
      } catch {
        #expect(error.reason == .badRequest, "seed \(seed): \(error)")
      }
    }
  }

  // MARK: Requests

  static func request(_ type: String, _ body: [UInt8], accept: String? = nil) -> Request {
    var fields = [Header.Field("Content-Type", type)]
    if let accept { fields.append(Header.Field("Accept", accept)) }
    return Request(RequestHead("POST", path: "/", header: Header(fields)), body: body)
  }

  @Test func requestsMayBeInProtobuf() throws {
    let recorded = RecordedBody.all[0]
    let request = Self.request("application/vnd.kubernetes.protobuf", recorded.bytes)
    #expect(try Bodies.object(request, Kinds.namespace, .strict) { _ in } == recorded.object)
    #expect(try Bodies.options(request) == recorded.object)
    #expect(throws: Status.self) { try Bodies.deleteOptions(request) }
    let other = Self.request("application/protobuf", recorded.bytes)
    #expect(throws: Status.self) { try Bodies.object(other, Kinds.namespace, .strict) { _ in } }
  }

  @Test func answersAreJSONWhereThatWillDo() throws {
    func form(_ accept: String) throws -> Form { try Form.wanted(Self.request("", [], accept: accept).head.header, try Query("")) }
    #expect(try form("application/vnd.kubernetes.protobuf,application/json") == .object)
    #expect(throws: Status.self) { try form("application/vnd.kubernetes.protobuf") }
  }
}

/// A small generator with a seed, so that a failure can be had again.
private struct Chance {
  var state: UInt64

  mutating func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int((state >> 33) % UInt64(bound))
  }

  mutating func pick<T>(_ items: [T]) -> T { items[next(items.count)] }
}
