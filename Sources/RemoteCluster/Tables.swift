import APIMachinery
import Client
import Formats

// Answers as Tables: the objects in them, each with the cells that the server prints of it.

/// meta/v1 Table, taken apart.
enum Tables {
  /// Asks for a Table, and takes plain objects where there is none.
  static let accept = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

  static func isTable(_ answer: Value) -> Bool { answer["kind"] == "Table" && answer["apiVersion"].text.hasPrefix("meta.k8s.io/") }

  /// The objects of a Table's rows.
  /// - Parameter columns: those of an earlier Table, where this one leaves them out, as a watch's do.
  static func objects(of table: Value, _ kind: Kind, columns: Value = .null) -> [Value] {
    let own = table["columnDefinitions"]
    let columns = own.items.isEmpty ? columns : own
    return table["rows"].items.map { row in
      var object = row["object"]
      if object["metadata"].object == nil { object = ["metadata": ["name": row["cells"][0]]] }
      return PrintedCells.attach(row["cells"], columns: columns, to: typed(object, kind))
    }
  }

  /// An object with its kind's name, which a list's items come without.
  static func typed(_ object: Value, _ kind: Kind) -> Value {
    guard object["kind"].text.isEmpty || object["apiVersion"].text.isEmpty else { return object }
    var object = object
    object["kind"] = .string(kind.name)
    object["apiVersion"] = .string(kind.apiVersion)
    return object
  }
}
