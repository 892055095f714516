import APIMachinery
import Formats

// Tables made by the cluster: what it prints of an object travels inside the object to whoever prints it.

/// The cells that a cluster prints of an object (meta/v1 Table), kept in the object under a key that no API field has.
public enum PrintedCells {
  static let key = "\u{0}printed"

  /// The object with its row of a Table.
  /// - Parameter columns: the Table's `columnDefinitions`, shared by all rows.
  public static func attach(_ cells: Value, columns: Value, to object: Value) -> Value {
    var object = object
    object[key] = ["cells": cells, "columns": columns]
    return object
  }

  /// The columns that the cluster prints of an object; nil where it came without.
  public static func columns(of object: Value) -> [Column]? {
    guard let definitions = object[key]["columns"].array else { return nil }
    return definitions.enumerated().map { i, definition in
      Column(definition["name"].text.uppercased(), wide: (definition["priority"].int ?? 0) > 0, type: definition["type"].text) {
        object, _ in
        text(object[key]["cells"][i])
      }
    }
  }

  /// A cell as kubectl prints it.
  static func text(_ cell: Value) -> String {
    switch cell {
    case .null: "<nil>"
    case .string(let text): text
    case .int(let number): String(number)
    case .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .array, .object: JSON.text(cell)
    }
  }
}
