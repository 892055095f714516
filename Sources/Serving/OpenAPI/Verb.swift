// What the verbs of the kinds' rows mean over HTTP.

extension OpenAPI {
  /// A verb as a row: how requests of it are named and made.
  struct Verb {
    /// As kinds list it.
    let name: String
    let method: String
    let action: String
    /// What an operation's id begins with.
    let id: String
    /// Follows the group version in an operation's id.
    var infix = ""
    /// What its description says before the kind's name.
    let words: String
    /// The same of a part of an object, before the part's name.
    var partWords = ""
    var parameters: [Parameter] = []
    let codes: [Int]

    static let list = Verb(
      name: "list", method: "get", action: "list", id: "list", words: "list or watch objects of kind", parameters: Parameter.choosing,
      codes: [200])
    static let deleteCollection = Verb(
      name: "deletecollection", method: "delete", action: "deletecollection", id: "delete", infix: "Collection",
      words: "delete collection of", parameters: Parameter.deleting + Parameter.choosing, codes: [200])
    static let create = Verb(
      name: "create", method: "post", action: "post", id: "create", words: "create a", partWords: "create",
      parameters: Parameter.writing, codes: [200, 201, 202])
    static let get = Verb(
      name: "get", method: "get", action: "get", id: "read", words: "read the specified", partWords: "read", codes: [200])
    static let update = Verb(
      name: "update", method: "put", action: "put", id: "replace", words: "replace the specified", partWords: "replace",
      parameters: Parameter.writing, codes: [200, 201])
    static let patch = Verb(
      name: "patch", method: "patch", action: "patch", id: "patch", words: "partially update the specified",
      partWords: "partially update", parameters: Parameter.patching, codes: [200, 201])
    static let delete = Verb(
      name: "delete", method: "delete", action: "delete", id: "delete", words: "delete a", parameters: Parameter.deleting,
      codes: [200, 202])
  }
}
