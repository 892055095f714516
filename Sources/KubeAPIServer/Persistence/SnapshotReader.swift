// A snapshot on disk, read where it is needed.

import Formats

/// A snapshot on disk: rows and values come out of it when they are first asked for.
final class SnapshotReader {
  func value(at entry: Int) -> Value { .null }
  func row(at entry: Int) -> Row { preconditionFailure("no snapshot") }
  func row(_ table: Int, _ namespace: String, _ name: String) -> Row? { nil }
  func row(uid: String) -> Row? { nil }
  func namespaces(of table: Int) -> [(String, ArraySlice<Int32>)] { [] }
  func labelled(_ table: Int, _ namespace: String, _ key: String, _ value: String) -> ArraySlice<Int32> { [] }
  func owned(by uid: String) -> ArraySlice<Int32> { [] }
  func onNode(_ node: String) -> ArraySlice<Int32> { [] }
}

public final class Storage {}
