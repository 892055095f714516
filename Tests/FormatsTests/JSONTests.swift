// JSON: text out as Go writes it, text in with Go's errors.

import Formats
import Testing

@Test func compactTextIsGos() {
  #expect(
    JSON.text(["b": [1, true, nil], "a": "x<y>&\u{2028}\"\\\n\u{1}\u{7f}é"]) == #"{"a":"x\u003cy\u003e\u0026\u2028\"\\\n\u0001"# + "\u{7f}é"
      + #"","b":[1,true,null]}"#)
  #expect(JSON.text(.array([])) == "[]")
  #expect(JSON.text([:]) == "{}")
  #expect(JSON.text(.int(.min)) == "-9223372036854775808")
  #expect(JSON.quoted("a\tb\u{8}\u{c}\r") == #""a\tb\b\f\r""#)
  #expect(JSON.quoted("‚Äî–") == "\"‚Äî–\"")
}

@Test func prettyTextIsKubectls() {
  #expect(
    JSON.pretty(["a": [], "b": [:], "c": [1, ["d": "e"]]]) == """
      {
          "a": [],
          "b": {},
          "c": [
              1,
              {
                  "d": "e"
              }
          ]
      }
      """)
}

@Test func readsWhatItWrites() throws {
  let value: Value = ["a": [1, -5, nil, true, false, "é\u{1F600}\n"], "z": .number("1.50"), "y": .number("18446744073709551615"), "": [:]]
  #expect(try JSON.parse(JSON.text(value)) == value)
  #expect(try JSON.parse(JSON.pretty(value)) == value)
  #expect(try JSON.parse(#""\ud83d\ude00\u00e9\/\ud800x""#) == "\u{1F600}é/\u{FFFD}x")
  #expect(try JSON.parse("-9223372036854775808") == .int(.min))
  #expect(try JSON.parse("9223372036854775808") == .number("9223372036854775808"))
  #expect(try JSON.parse(" [ 1 , 2 ] ") == [1, 2])
}

@Test(arguments: [
  ("{bad", "invalid character 'b' looking for beginning of object key string"),
  ("", "unexpected end of JSON input"),
  ("{\"a\":1", "unexpected end of JSON input"),
  ("{\"a\" 1}", "invalid character '1' after object key"),
  ("{\"a\":1 \"b\"}", "invalid character '\"' after object key:value pair"),
  ("[1,]", "invalid character ']' looking for beginning of value"),
  ("{\"a\":1,}", "invalid character '}' looking for beginning of object key string"),
  ("[1 2]", "invalid character '2' after array element"),
  ("01", "invalid character '1' after top-level value"),
  ("1.x", "invalid character 'x' after decimal point in numeric literal"),
  ("1ex", "invalid character 'x' in exponent of numeric literal"),
  ("-x", "invalid character 'x' in numeric literal"),
  ("trux", "invalid character 'x' in literal true (expecting 'e')"),
  ("\"a\nb\"", "invalid character '\\n' in string literal"),
  ("\"\\q\"", "invalid character 'q' in string escape code"),
  ("\"\\u00g0\"", "invalid character 'g' in \\u hexadecimal character escape"),
  ("'a'", "invalid character '\\'' looking for beginning of value"),
])
func refusesInGosWords(text: String, message: String) {
  #expect { try JSON.parse(text) } throws: { ($0 as? ParseError)?.goMessage == message }
}

@Test func errorsKnowTheirPlace() {
  #expect { try JSON.parse("{\n  \"é\": x}") } throws: { error in
    (error as? ParseError)?.position == Position(offset: 10, line: 2, column: 8)
  }
}

@Test func deepNestingIsAnErrorNotACrash() {
  #expect(throws: ParseError.self) { try JSON.parse(String(repeating: "[", count: 100_000)) }
  #expect(throws: ParseError.self) { try JSON.parse(String(repeating: "{\"a\":", count: 100_000)) }
}

@Test func duplicateKeysKeepTheLastAndAreReported() throws {
  let text = "{\"b\":1,\n\"a\":{\"x\":1,\"x\":2},\"b\":3}"
  #expect(try JSON.parse(text) == ["a": ["x": 2], "b": 3])
  let document = try JSON.document(Array(text.utf8))
  #expect(document.duplicates.count == 2)
  #expect(document.duplicates.first?.path == ["a"])
  #expect(document.duplicates.last?.key == "b")
  #expect(document.duplicates.last?.first.line == 1)
  #expect(document.duplicates.last?.second.line == 2)
}

@Test func readsAStreamOfValues() throws {
  var reader = JSON.Reader(Array("{\"a\":1}\n[2] 3".utf8))
  #expect(try reader.next() == ["a": 1])
  #expect(try reader.next() == [2])
  #expect(try reader.next() == 3)
  #expect(try reader.next() == Optional<Value>.none)
}
