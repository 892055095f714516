import Posix

// The program: reads its words, runs benchmarks, prints the table.

enum BenchProgram {
  /// Runs what the words name; the exit code.
  static func run(_ words: [String]) -> Int32 {
    if words.first == "-h" || words.first == "--help" {
      print(usage)
      return 0
    }
    var chosen: [(bench: Bench, words: [String])] = []
    var rest = words[...]
    while let word = rest.popFirst() {
      guard let bench = BenchTable.rows.first(where: { $0.name == word }) else {
        complain("unknown benchmark \"\(word)\"\n\n\(usage)")
        return 2
      }
      if bench.takes.isEmpty {
        chosen.append((bench, []))
      } else {
        chosen.append((bench, Array(rest)))
        rest = []
      }
    }
    if chosen.isEmpty { chosen = BenchTable.rows.filter(\.isUsual).map { ($0, []) } }
    line("BENCHMARK", "FIGURE", "VALUE", "UNIT", "BESIDE")
    var code: Int32 = 0
    for (bench, words) in chosen {
      do {
        try bench.run(words) { line(bench.name, $0.what, shown($0.value), $0.unit, $0.beside) }
      } catch {
        complain("\(bench.name): \(error)")
        code = 1
      }
    }
    return code
  }

  private static var usage: String {
    let rows = BenchTable.rows.map { "  \(padded([$0.name, $0.takes].filter { !$0.isEmpty }.joined(separator: " "), 16))\($0.summary)" }
    return "usage: kctl-bench [name...]\n\n\(rows.joined(separator: "\n"))"
  }

  private static func line(_ name: String, _ what: String, _ value: String, _ unit: String, _ beside: String) {
    let text =
      padded(name, 12) + padded(what, 44) + String(repeating: " ", count: max(0, 10 - value.count)) + value + "  " + padded(unit, 10)
      + beside
    var bytes = Array(text.utf8)
    while bytes.last == UInt8(ascii: " ") { bytes.removeLast() }
    bytes.append(UInt8(ascii: "\n"))
    _ = Machine.write(bytes, to: 1)
  }

  private static func padded(_ text: String, _ width: Int) -> String { text + String(repeating: " ", count: max(1, width - text.count)) }

  /// Three significant digits, or all of a whole number.
  private static func shown(_ value: Double) -> String {
    if value >= 100 || value == Double(Int64(value)) { return String(Int64(value + 0.5)) }
    let scale: Double = value >= 10 ? 10 : value >= 1 ? 100 : 1000
    let whole = Int64(value * scale + 0.5)
    let digits = String(whole % Int64(scale))
    return "\(whole / Int64(scale)).\(String(repeating: "0", count: String(Int64(scale)).count - 1 - digits.count))\(digits)"
  }

  static func complain(_ text: String) { _ = Machine.write(Array("kctl-bench: \(text)\n".utf8), to: 2) }
}
