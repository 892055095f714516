import APIMachinery
import CPosix
import KubeAPIServer
import Posix

// Which of the machine's loopback addresses are one cluster's: several may run at once, of one user or of several.

/// A cluster's part of the addresses of pods and of Services.
struct AddressBlock: Equatable, Sendable {
  static let count: UInt32 = 256
  let number: UInt32

  /// Where its pods' addresses are, as offsets in the range of all.
  var pods: Range<UInt32> { number << 13..<(number + 1) << 13 }
  /// `127.64.32.0/19`
  var podRange: String { "\(PodAddresses.text(pods.lowerBound))/19" }
  var services: ServiceRange { .loopback(part: number) }

  /// A port that no pod has: its network address is no pod's.
  fileprivate static let port: UInt16 = 64646
  fileprivate var place: String { PodAddresses.text(pods.lowerBound) }

  /// Who else has it, where the system tells.
  var holder: PortHolder? { PortHolder.find(address: place, port: AddressBlock.port, isDatagram: true) }
}

/// A cluster's hold on its block, for as long as its daemon lives. What ties it to the cluster for good is a file in its folder.
final class AddressClaim {
  let block: AddressBlock
  /// Whether no other cluster's daemon has the block.
  var isAlone: Bool { descriptor >= 0 || PodAddresses.Scheme.ofThisMachine == .shared }
  private let descriptor: Int32

  private init(_ block: AddressBlock, _ descriptor: Int32) {
    self.block = block
    self.descriptor = descriptor
  }

  deinit { if descriptor >= 0 { cposix_close(descriptor, 0) } }

  /// Takes the cluster's block: the one that it has had, or one that seems to be nobody's.
  /// - Parameters:
  ///   - folder: the cluster's.
  ///   - bound: the addresses that sockets are bound to: pods outlive their daemon, and what listens in a block says that it is somebody's.
  ///   - patience: how often a block of ours is tried again: a daemon before us may be just about to end.
  static func take(
    _ folder: String, bound: () -> [UInt32] = PortHolder.boundAddresses, patience: Int = 10
  ) throws(SystemFailure) -> AddressClaim {
    guard PodAddresses.Scheme.ofThisMachine == .own else { return AddressClaim(AddressBlock(number: 0), -1) }
    if let own = noted(in: folder) {
      for attempt in 0..<max(1, patience) {
        if attempt > 0 { Machine.sleep(nanoseconds: 100_000_000) }
        if let descriptor = hold(own) { return AddressClaim(own, descriptor) }
      }
      // Its pods keep their addresses, whoever else has them.
      let pods = (try? Machine.entries(of: folder + "/pods")) ?? []
      if !pods.isEmpty { return AddressClaim(own, -1) }
    }
    let others = siblings(of: folder)
    let inUse = Set(bound().compactMap(PodAddresses.offset(of:)).map { $0 >> 13 })
    for number in 0..<AddressBlock.count {
      let block = AddressBlock(number: number)
      guard !others.contains(block), !inUse.contains(number), let descriptor = hold(block) else { continue }
      try note(block, in: folder)
      return AddressClaim(block, descriptor)
    }
    return AddressClaim(noted(in: folder) ?? AddressBlock(number: 0), -1)
  }

  private static func hold(_ block: AddressBlock) -> Int32? {
    guard var place = cposix_place(block.place, AddressBlock.port) else { return nil }
    let descriptor = cposix_bind_at(&place, 1, 0)
    return descriptor >= 0 ? descriptor : nil
  }

  // MARK: The cluster's file

  private static let file = "/addresses"

  private static func noted(in folder: String) -> AddressBlock? {
    guard let bytes = try? Machine.readFile(folder + file), let number = UInt32(String(decoding: bytes.filter { $0 != 10 }, as: UTF8.self)),
      number < AddressBlock.count
    else { return nil }
    return AddressBlock(number: number)
  }

  private static func note(_ block: AddressBlock, in folder: String) throws(SystemFailure) {
    try Machine.replaceFile(folder + file, with: Array("\(block.number)\n".utf8), mode: 0o600)
  }

  /// The blocks of the same home's other clusters, those whose daemons don't run too.
  private static func siblings(of folder: String) -> [AddressBlock] {
    guard let slash = folder.lastIndex(of: "/") else { return [] }
    let (home, own) = (String(folder[..<slash]), String(folder[folder.index(after: slash)...]))
    return ((try? Machine.entries(of: home)) ?? []).filter { $0 != own }.compactMap { noted(in: "\(home)/\($0)") }
  }
}
