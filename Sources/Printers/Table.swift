import APIMachinery
import Formats

// Tables of objects, as kubectl's human-readable printer lays them out.

/// Aligns rows of cells: a column is as wide as its widest cell and three blanks, six at least; the last is not padded.
/// Widths are remembered, so that the rows of a watch stand under each other.
public struct TableWriter {
  private var widths: [Int] = []
  private var rows: [[String]] = []

  public init() {}

  public mutating func add(_ row: [String]) { rows.append(row) }
  public var isEmpty: Bool { rows.isEmpty }

  /// The rows since the last flush, as text.
  public mutating func flush() -> String {
    for row in rows {
      for (i, cell) in row.enumerated().dropLast() {
        let width = max(6, cell.unicodeScalars.count + 3)
        if i < widths.count { widths[i] = max(widths[i], width) } else { widths.append(width) }
      }
    }
    var out = ""
    for row in rows {
      for (i, cell) in row.enumerated() {
        out += cell
        if i < row.count - 1 { out += String(repeating: " ", count: max(0, widths[i] - cell.unicodeScalars.count)) }
      }
      out += "\n"
    }
    rows.removeAll(keepingCapacity: true)
    return out
  }
}

/// How a table of objects is to look.
public struct TableOptions: Sendable {
  public var wide = false
  public var headers = true
  /// Names stand as `pod/web`.
  public var withKind = false
  public var withNamespace = false
  public var showLabels = false
  /// Labels that get a column each (`-L`).
  public var labelColumns: [String] = []
  /// The kind's own columns; without: name and age.
  public var ownColumns = true

  public init() {}
}

/// Turns objects of one kind into header and rows.
public struct TablePrinter {
  public let kind: Kind
  public let options: TableOptions
  public let columns: [Column]

  public init(_ kind: Kind, columns: [Column]? = nil, _ options: TableOptions) {
    self.kind = kind
    self.options = options
    let own = columns ?? (options.ownColumns && !kind.columns.isEmpty ? kind.columns : TablePrinter.plain)
    self.columns = own.filter { options.wide || !$0.wide }
  }

  /// What a kind without columns of its own shows.
  public static let plain = [
    Column("NAME") { object, _ in object.name },
    Column("AGE", type: "date") { object, now in age(object.creationTime, now) },
  ]

  /// `5m`, `<unknown>` without a time.
  public static func age(_ time: Instant?, _ now: Instant) -> String {
    guard let time else { return "<unknown>" }
    return shortHumanDuration(now - time)
  }

  public var header: [String] {
    var row = options.withNamespace ? ["NAMESPACE"] : []
    row += columns.map { $0.name.uppercased() }
    row += options.labelColumns.map { ($0.split(separator: "/").last.map(String.init) ?? $0).uppercased() }
    if options.showLabels { row.append("LABELS") }
    return row
  }

  public func row(_ object: Value, now: Instant) -> [String] {
    var row = options.withNamespace ? [object.namespace] : []
    for column in columns {
      var cell = TablePrinter.firstLine(column.value(object, now))
      if options.withKind, column.name.uppercased() == "NAME" { cell = "\(kind.qualifiedSingular)/\(cell)" }
      row.append(cell)
    }
    let labels = object.labels
    row += options.labelColumns.map { labels[$0]?.text ?? "<none>" }
    if options.showLabels { row.append(TablePrinter.labels(labels)) }
    return row
  }

  static func labels(_ labels: Members) -> String {
    labels.isEmpty ? "<none>" : labels.map { "\($0.key)=\($0.value.text)" }.joined(separator: ",")
  }

  /// A cell ends at its first line's end, marked by dots.
  static func firstLine(_ text: String) -> String {
    guard let end = text.utf8.firstIndex(where: { $0 == 10 || $0 == 12 || $0 == 13 }) else { return text }
    return text[..<end] + "..."
  }
}
