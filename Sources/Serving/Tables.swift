import API
import APIMachinery
import Formats

// Objects as rows of meta/v1 Table, by the columns of their kind.

/// Makes Tables of a kind's objects.
struct TableMaker {
  let kind: Kind
  let rows: Form.Rows
  private let columns: [Column]

  /// - Parameter subresource: `scale` has columns of its own.
  init(_ kind: Kind, rows: Form.Rows, subresource: String? = nil) {
    self.kind = kind
    self.rows = rows
    let own = subresource == "scale" ? Kinds.scale.columns : kind.columns
    columns = own.isEmpty ? TableMaker.plain : own
  }

  /// What a kind without columns of its own shows.
  private static let plain = [
    Column("Name") { object, _ in object.name },
    Column("Age", type: "date") { object, now in ageText(object["metadata"]["creationTimestamp"], now) },
  ]

  /// - Parameter headed: whether it says what its columns are; the rows of a watch say it once.
  func table(_ objects: [Value], now: Instant, metadata: Value, headed: Bool = true) -> Value {
    var table: Value = ["kind": "Table", "apiVersion": "meta.k8s.io/v1", "metadata": metadata]
    table["columnDefinitions"] = headed ? definitions : .null
    table["rows"] = .array(objects.map { row($0, now) })
    return table
  }

  private var definitions: Value {
    .array(
      columns.map { column in
        [
          "name": .string(column.name), "type": .string(column.type), "format": column.name == "Name" ? "name" : "",
          "description": "", "priority": column.wide ? 1 : 0,
        ]
      })
  }

  private func row(_ object: Value, _ now: Instant) -> Value {
    let cells = columns.map { column -> Value in
      let text = column.value(object, now)
      return column.type == "integer" ? Int64(text).map(Value.int) ?? .string(text) : .string(text)
    }
    var row: Value = ["cells": .array(cells)]
    switch rows {
    case .object: row["object"] = object
    case .metadata: row["object"] = TableMaker.partial(object)
    case .none: row["object"] = .null
    }
    return row
  }

  /// meta/v1 PartialObjectMetadata.
  static func partial(_ object: Value) -> Value {
    ["kind": "PartialObjectMetadata", "apiVersion": "meta.k8s.io/v1", "metadata": object["metadata"]]
  }
}
