import Testing

@testable import Arguments

// Rows as manual pages and completions show them.

private struct Options: Sendable {
  var how = ""
  var all = false
  var file = ""
}
private struct Globals: Sendable { var place = "" }

private func program() -> Program<Int, Globals> {
  let flags: @Sendable () -> [Flag<Options>] = {
    [
      .text("how", "o", \.how, value: "HOW", completes: .words(["well", "badly"]), "how it's [done]: well"),
      .toggle("all", "A", \.all, "everything"),
      .text("dry-run", nil, \.file, value: "none|some", default: "none", bare: "some", completes: .words(["none", "some"]), "do nothing"),
      .text("secret", nil, \.file, value: "X", hidden: true, ""),
    ]
  }
  let row = Command<Int>(
    "sing", aliases: ["hum"], "Sing a song", usage: "SONG", about: ".Dots and 'quotes' begin no request.",
    examples: [Example("The first", "choir sing 'Greensleeves' -o well")], completes: .asked("songs"), options: { Options() }, flags: flags,
    run: { _, _, _ in })
  let hidden = Command<Int>("__tune", "Tune", hidden: true, options: { Options() }, flags: { [] }, run: { _, _, _ in })
  return Program(
    Command("choir", "A choir", about: "It sings.", commands: [row, hidden]),
    globals: [.text("place", "p", \.place, value: "PLACE", completes: .folders, "where")])
}

@Test func aManualPageTellsTheRow() throws {
  let pages = ManPage.pages(of: program(), date: "2026-01-02", sections: [.init("Files", "/song\tThe song.")], others: ["song(5)"])
  #expect(pages.map(\.file) == ["choir.1", "choir-sing.1"])
  let page = try #require(pages.last).text
  #expect(page.hasPrefix(".TH \"CHOIR\\-SING\" 1 \"2026-01-02\" \"choir\"\n.SH NAME\nchoir\\-sing \\- sing a song\n"))
  #expect(page.contains("\n\\&.Dots and \\(aqquotes\\(aq begin no request.\n"))
  #expect(page.contains(".TP\n\\fB\\-o\\fR, \\fB\\-\\-how\\fR=\\fIHOW\\fR\nHow it\\(aqs [done]: well.\n"))
  #expect(page.contains("\\fB\\-\\-dry\\-run\\fR[=\\fInone|some\\fR]\nDo nothing. The default is none.\n"))
  #expect(page.contains("\\fBhum\\fR") && !page.contains("secret"))
  let own = try #require(pages.first).text
  #expect(own.contains(".SH \"FILES\"\n.TP\n\\fB/song\\fR\nThe song.\n") && !own.contains("tune"))
}

@Test func completionsTellTheRow() {
  let bash = BashCompletion.text(program())
  #expect(bash.contains("  'choir sing' | 'choir hum')\n    flags='--all --dry-run --how='\n    valued='-o'\n    wants='ask songs'\n"))
  #expect(bash.contains("    -o | --how) wants='words well badly' ;;\n") && !bash.contains("secret") && !bash.contains("__tune"))
  let zsh = ZshCompletion.text(program())
  #expect(zsh.contains("'*'{-o+,--how=}'[how it'\\''s \\[done\\]\\: well]:HOW:(well badly)'"))
  #expect(zsh.contains("'*'--dry-run=-'[do nothing]::none|some:(none some)'") && zsh.contains("sing | hum) _choir_sing ;;"))
  let fish = FishCompletion.text(program())
  #expect(fish.contains("complete -c choir -s p -l place -r -a '(__fish_complete_directories)' -d 'where'\n"))
  #expect(fish.contains("-s o -l how -r -a 'well badly' -d 'how it\\'s [done]: well'\n"))
}
