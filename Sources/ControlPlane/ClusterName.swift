import APIMachinery

// What clusters may be called.

/// A cluster's name: a folder's, and no path.
public enum ClusterName {
  public static func isValid(_ name: String) -> Bool {
    !name.isEmpty && name.utf8.count <= 200 && name != "." && name != ".."
      && name.utf8.allSatisfy {
        $0 >= 48 && $0 <= 57 || $0 >= 65 && $0 <= 90 || $0 >= 97 && $0 <= 122 || $0 == 45 || $0 == 46 || $0 == 95
      }
  }

  public static func refusal(_ name: String) -> Status {
    Status(.badRequest, "invalid cluster name \"\(name)\": expected letters, digits, '-', '.' and '_'")
  }
}
