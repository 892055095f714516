// Memory for bytes that can't go on yet.

/// Blocks that connections borrow while their other side is full.
final class BufferPool {
  /// As many bytes as are read at once: what is read always fits in one block.
  static let blockSize = 64 << 10
  /// Blocks that are kept for the next one who needs one.
  private static let keeps = 64

  private var free: [UnsafeMutableRawPointer] = []

  deinit { for block in free { block.deallocate() } }

  func take() -> UnsafeMutableRawPointer { free.popLast() ?? .allocate(byteCount: BufferPool.blockSize, alignment: 16) }

  func give(_ block: UnsafeMutableRawPointer) {
    if free.count < BufferPool.keeps { free.append(block) } else { block.deallocate() }
  }
}
