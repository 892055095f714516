import API
import APIMachinery
import Formats
import Posix
import Testing

@testable import ProcessCluster

struct PodsMachineTests {
  @Test func theNodeIsThisMachine() throws {
    let machine = MachineFacts(disk: "/")
    let node = MachineNode.make(machine)
    #expect(node.name == "localhost")
    #expect(node.label("kubernetes.io/hostname") == "localhost")
    #expect(node.label("kubernetes.io/arch") == node["status"]["nodeInfo"]["architecture"].text)
    #expect(node["status"]["addresses"][0] == ["address": "127.0.0.1", "type": "InternalIP"])
    let capacity = node["status"]["capacity"]
    #expect(try Quantity(capacity["cpu"].text).milliValue == Int64(machine.processorMilli))
    #expect(try Quantity(capacity["memory"].text).value == Int64(machine.memoryBytes))
    #expect(machine.memoryBytes > 1 << 26 && machine.processorMilli > 0 && machine.diskBytes > 1 << 20)
    #expect(capacity["pods"] == "1000")
    #expect(capacity == node["status"]["allocatable"])
    let info = node["status"]["nodeInfo"]
    for fact in ["kernelVersion", "osImage", "architecture", "operatingSystem"] { #expect(!info[fact].text.isEmpty, "\(fact)") }
    #if os(Linux)
      #expect(node["status"]["nodeInfo"]["bootID"].text.utf8.count == 36)
    #endif
  }

  @Test func nodesTakeAsManyPodsAsSaid() {
    let machine = MachineFacts(disk: "/")
    func pods(_ count: Int) -> String { MachineNode.make(machine, pods: count)["status"]["allocatable"]["pods"].text }
    #expect(pods(500) == "500")
    #expect(pods(5000) == "1000")
    #expect(pods(0) == "1")
    let names = [("x86_64", "amd64"), ("aarch64", "arm64"), ("arm64", "arm64"), ("armv7l", "arm"), ("i686", "386"), ("riscv64", "riscv64")]
    for (machine, go) in names { #expect(MachineNode.architecture(machine) == go) }
  }

  @Test func theNodeIsOneThatTheServerTakes() {
    let node = MachineNode.make(home: "/")
    var errors: [FieldError] = []
    Kinds.node.rules.validate?(node, &errors)
    #expect(errors.isEmpty, "\(errors)")
  }

  @Test func controlGroupsBound() {
    func limits(_ membership: String, _ files: [String: String]) -> ControlGroupLimits {
      ControlGroupLimits(membership: membership) { files[$0] }
    }
    let two = limits(
      "0::/user/app\n",
      [
        "/sys/fs/cgroup/user/app/cpu.max": "max 100000\n", "/sys/fs/cgroup/user/cpu.max": "150000 100000\n",
        "/sys/fs/cgroup/user/app/memory.max": "1073741824\n", "/sys/fs/cgroup/user/memory.max": "max\n",
        "/sys/fs/cgroup/memory.max": "2147483648\n",
      ])
    #expect(two.processorMilli == 1500)
    #expect(two.memoryBytes == 1 << 30)
    #expect(two.memoryGroup?.folder == "/sys/fs/cgroup/user/app")
    // Version 1, where the path is the host's and only the root is seen.
    let one = limits(
      "5:cpu,cpuacct:/docker/abc\n4:memory:/docker/abc\n0::/\n",
      [
        "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us": "50000\n", "/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": "536870912\n",
      ])
    #expect(one.processorMilli == 500)
    #expect(one.memoryBytes == 512 << 20)
    let none = limits(
      "4:memory:/\n3:cpu:/\n",
      [
        "/sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n", "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n",
        "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n",
      ])
    #expect(none.processorMilli == nil && none.memoryBytes == nil)
    #expect(limits("garbage\n::\n", [:]) == limits("", [:]))
  }

  @Test func useOfTheMachineIsTold() throws {
    let usage = try #require(MachineUsage.now)
    #expect(usage.memoryBytes > 0 && usage.memoryBytes <= Machine.memoryBytes)
    #expect(usage.processorNanoseconds > 0)
    var sum = 0
    while try #require(MachineUsage.now).processorNanoseconds == usage.processorNanoseconds { sum &+= 1 }
  }

  // MARK: Addresses

  private func pod(_ uid: String, _ address: String, annotations: Value = [:]) -> Value {
    [
      "metadata": ["name": "p", "uid": .string(uid), "annotations": annotations],
      "spec": ["containers": [["name": "web"]]], "status": ["podIP": .string(address)],
    ]
  }

  @Test func addressesAreGivenInTurn() {
    var addresses = PodAddresses(.own)
    #expect(addresses.address(for: "a") == "127.64.0.1")
    #expect(addresses.address(for: "b") == "127.64.0.2")
    #expect(addresses.address(for: "a") == "127.64.0.1")
    addresses.release("a")
    #expect(addresses.holder(of: "127.64.0.1") == nil)
    #expect(addresses.address(for: "c") == "127.64.0.3", "an address just given back is not the next")
    #expect(addresses.count == 2)
    for n in 0..<300 { _ = addresses.address(for: "n\(n)") }
    #expect(addresses.holder(of: "127.64.1.0") != nil)
  }

  @Test func addressesInUseAreNotGivenAgain() {
    let pods = [pod("a", "127.64.0.9"), pod("b", "127.64.0.2"), pod("c", "10.0.0.1"), pod("d", "")]
    var addresses = PodAddresses(.own, inUseBy: pods)
    #expect(addresses.count == 2)
    #expect(addresses.address(for: "a") == "127.64.0.9")
    #expect(addresses.address(for: "new") == "127.64.0.10")
    // A daemon that knows where the last one ended goes on there, and over the range's end.
    var later = PodAddresses(.own, inUseBy: pods, last: (1 << 21) - 3)
    #expect(later.address(for: "x") == "127.95.255.254")
    #expect(later.address(for: "y") == "127.64.0.1")
    #expect(later.address(for: "z") == "127.64.0.3")
    // Two that claim one: the first has it.
    later.claim("127.64.0.9", for: "thief")
    #expect(later.holder(of: "127.64.0.9") == "a")
    #expect(later.address(for: "thief") == "127.64.0.4")
  }

  @Test func aClusterKeepsToItsPart() {
    let block = AddressBlock(number: 3)
    #expect(block.podRange == "127.64.96.0/19")
    // One of before is kept, wherever it is.
    var addresses = PodAddresses(.own, inUseBy: [pod("old", "127.64.0.9"), pod("a", "127.64.127.253")], block: block.pods)
    #expect(addresses.address(for: "old") == "127.64.0.9")
    #expect(addresses.address(for: "b") == "127.64.127.254")
    #expect(addresses.address(for: "c") == "127.64.96.1")
  }

  @Test(.enabled(if: hasPodAddresses, "this is not Linux"))
  func clustersTakeDifferentParts() throws {
    let homes = (try TestFolder(), try TestFolder())
    func folder(_ home: TestFolder, _ name: String) throws -> String {
      try Folder.make(home.path + "/" + name)
      return home.path + "/" + name
    }
    let one = try folder(homes.0, "one")
    var first: AddressClaim? = try AddressClaim.take(one)
    let held = try #require(first).block
    // Of another user, who knows of the first by the machine alone.
    let second = try AddressClaim.take(folder(homes.1, "one"))
    #expect(second.isAlone && second.block != held)
    first = nil
    let other = try AddressClaim.take(folder(homes.0, "two"))
    #expect(other.block != held, "the first has no daemon now, and is the same home's")
    first = try AddressClaim.take(one)
    #expect(first?.block == held && first?.isAlone == true)
  }

  @Test(.enabled(if: hasPodAddresses, "this is not Linux"))
  func whoFindsItsPartTakenMovesIfItCan() throws {
    let (mine, theirs) = (try TestFolder(), try TestFolder())
    let claim = try AddressClaim.take(theirs.path)
    for folder in [mine.path + "/a", mine.path + "/b"] {
      try Folder.make(folder)
      try "\(claim.block.number)\n".write(toFile: folder + "/addresses", atomically: false, encoding: .utf8)
    }
    try Folder.make(mine.path + "/b/pods/some")
    let moved = try AddressClaim.take(mine.path + "/a", patience: 1)
    #expect(moved.isAlone && moved.block != claim.block)
    let kept = try AddressClaim.take(mine.path + "/b", patience: 1)
    #expect(!kept.isAlone && kept.block == claim.block)
    #expect(kept.block.holder?.process == Machine.processID)
  }

  @Test(.enabled(if: hasPodAddresses, "this is not Linux"))
  func whatIsBoundIsSomebodys() throws {
    let folder = try TestFolder()
    let pods: UInt32 = 127 << 24 | 64 << 16
    let bound = (0..<AddressBlock.count).filter { $0 != 177 }.map { pods + ($0 << 13) + 5 }
    let claim = try AddressClaim.take(folder.path, bound: { bound })
    #expect(claim.block.number == 177 || !claim.isAlone)
    let listener = try Listener(.tcp(host: "127.95.255.1", port: 0))
    defer { listener.end() }
    #expect(PortHolder.boundAddresses().contains(127 << 24 | 95 << 16 | 255 << 8 | 1))
  }

  @Test func onlyOneWayToWriteAnAddressIsOne() {
    for text in ["127.064.0.1", "127.64.0", "127.64.0.1.", "127.96.0.1", "127.63.255.255", "0x7f.64.0.1", "127.64.0.256", "", "a.b.c.d"] {
      #expect(PodAddresses.offset(text) == nil, "\(text)")
    }
    #expect(PodAddresses.offset("127.95.255.255") == UInt32(2_097_151))
    for offset: UInt32 in [1, 255, 256, 65535, 70000] { #expect(PodAddresses.offset(PodAddresses.text(offset)) == offset) }
  }

  @Test func whereAddressesAreSharedPortsAreGiven() {
    var addresses = PodAddresses(.shared, inUseBy: [pod("a", "127.0.0.1")])
    #expect(addresses.address(for: "a") == "127.0.0.1")
    #expect(addresses.address(for: "b") == "127.0.0.1")

    let known = pod("a", "127.0.0.1", annotations: ["process.kctl.dev/port.web": "20004"])
    #expect(GivenPorts.port(of: "web", in: known) == 20004)
    var ports = GivenPorts(inUseBy: [known])
    #expect(ports.give(at: "127.0.0.1", to: "b", isFree: { $0 != 20005 }) == 20006)
    #expect(ports.give(at: "127.0.0.1", to: "c", isFree: { $0 == 20004 }) == nil)
    ports.release("a")
    #expect(ports.give(at: "127.0.0.1", to: "c", isFree: { $0 == 20004 }) == 20004)
    #expect(ports.give(at: "127.64.0.2", to: "d", isFree: { $0 == 20004 }) == 20004, "another address has all its ports")
    for text in ["80", "x", "70000", "-1"] {
      #expect(GivenPorts.port(of: "web", in: pod("a", "", annotations: ["process.kctl.dev/port.web": .string(text)])) == nil)
    }
  }

  @Test func aPortThatIsListenedOnIsNotFree() throws {
    let listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
    defer { listener.end() }
    guard case .tcp(_, let port) = listener.address else { return }
    #expect(!GivenPorts.isFree(port, at: "127.0.0.1"))
    #if os(Linux)
      #expect(GivenPorts.isFree(port, at: "127.64.0.77"))
    #endif
  }
}
