import Posix

// A program that waits for ever, in whatever image: it holds the network of a pod of several containers.

/// The smallest program that there is. It is written out here as it neither needs an image of its own, which no registry may be reachable
/// for, nor anything of the image that it is run in.
enum EnginePause {
  /// Where it is, in a cluster's folder; written when it is missing.
  static func program(in folder: String) throws(SystemFailure) -> String {
    let path = folder + "/pause"
    if !Folder.exists(path) { try Machine.replaceFile(path, with: elf, mode: 0o755) }
    return path
  }

  /// Waits for a signal, again and again.
  private static var code: [UInt8] {
    #if arch(arm64)
      // ppoll(0, 0, 0, 0): mov x8, #73; mov x0…x3, #0; svc #0; b back
      bytes([0xD280_0928, 0xD280_0000, 0xD280_0001, 0xD280_0002, 0xD280_0003, 0xD400_0001, 0x17FF_FFFA] as [UInt32])
    #else
      // pause(): mov eax, 34; syscall; jmp back
      [0xB8, 0x22, 0, 0, 0, 0x0F, 0x05, 0xEB, 0xF7]
    #endif
  }

  /// An executable of Linux for this machine's processor: its header, one segment, the code.
  private static var elf: [UInt8] {
    let base: UInt64 = 0x40_0000
    let headers: UInt64 = 64 + 56
    let size = headers + UInt64(code.count)
    #if arch(arm64)
      let machine: UInt16 = 183
    #else
      let machine: UInt16 = 62
    #endif
    var out: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9)
    // An executable; for the processor; version 1; begins behind the headers; one program header, at 64, and no sections.
    out += bytes([2, machine] as [UInt16]) + bytes([1] as [UInt32]) + bytes([base + headers, 64, 0] as [UInt64])
    out += bytes([0] as [UInt32]) + bytes([64, 56, 1, 0, 0, 0] as [UInt16])
    // The whole file in memory, to be read and run.
    out += bytes([1, 5] as [UInt32]) + bytes([0, base, base, size, size, 0x1_0000] as [UInt64])
    return out + code
  }

  private static func bytes<T: FixedWidthInteger>(_ numbers: [T]) -> [UInt8] {
    numbers.flatMap { number in withUnsafeBytes(of: number.littleEndian) { Array($0) } }
  }
}
