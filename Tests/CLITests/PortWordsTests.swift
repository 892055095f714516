import Formats
import Testing

@testable import CLI

// What the words for ports mean. The texts are kubectl's.

struct PortWordsTests {
  private static let pod: Value = [
    "metadata": ["name": "a"],
    "spec": [
      "containers": [
        ["ports": [["name": "http", "containerPort": 8080, "protocol": "TCP"], ["name": "dns", "containerPort": 53, "protocol": "UDP"]]]
      ]
    ],
  ]
  private static let service: Value = [
    "metadata": ["name": "s"],
    "spec": [
      "ports": [
        ["name": "web", "port": 80, "targetPort": "http", "protocol": "TCP"], ["name": "raw", "port": 81, "targetPort": 9000],
        ["name": "lost", "port": 82, "targetPort": "nosuch"], ["name": "udp", "port": 53, "protocol": "UDP"],
      ]
    ],
  ]

  private func failure(_ body: () throws -> Void) -> String {
    do { try body() } catch { return "\(error)" }
    return ""
  }

  @Test func numbersAreRead() throws {
    #expect(try PortWords.pairs(["80", "8080:80", ":80", "0:80"]).map(\.local) == [80, 8080, 0, 0])
    for (word, text) in [
      ("0", "remote port must be > 0"), ("1:2:3", "invalid port format '1:2:3'"),
      ("x:80", "error parsing local port 'x': strconv.ParseUint: parsing \"x\": invalid syntax"),
      ("80:", "error parsing remote port '': strconv.ParseUint: parsing \"\": invalid syntax"),
      ("80:65536", "error parsing remote port '65536': strconv.ParseUint: parsing \"65536\": value out of range"),
      ("+80:80", "error parsing local port '+80': strconv.ParseUint: parsing \"+80\": invalid syntax"),
    ] { #expect(failure { _ = try PortWords.pairs([word]) } == text) }
  }

  @Test func namesArePortsOfThePod() throws {
    #expect(try PortWords.ofPod(["http", "1:http", ":http", "9", "1:9"], Self.pod) == ["8080", "1:8080", ":8080", "9", "1:9"])
    #expect(failure { _ = try PortWords.ofPod(["1:x"], Self.pod) } == "Pod 'a' does not have a named port 'x'")
    #expect(failure { _ = try PortWords.ofPod(["1:dns"], Self.pod) } == "UDP protocol is not supported for dns")
  }

  @Test func portsOfAServiceLeadToThePods() throws {
    let meant = try PortWords.ofService(["80", "web", "1:web", "raw", ":81"], Self.service, Self.pod)
    #expect(meant == ["80:8080", "80:8080", "1:8080", "81:9000", ":9000"])
    var headless = Self.service
    headless["spec", "clusterIP"] = "None"
    #expect(try PortWords.ofService(["1:80"], headless, Self.pod) == ["1:80"])
    for (word, text) in [
      ("9", "Service s does not have a service port 9"), ("x", "Service 's' does not have a named port 'x'"),
      ("82", "Pod 'a' does not have a named port 'nosuch'"), ("1:53", "UDP protocol is not supported for 53"),
    ] { #expect(failure { _ = try PortWords.ofService([word], Self.service, Self.pod) } == text) }
  }

  @Test func addressesAreOrderedAndStandOnce() throws {
    #expect(try ListenPlace.all(["localhost", "127.0.0.2", "localhost"]).map(\.host) == ["127.0.0.1", "127.0.0.2", "::1"])
    #expect(try ListenPlace.all(["127.0.0.1"]).map(\.isOfLocalhost) == [false])
    #expect(failure { _ = try ListenPlace.all(["web"]) } == "web is not a valid IP")
  }
}
