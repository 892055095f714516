import APIMachinery

// What goes to and from a running container: exec, attach, port-forward.

/// A stream into a pod that is asked for.
public struct StreamRequest: Sendable, Hashable {
  public enum Purpose: Sendable, Hashable {
    /// Runs a command in a container.
    case exec([String])
    /// The container's own program: its output from now on, and its input.
    case attach
    /// A connection to a port of the pod.
    case port(UInt16)
  }

  public var purpose: Purpose
  public var namespace: String
  public var pod: String
  /// Empty: the pod's only one.
  public var container = ""
  /// Whether anything is sent to it.
  public var hasInput = false
  public var hasOutput = true
  /// Whether its errors are asked for; a terminal has none apart.
  public var hasErrors = true
  /// Whether it has a terminal of its own.
  public var hasTerminal = false

  public init(_ purpose: Purpose, namespace: String, pod: String) {
    self.purpose = purpose
    self.namespace = namespace
    self.pod = pod
  }
}

/// How a stream has ended.
public enum StreamEnd: Sendable, Hashable {
  case success
  /// The command's exit code, not 0.
  case exited(Int32)
  /// What went wrong, in words for people.
  case failed(String)
}

/// What a stream brings.
public enum StreamPiece: Sendable, Hashable {
  case output([UInt8])
  case errors([UInt8])
  /// No more output comes; input may still go.
  case outputEnded
  /// Nothing comes behind it.
  case ended(StreamEnd)
}

/// A stream as whoever has asked for it sees it. Nothing of it waits: its descriptor is waited on.
public protocol PodStream: AnyObject {
  /// Readable while something may have come, writable while `hasUnsent`.
  var descriptor: Int32 { get }
  var hasUnsent: Bool { get }
  /// Whether so much waits to be sent that no more should come before it has left.
  var isFull: Bool { get }

  /// Sends input, as far as it goes without waiting.
  func send(_ bytes: [UInt8])
  /// Says that no more input comes.
  func endInput()
  /// Whether that can be said; else the other end never learns it.
  var tellsEndOfInput: Bool { get }
  func resize(columns: Int, rows: Int)
  /// Sends what could not be sent before.
  func flush()
  /// What has come.
  func received() throws(Status) -> [StreamPiece]
  /// Ends it, whatever is under way.
  func end()
}

extension PodStream {
  public var tellsEndOfInput: Bool { true }
}

// MARK: The other end

/// Whoever runs containers, as whoever serves a cluster asks.
public protocol ContainerStreams: AnyObject {
  /// Throws what whoever runs the container says of a stream that can't begin.
  func check(_ request: StreamRequest) throws(Status)
  /// Begins a stream; its pod exists and the container is one of its. `peer` is told nothing before this has returned.
  func open(_ request: StreamRequest, _ peer: any StreamPeer) throws(Status) -> any StreamSource
}

/// The end of a stream that is nearer to whoever asked for it.
public protocol StreamPeer: AnyObject {
  /// Whether no more should come before `StreamSource.resume`.
  var isFull: Bool { get }
  func output(_ bytes: [UInt8])
  func errors(_ bytes: [UInt8])
  /// No more output comes, though input may still go: one direction of a connection has ended.
  func outputEnded()
  /// There is room for input again.
  func hasRoomForInput()
  /// Told once; nothing comes behind it.
  func ended(_ end: StreamEnd)
}

extension StreamPeer {
  /// Of a command only its end is told.
  public func outputEnded() {}
}

/// The end of a stream that is nearer to the container.
public protocol StreamSource: AnyObject {
  /// Whether no more input should come before `StreamPeer.hasRoomForInput`.
  var isFull: Bool { get }
  func input(_ bytes: [UInt8])
  func endInput()
  func resize(columns: Int, rows: Int)
  /// There is room for output again.
  func resume()
  /// Whoever asked for it has gone: nothing is told any more.
  func cancel()
}
