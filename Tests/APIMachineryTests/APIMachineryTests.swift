import Formats
import Testing

@testable import APIMachinery

func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

@Test(
  arguments: [
    (Int64(-5), "<invalid>"), (-1, "0s"), (0, "0s"), (119, "119s"), (120, "2m"), (121, "2m1s"), (599, "9m59s"), (600, "10m"),
    (179 * 60 + 59, "179m"), (3 * 3600, "3h"), (3 * 3600 + 300, "3h5m"), (8 * 3600, "8h"), (47 * 3600, "47h"), (48 * 3600, "2d"),
    (51 * 3600, "2d3h"), (8 * 86400, "8d"), (729 * 86400, "729d"), (730 * 86400, "2y"), ((5 * 365 + 10) * 86400, "5y10d"),
    (9 * 365 * 86400, "9y"),
  ] as [(Int64, String)])
func humanDurations(_ seconds: Int64, _ text: String) { #expect(humanDuration(.seconds(seconds)) == text) }

@Test(
  arguments: [
    (Int64(0), "0s"), (1, "1ns"), (1100, "1.1µs"), (300_000_000, "300ms"), (60_000_000_000, "1m0s"), (3_723_500_000_000, "1h2m3.5s"),
    (-1_500_000_000, "-1.5s"), (Int64.min, "-2562047h47m16.854775808s"),
  ] as [(Int64, String)])
func goDurations(_ nanoseconds: Int64, _ text: String) throws {
  #expect(Duration.nanoseconds(nanoseconds).goText == text)
  #expect(try Duration(goText: text).nanoseconds == nanoseconds)
}

@Test func malformedDurations() {
  #expect(message { _ = try Duration(goText: "1x") } == "time: unknown unit \"x\" in duration \"1x\"")
  #expect(message { _ = try Duration(goText: "5") } == "time: missing unit in duration \"5\"")
  #expect(message { _ = try Duration(goText: "") } == "time: invalid duration \"\"")
  #expect(message { _ = try Duration(goText: "x") } == "time: invalid duration \"x\"")
  #expect(message { _ = try Duration(goText: "99999999999999999999h") } == "time: invalid duration \"99999999999999999999h\"")
}

@Test(
  arguments: [
    ("0", "0"), ("100m", "100m"), ("64Mi", "64Mi"), ("2", "2"), ("1024Mi", "1Gi"), ("0.5", "500m"), ("1.5Gi", "1536Mi"), ("1000m", "1"),
    ("1e3", "1e3"), ("1500", "1500"), ("5000", "5k"), ("1Ki", "1Ki"), ("1000Ki", "1000Ki"), ("0.1", "100m"), ("-1.5", "-1500m"),
    ("1.001m", "1001u"), ("12E", "9223372036854775807"), ("1Ei", "1Ei"), ("16Ei", "9223372036854775807"), ("0.5Ki", "512"),
    ("1e-12", "1e-9"), ("12.5Mi", "12800Ki"), (".5", "500m"), ("5.", "5"), ("+3", "3"), ("0.1Mi", "104857600m"),
    ("2.000000001", "2000000001n"),
  ] as [(String, String)])
func quantities(_ text: String, _ canonical: String) throws { #expect(try Quantity(text).description == canonical) }

@Test func quantityArithmetic() throws {
  #expect(try Quantity("100m").milliValue == 100)
  #expect(try Quantity("0.1m").milliValue == 1)
  #expect(try Quantity("1.1").value == 2)
  #expect(try Quantity("-1.1").value == -1)
  #expect(try (Quantity("1Gi") + Quantity("512Mi")).description == "1536Mi")
  #expect(try (Quantity("1") - Quantity("1100m")).description == "-100m")
  #expect(try Quantity("1Gi") > Quantity("1G"))
  #expect(try Quantity("1000m") == Quantity("1"))
  #expect(try Quantity("0.0001").roundedUpToMilli.description == "1m")
  #expect(try Quantity("9E").milliValue == .max)
  #expect(message { _ = try Quantity("lots") }.hasPrefix("quantities must match the regular expression '^([+-]?[0-9.]+)"))
  #expect(message { _ = try Quantity("1mm") } == "unable to parse quantity's suffix")
}

@Test(
  arguments: [
    ("app=web", "app=web"), ("a==b", "a==b"), ("tier in (b, a)", "tier in (a,b)"), ("!x,y!=z", "!x,y!=z"), ("k notin (q)", "k notin (q)"),
    ("k>1,a", "a,k>1"), ("bad==", "bad=="), ("", ""), ("in in (in)", "in in (in)"), ("x in (,a)", "x in (,a)"),
  ] as [(String, String)])
func labelSelectors(_ text: String, _ shown: String) throws { #expect(try Selector(text).description == shown) }

@Test(
  arguments: [
    ("a b", "unable to parse requirement: found 'b', expected: in, notin, =, ==, !=, gt, lt"),
    ("=b", "found '=', expected: !, identifier, or 'end of string'"), ("a=b,", "found '', expected: identifier after ','"),
    ("a=b c", "found 'c', expected: ',' or 'end of string'"),
    ("!=a", "found '!=', expected: !, identifier, or 'end of string'"),
    ("!!a", "unable to parse requirement: found '!', expected: identifier"),
    ("a==,=", "found '=', expected: identifier after ','"), ("a===b", "unable to parse requirement: found '=', expected: identifier"),
    ("a in b", "unable to parse requirement: found 'b' expected: '('"),
    ("a in (b", "unable to parse requirement: found '', expected: ',' or ')'"),
    ("a in ()", "unable to parse requirement: values: Invalid value: []string{}: for 'in', 'notin' operators, values set can't be empty"),
    ("a>x", "unable to parse requirement: values[0]: Invalid value: \"x\": for 'Gt', 'Lt' operators, the value must be an integer"),
  ] as [(String, String)])
func malformedLabelSelectors(_ text: String, _ error: String) { #expect(message { _ = try Selector(text) } == error) }

@Test func labelSelectorsMatch() throws {
  let selector = try Selector("app=web,tier in (a,b),!x,y!=z,k>1")
  #expect(selector.matches((["app": "web", "tier": "b", "k": "2"] as Value).members))
  #expect(!selector.matches((["app": "web", "tier": "b", "k": "1"] as Value).members))
  #expect(!selector.matches((["app": "web", "tier": "b", "k": "2", "x": ""] as Value).members))
  #expect(selector.equalities.map(\.key) == ["app"])
  #expect(try Selector(labelSelector: nil).matches(Members()) == false)
  #expect(try Selector(labelSelector: [:]).matches(Members()))
  #expect(
    Selector.format(labelSelector: ["matchLabels": ["b": "1"], "matchExpressions": [["key": "a", "operator": "Exists"]]]) == "a,b=1")
  #expect(Selector.format(labelSelector: [:]) == "<none>")
}

@Test func fieldSelectors() throws {
  let selector = try FieldSelector("status.phase=Running,spec.nodeName!=")
  #expect(selector.matches { $0 == "status.phase" ? "Running" : "n1" })
  #expect(!selector.matches { $0 == "status.phase" ? "Running" : "" })
  #expect(selector.required("status.phase") == "Running")
  #expect(selector.description == "spec.nodeName!=,status.phase=Running")
  #expect(message { _ = try FieldSelector("foo") } == "invalid selector: 'foo'; can't understand 'foo'")
}

@Test func names() {
  #expect(Names.dns1123Label("a-1").isEmpty)
  #expect(Names.dns1123Label("a.b") == ["must not contain dots"])
  #expect(Names.dns1123Subdomain("a.b-c.d").isEmpty)
  #expect(!Names.dns1123Subdomain("a..b").isEmpty)
  #expect(!Names.dns1123Subdomain("-a").isEmpty)
  #expect(
    Names.qualifiedName("bad key!") == [
      "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character "
        + "(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    ])
  #expect(Names.qualifiedName("/a") == ["prefix part must be non-empty"])
  #expect(Names.labelValue("").isEmpty)
  #expect(Names.portName("http").isEmpty)
  #expect(Names.portName("1") == ["must contain at least one letter (a-z)"])
  #expect(Names.configMapKey("..x") == ["must not start with '..'"])
  #expect(Names.envVarName("A_b").isEmpty)
  #expect(!Names.envVarName("1A").isEmpty)
  #expect(NameRule.subdomain.problems(with: "web-", isPrefix: true).isEmpty)
}

@Test func hashes() {
  #expect(FNV.hash32a("foobar".utf8) == 0xbf9c_f968)
  #expect(FNV.hash64a("foobar".utf8) == 0x8594_4171_f739_67e8)
  #expect(CRC32C.checksum(Array("123456789".utf8)) == 0xe306_9283)
  #expect(SHA256.hexadecimal(SHA256.hash(Array("abc".utf8))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  #expect(SHA256.hexadecimal(SHA256.hash([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
  #expect(SafeEncoding.encode("0123456789") == "456789bcdf")
}

@Test func base64() throws {
  for (plain, coded) in [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")] {
    #expect(Base64.encode(Array(plain.utf8)) == coded)
    #expect(try Base64.decode(coded) == Array(plain.utf8))
  }
  #expect(message { _ = try Base64.decode("a!") } == "illegal base64 data at input byte 1")
  #expect(message { _ = try Base64.decode("Zm9vYg") } == "illegal base64 data at input byte 4")
}

@Test func goDisplay() {
  #expect((["a": "b", "c": ["d": 1, "e": [1, true, nil]]] as Value).goValue == "map[a:b c:map[d:1 e:[1 true <nil>]]]")
  #expect((["app": "b"] as Value).goStringMap == "map[string]string{\"app\":\"b\"}")
  #expect(Value.null.goStringMap == "map[string]string(nil)")
  #expect(goQuoted("a\"\n\u{1}é") == "\"a\\\"\\n\\x01é\"")
}
