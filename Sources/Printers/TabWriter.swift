// Columns out of tabs, as Go's text/tabwriter aligns them: what kubectl's describe is written with.

/// Aligns tab-terminated cells. A column is a run of adjacent lines that have a cell there; its width is its
/// widest cell's and the padding. A line's last cell belongs to no column.
public struct TabWriter {
  public let minWidth: Int
  public let padding: Int

  public init(minWidth: Int = 0, padding: Int = 2) {
    self.minWidth = minWidth
    self.padding = padding
  }

  public func format(_ text: String) -> String {
    let endsWithNewline = text.utf8.last == 10
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      line.split(separator: "\t", omittingEmptySubsequences: false)
    }
    if endsWithNewline { lines.removeLast() }
    let widths = lines.map { $0.map { $0.unicodeScalars.count } }
    var out = ""
    out.reserveCapacity(text.utf8.count * 2)
    var columns: [Int] = []

    func write(_ from: Int, _ to: Int) {
      for i in from..<to {
        for (j, cell) in lines[i].enumerated() {
          out += cell
          if j < columns.count { out += String(repeating: " ", count: max(0, columns[j] - widths[i][j])) }
        }
        if i < lines.count - 1 || endsWithNewline { out += "\n" }
      }
    }

    func format(_ from: Int, _ to: Int) {
      let column = columns.count
      var start = from
      var this = from
      while this < to {
        guard column < lines[this].count - 1 else {
          this += 1
          continue
        }
        write(start, this)
        start = this
        var width = minWidth
        while this < to, column < lines[this].count - 1 {
          width = max(width, widths[this][column] + padding)
          this += 1
        }
        columns.append(width)
        format(start, this)
        columns.removeLast()
        start = this
      }
      write(start, to)
    }

    format(0, lines.count)
    return out
  }
}
