// Protobuf's wire format, written. Nothing here knows of Kubernetes.

/// A message being written, a field at a time.
struct ProtobufWriter {
  private(set) var bytes: [UInt8] = []

  mutating func text(_ number: Int, _ text: String) { stretch(number, text.utf8) }

  mutating func flag(_ number: Int, _ flag: Bool) {
    tag(number, wire: 0)
    bytes.append(flag ? 1 : 0)
  }

  /// A message in this one.
  mutating func message(_ number: Int, _ write: (inout ProtobufWriter) -> Void) {
    var inner = ProtobufWriter()
    write(&inner)
    stretch(number, inner.bytes)
  }

  private mutating func stretch(_ number: Int, _ content: some Collection<UInt8>) {
    tag(number, wire: 2)
    varint(UInt64(content.count))
    bytes += content
  }

  private mutating func tag(_ number: Int, wire: UInt64) { varint(UInt64(number) << 3 | wire) }

  private mutating func varint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(rest))
  }
}
