import CPosix

// What a container's program is started with, and the request that tells a shim so.

/// All that a program is started with. Nothing is inherited: the environment is exactly what stands here, and the token.
public struct ContainerLaunch: Sendable {
  /// The program's path, absolute or from the working folder: see `ProgramPath`.
  public var program: String
  /// Its words, its own name first.
  public var arguments: [String]
  /// In the order in which the program finds them.
  public var environment: [(name: String, value: String)] = []
  public var workingFolder = "/"

  /// Nil leaves ours, which is all that is permitted without root.
  public var user: UInt32?
  public var group: UInt32?
  public var supplementaryGroups: [UInt32]?
  public var limits: [ResourceLimit] = []
  public var fileMask: UInt32 = 0o022
  public var outOfMemoryScore: Int32?
  /// Whether neither it nor what it starts may gain privileges (`allowPrivilegeEscalation: false`).
  public var noNewPrivileges = false
  /// Whether what the program leaves running goes on after its end: its affairs are in order without us.
  public var leavesOthers = false
  /// The folders of control groups to join, at most four.
  public var controlGroups: [String] = []

  /// Mounts that it has for itself, in the order in which they are made; of those the first that can't be had is told.
  var mounts: [MountStep] = []

  /// Whether its standard input is open (`stdin: true`): the FIFO `stdin` in the container's folder. Else it reads nothing.
  public var hasInput = false
  /// Whether its streams are a terminal of its own.
  public var hasTerminal = false

  public var log = LogSettings()
  public var terminationMessage = TerminationMessage()
  /// What stands beside the shim's name in `ps`: no secret.
  public var label = ""

  public init(program: String, arguments: [String]) {
    self.program = program
    self.arguments = arguments
  }

  /// Bounds on the files of a container's log.
  public struct LogSettings: Sendable {
    public var name = "0.log"
    public var bytesPerFile = 10 << 20
    public var files = 5

    public init() {}
  }

  /// Where the message that a container leaves behind comes from.
  public struct TerminationMessage: Sendable {
    /// A file on this machine.
    public var path: String?
    /// Whether a failed program that left none is quoted instead.
    public var fallsBackToLog = false

    public init() {}
  }
}

/// One bound of setrlimit.
public struct ResourceLimit: Equatable, Sendable {
  public enum Resource: UInt64, Sendable, CaseIterable {
    case processorSeconds = 0
    case dataBytes, fileBytes, openFiles, stackBytes, coreBytes, addressSpaceBytes, processes, lockedBytes
  }

  public var resource: Resource
  /// Nil: none.
  public var soft: UInt64?
  public var hard: UInt64?

  public init(_ resource: Resource, soft: UInt64?, hard: UInt64?) {
    self.resource = resource
    self.soft = soft
    self.hard = hard
  }
}

extension ContainerLaunch {
  /// The request as a shim reads it; nil where a text holds a NUL, which no program could be given.
  func request(token: String) -> [UInt8]? {
    var fields = RequestFields()
    fields.text(CPOSIX_FIELD_PROGRAM, program)
    for word in arguments { fields.text(CPOSIX_FIELD_ARGUMENT, word) }
    for (name, value) in environment where name != ContainerProcess.tokenName { fields.text(CPOSIX_FIELD_ENVIRONMENT, name + "=" + value) }
    fields.text(CPOSIX_FIELD_ENVIRONMENT, ContainerProcess.tokenName + "=" + token)
    fields.text(CPOSIX_FIELD_FOLDER, workingFolder)
    if let user { fields.add(CPOSIX_FIELD_USER, user) }
    if let group { fields.add(CPOSIX_FIELD_GROUP, group) }
    if let supplementaryGroups { fields.add(CPOSIX_FIELD_GROUPS, supplementaryGroups) }
    for limit in limits { fields.add(CPOSIX_FIELD_LIMIT, [limit.resource.rawValue, limit.soft ?? .max, limit.hard ?? .max]) }
    fields.add(CPOSIX_FIELD_MASK, fileMask)
    if let outOfMemoryScore { fields.add(CPOSIX_FIELD_OOM_SCORE, outOfMemoryScore) }
    for folder in controlGroups { fields.text(CPOSIX_FIELD_CGROUP, folder) }
    for step in mounts { step.add(to: &fields) }
    if noNewPrivileges { fields.add(CPOSIX_FIELD_NO_PRIVILEGES, [UInt8]()) }
    if hasInput { fields.add(CPOSIX_FIELD_INPUT, [UInt8]()) }
    if hasTerminal { fields.add(CPOSIX_FIELD_TERMINAL, [UInt8]()) }
    if leavesOthers { fields.add(CPOSIX_FIELD_LEAVES, [UInt8]()) }
    fields.text(CPOSIX_FIELD_LOG, log.name)
    fields.add(CPOSIX_FIELD_LOG_SIZE, [UInt64(max(1, log.bytesPerFile)), UInt64(max(1, log.files))])
    if let path = terminationMessage.path { fields.text(CPOSIX_FIELD_MESSAGE, path) }
    if terminationMessage.fallsBackToLog { fields.add(CPOSIX_FIELD_FALLBACK, [UInt8]()) }
    return fields.holdsNUL ? nil : fields.whole
  }
}

/// The bytes of a request, field by field.
struct RequestFields {
  private var bytes: [UInt8] = []
  private(set) var holdsNUL = false

  /// With what stands before them.
  var whole: [UInt8] { RequestFields.bytes(of: [CPOSIX_SHIM_MAGIC, UInt32(bytes.count)]) + bytes }

  mutating func text(_ tag: Int, _ text: String) {
    if text.utf8.contains(0) { holdsNUL = true }
    add(tag, Array(text.utf8) + [0])
  }

  /// A byte and several texts, as one field.
  mutating func texts(_ tag: Int, _ first: Int, _ texts: [String]) {
    if texts.contains(where: { $0.utf8.contains(0) }) { holdsNUL = true }
    add(tag, [UInt8(first)] + texts.flatMap { Array($0.utf8) + [0] })
  }

  mutating func add<T: FixedWidthInteger>(_ tag: Int, _ number: T) { add(tag, [number]) }

  mutating func add<T: FixedWidthInteger>(_ tag: Int, _ numbers: [T]) {
    let content = RequestFields.bytes(of: numbers)
    bytes.append(UInt8(tag))
    bytes += RequestFields.bytes(of: [UInt32(content.count)])
    bytes += content
  }

  private static func bytes<T: FixedWidthInteger>(of numbers: [T]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }
}
