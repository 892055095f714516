import CPosix
import Posix

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

// Why a container's program could not be started.

/// Why a program could not be started: what was being done, and the system's word for what went wrong.
public struct LaunchFailure: Error, Equatable, Sendable, CustomStringConvertible {
  /// What was being done.
  public enum Step: Int32, Sendable {
    /// The shim itself could not be started, or ended.
    case shim = 1
    case request, files, fork, session, descriptors
    case controlGroup, limits, groups, user, workingFolder
    /// The program is missing, may not be run, or is none.
    case exec
    /// The folder is another container's.
    case folder
  }

  public let step: Step
  public let problem: SystemFailure
  /// What it was done with: the program, the working folder.
  public let subject: String

  init(_ step: Step, _ problem: SystemFailure, _ subject: String) {
    self.step = step
    self.problem = problem
    self.subject = subject
  }

  /// `exec: "/usr/bin/web": no such file or directory`
  public var description: String {
    let what =
      switch step {
      case .shim: "start the container's keeper"
      case .request: "read the request for"
      case .files: "make the files of"
      case .fork: "fork for"
      case .session: "begin a session for"
      case .descriptors: "connect the streams of"
      case .controlGroup: "join the control group of"
      case .limits: "set the resource limits of"
      case .groups: "set the supplementary groups of"
      case .user: "set the user and group of"
      case .workingFolder: "chdir to"
      case .exec: "exec:"
      case .folder: "use the folder"
      }
    return "\(what) \"\(subject)\": \(problem.text)"
  }
}

extension LaunchFailure {
  /// As a shim tells it.
  init(step: Int32, code: Int32, _ launch: ContainerLaunch) {
    let step = Step(rawValue: step) ?? .shim
    self.init(step, SystemFailure(code: code), step == .workingFolder ? launch.workingFolder : launch.program)
  }
}

extension SystemFailure {
  /// What the last system call said.
  static var latest: SystemFailure { SystemFailure(code: errno) }
}
