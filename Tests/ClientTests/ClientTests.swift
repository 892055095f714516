import Client
import Testing

@Test func oneSeedGivesOneSequence() {
  var a = Random(seed: 7)
  var b = Random(seed: 7)
  #expect((0..<100).map { _ in a.next() } == (0..<100).map { _ in b.next() })
  var other = Random(seed: 8)
  var again = Random(seed: 7)
  #expect(again.next() != other.next())
}

@Test func numbersStayBelowTheirBound() {
  var random = Random(seed: 1)
  let drawn = (0..<1000).map { _ in random.below(3) }
  #expect(Set(drawn) == [0, 1, 2])
}

@Test func suffixesUseTheLettersOfGeneratedNames() {
  var random = Random(seed: 2)
  for _ in 0..<200 {
    let suffix = random.suffix()
    #expect(suffix.count == 5 && suffix.allSatisfy { "bcdfghjklmnpqrstvwxz2456789".contains($0) })
  }
}

@Test func everyUUIDIsOfVersionFour() {
  var random = Random(seed: 3)
  for _ in 0..<200 {
    let parts = random.uuid().split(separator: "-")
    #expect(parts.map(\.count) == [8, 4, 4, 4, 12])
    #expect(parts[2].first == "4")
    #expect("89ab".contains(parts[3].first ?? " "))
  }
}
