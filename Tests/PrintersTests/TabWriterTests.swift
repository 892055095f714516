import Printers
import Testing

@Test func columnsAreRunsOfAdjacentLines() {
  let text = "Name:\tweb\nNamespace:\tdefault\nPod Template:\n  Labels:\tapp=web\n  \ttier=front\n"
  #expect(
    TabWriter().format(text) == """
      Name:       web
      Namespace:  default
      Pod Template:
        Labels:  app=web
                 tier=front

      """)
}

@Test func aLongerColumnNestsInAShorterOne() {
  #expect(TabWriter().format("a\tb\tc\nlonger\td\ne\n") == "a       b  c\nlonger  d\ne\n")
}

@Test func textWithoutANewlineStaysWithoutOne() {
  #expect(TabWriter().format("a\tb") == "a  b")
}
