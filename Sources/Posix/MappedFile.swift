#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// A file's bytes, read where they are looked at.

/// A file's bytes in memory, fetched by the system when they are first looked at. The file may be renamed or unlinked meanwhile, never written.
public final class MappedFile {
  /// Valid for as long as this object lives.
  public let bytes: UnsafeRawBufferPointer

  public init(_ path: String) throws(SystemFailure) {
    let descriptor = try Descriptor(path, .read)
    let size = try descriptor.size()
    guard size > 0 else {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, descriptor.number, 0), start != MAP_FAILED else { throw .last }
    bytes = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit { if let start = bytes.baseAddress { munmap(UnsafeMutableRawPointer(mutating: start), bytes.count) } }
}
