import CPosix

// What is mounted for one container alone.

/// One step on the way to a container's own mounts.
enum MountStep: Equatable, Sendable {
  /// Lays over a folder one that has the same entries, and room for mount points: what is made there is this container's alone.
  case cover(String)
  case makeFolder(String)
  case makeFile(String)
  /// Shows a volume, or a path in it that may not lead out, at a path.
  case bind(volume: String, within: String, at: String, isReadOnly: Bool)

  func add(to fields: inout RequestFields) {
    switch self {
    case .cover(let path): fields.text(CPOSIX_FIELD_COVER, path)
    case .makeFolder(let path): fields.text(CPOSIX_FIELD_MAKE, path)
    case .makeFile(let path): fields.text(CPOSIX_FIELD_MAKE_FILE, path)
    case .bind(let volume, let within, let path, let isReadOnly):
      fields.texts(CPOSIX_FIELD_BIND, isReadOnly ? CPOSIX_BIND_READ_ONLY : CPOSIX_BIND_PLAIN, [volume, within, path])
    }
  }

  /// Whether this process may give containers mounts of their own: on Linux, as root.
  static let arePermitted = cposix_may_mount() != 0
}
