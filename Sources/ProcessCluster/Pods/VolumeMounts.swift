import APIMachinery
import Formats
import Posix

// Where a container's volumes are, on disk and in its own view.

/// One of a container's mounts.
public struct VolumeMount: Equatable, Sendable {
  /// The volume's name.
  public let volume: String
  /// On disk, as a program may open it: what changes in a volume is seen through it.
  public let path: String
  /// Where the container is to find it: absolute, without `..`.
  public let mountPath: String
  public let isReadOnly: Bool
  /// What of the path lies in the volume: its `subPath`.
  var within = ""
  /// Whether it is an emptyDir, in which folders may be made.
  var isScratch = false

  /// The volume itself.
  var root: String { within.isEmpty ? path : String(path.dropLast(within.count + 1)) }
}

extension PodVolumes {
  /// A container's mounts, in its order. A `subPath` that is missing is made in volumes that can be written; none leads out of its volume.
  /// - Parameter variables: the container's environment, for `subPathExpr`.
  public func mounts(
    of container: Value, variables: [(name: String, value: String)]
  ) throws(ContainerProblem) -> [VolumeMount] {
    var out: [VolumeMount] = []
    for mount in container["volumeMounts"].items where !leftOut.contains(mount["name"].text) {
      let name = mount["name"].text
      let volume = pod["spec"]["volumes"].items.first { $0["name"].text == name }
      guard let volume, Names.dns1123Label(name).isEmpty else {
        throw ContainerProblem("cannot find volume \"\(name)\" to mount into container \"\(container["name"].text)\"")
      }
      let isOurs = VolumeFiles.source(volume) != nil
      let root = volume.has("hostPath") ? volume["hostPath"]["path"].text : "\(folder)/volumes/\(name)"
      let within = try PodVolumes.subPath(mount, variables)
      var path = root
      if !within.isEmpty {
        try reach(within, root, volume, missingIsMade: !isOurs, name, container["name"].text)
        path += "/" + within
      }
      out.append(
        VolumeMount(
          volume: name, path: path, mountPath: PodVolumes.absolute(mount["mountPath"].text),
          isReadOnly: isOurs || mount["readOnly"].bool == true, within: within, isScratch: volume.has("emptyDir")))
    }
    return out
  }

  /// What `KCTL_VOLUME_<NAME>` says: a volume's one mount, or the volume itself where it has several.
  public func paths(of mounts: [VolumeMount]) -> [(name: String, path: String)] {
    var out: [(name: String, path: String)] = []
    for mount in mounts where !out.contains(where: { $0.name == mount.volume }) {
      let isOnly = mounts.allSatisfy { $0.volume != mount.volume || $0.path == mount.path }
      let volume = pod["spec"]["volumes"].items.first { $0["name"].text == mount.volume } ?? .null
      let root = volume.has("hostPath") ? volume["hostPath"]["path"].text : "\(folder)/volumes/\(mount.volume)"
      out.append((mount.volume, isOnly ? mount.path : root))
    }
    return out
  }

  /// A mount's `subPath`, or its `subPathExpr` expanded; cleaned, empty where it has neither.
  private static func subPath(_ mount: Value, _ variables: [(name: String, value: String)]) throws(ContainerProblem) -> String {
    var path = mount["subPath"].text
    let expression = mount["subPathExpr"].text
    if !expression.isEmpty {
      let values = Dictionary(variables.map { ($0.name, $0.value) }, uniquingKeysWith: { $1 })
      var missing: Set<String> = []
      path = Expansion.expand(expression) { name in
        let value = values[name] ?? ""
        if value.isEmpty { missing.insert(name) }
        return value
      }
      if !missing.isEmpty { throw ContainerProblem("missing value for \(missing.sorted().joined(separator: ", "))") }
    }
    if path.hasPrefix("/") { throw ContainerProblem("error SubPath `\(path)` must not be an absolute path") }
    let steps = path.split(separator: "/").filter { $0 != "." }
    if steps.contains("..") { throw ContainerProblem("unable to provision SubPath `\(path)`: must not contain '..'") }
    if path.utf8.contains(0) { throw ContainerProblem("unable to provision SubPath \(goQuoted(path)): must not contain a NUL byte") }
    return steps.joined(separator: "/")
  }

  private func reach(
    _ path: String, _ root: String, _ volume: Value, missingIsMade: Bool, _ name: String, _ container: String
  ) throws(ContainerProblem) {
    let what = "volumeMount \"\(name)\" of container \"\(container)\""
    do throws(SystemFailure) {
      // What a hostPath names may be a link of the machine's own; a volume of ours never is.
      let top = try FolderHandle(root, throughLink: volume.has("hostPath"))
      let isOpen = volume.has("emptyDir")
      let mode: UInt32? = missingIsMade ? try top.mode() & (isOpen ? 0o2777 : 0o2755) : nil
      _ = try top.resolve(path, missingMode: mode, owner: isOpen ? owner : FileOwner())
    } catch {
      if error.leavesFolder {
        throw ContainerProblem("failed to prepare subPath for \(what): subpath \"\(path)\" not within volume path")
      }
      throw ContainerProblem("failed to prepare subPath for \(what): \(error.text)")
    }
  }

  /// A mount's path from the root, `.` and `..` taken for what they mean there.
  private static func absolute(_ path: String) -> String {
    var steps: [Substring] = []
    for step in path.split(separator: "/") where step != "." {
      if step == ".." { _ = steps.popLast() } else { steps.append(step) }
    }
    return "/" + steps.joined(separator: "/")
  }
}

extension SystemFailure {
  /// A name that no file may have.
  static var badName: SystemFailure { SystemFailure(code: 22) }
}
