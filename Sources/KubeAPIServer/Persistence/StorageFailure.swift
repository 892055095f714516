// Why a state folder can't be read or written.

import Posix

/// Why a state folder can't be read or written. Nothing is ever rewritten after one of these, but for want of room (`mayPass`).
public enum StorageFailure: Error, Hashable, Sendable, CustomStringConvertible {
  case system(String, SystemFailure)
  /// Not one of our files.
  case foreign(String)
  /// Written by a newer version.
  case newer(String, UInt32)
  case unknownRecord(String, UInt8, Int)
  case unknownKind(String, String)
  /// Bytes in the middle of a file are not what was written.
  case damaged(String, Int)
  /// The log and the snapshot are of different clusters.
  case mixed(String)
  /// Another process has written since this one last read.
  case overtaken(String)
  /// Another process serves the cluster, and so keeps its folder to itself.
  case served(String)

  /// Whether the files themselves can't be read, now or later, by this program.
  public var isLasting: Bool {
    switch self {
    case .foreign, .damaged, .mixed: true
    case .system, .newer, .unknownRecord, .unknownKind, .overtaken, .served: false
    }
  }

  /// Whether what could not be done now can be done later: there was no room on the disk, or no descriptor.
  var mayPass: Bool {
    guard case .system(_, let failure) = self else { return false }
    return failure.isLackOfRoom || failure.isShortage
  }

  public var description: String {
    switch self {
    case .system(let path, let failure): "\(path): \(failure.text)"
    case .foreign(let path): "\(path) is not a file of kctl's"
    case .newer(let path, let version):
      "\(path) was written by a newer kctl (format version \(version)); this one leaves it alone"
    case .unknownRecord(let path, let type, let offset):
      "\(path) holds a record of type \(type) at offset \(offset), which this kctl does not know; it was written by a newer one"
    case .unknownKind(let path, let kind): "\(path) holds objects of kind \(kind), which this kctl does not know"
    case .damaged(let path, let offset): "\(path) is damaged at offset \(offset); nothing was changed"
    case .mixed(let path): "\(path) belongs to another cluster than the files beside it"
    case .overtaken(let path): "\(path) was changed by another process meanwhile"
    case .served(let path): "\(path) is served by another process now; what this one waited for goes on there: run the command again"
    }
  }
}
