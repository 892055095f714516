import API
import APIMachinery
import Client
import Formats
import Kubelet
import Posix

// A pod's volumes as real files.

/// The volumes of one pod as real files below its folder: `<pods>/<uid>/volumes/<name>`. It keeps nothing in memory: any daemon after this
/// one goes on with what is on disk.
public struct PodVolumes {
  let pod: Value
  /// The folder of all pods.
  let pods: String
  let lister: any Lister
  let place: PodPlace
  let owner: FileOwner

  /// The names of volumes that are neither made nor mounted.
  let leftOut: [String]

  /// - Parameters:
  ///   - pods: the folder of all the cluster's pods; of mode 0700.
  ///   - wantsToken: whether there is to be the token that every pod has; nil: as it was made.
  public init(of pod: Value, pods: String, lister: any Lister, place: PodPlace, wantsToken: Bool? = true) {
    leftOut =
      wantsToken == true
      ? []
      : TokenVolume.names(in: pod).filter { wantsToken == false || !Folder.exists("\(pods)/\(pod.uid)/volumes/\($0)") }
    self.pod = pod
    self.pods = pods
    self.lister = lister
    self.place = place
    owner = Machine.userID == 0 ? PodVolumes.owner(pod) : FileOwner()
  }

  /// Whose a pod's files are, as far as root may give them away: of the user that all its containers run as, and of its fsGroup.
  static func owner(_ pod: Value) -> FileOwner {
    let common = pod["spec"]["securityContext"]
    let users = (pod["spec"]["initContainers"].items + pod["spec"]["containers"].items).map {
      $0["securityContext"]["runAsUser"].int ?? common["runAsUser"].int
    }
    let only = users.first.flatMap { first in users.allSatisfy { $0 == first } ? first : nil }
    return FileOwner(user: only.flatMap { UInt32(exactly: $0) }, group: common["fsGroup"].int.flatMap { UInt32(exactly: $0) })
  }

  private var volumes: [Value] { pod["spec"]["volumes"].items.filter { !leftOut.contains($0["name"].text) } }

  // MARK: Preparing

  /// Makes all volumes, before the first container starts. Asked again, it sets right what is missing.
  public func prepare(now: Instant) throws(MountFailure) {
    guard !volumes.isEmpty else { return }
    let folder = try open(making: true)
    for volume in volumes { try prepare(volume, in: folder, now) }
  }

  /// Brings the files up to what ConfigMaps, Secrets and the pod say now. A volume whose source has gone keeps its files.
  public func refresh(now: Instant) -> [MountFailure] {
    let changing = volumes.filter { VolumeFiles.source($0) != nil }
    if changing.isEmpty { return [] }
    var failures: [MountFailure] = []
    do throws(MountFailure) {
      let folder = try open(making: false)
      for volume in changing {
        do throws(MountFailure) { try prepare(volume, in: folder, now) } catch { failures.append(error) }
      }
    } catch {
      failures.append(error)
    }
    return failures
  }

  /// The ConfigMaps and Secrets that a pod's volumes show: when one changes, the pod's volumes are to be refreshed.
  public static func references(of pod: Value) -> [ObjectKey] {
    var out: [ObjectKey] = []
    func add(_ kind: Kind, _ name: Value) {
      let key = ObjectKey(kind, pod.namespace, name.text)
      if !name.text.isEmpty, !out.contains(key) { out.append(key) }
    }
    for volume in pod["spec"]["volumes"].items {
      add(Kinds.configMap, volume["configMap"]["name"])
      add(Kinds.secret, volume["secret"]["secretName"])
      for part in volume["projected"]["sources"].items {
        add(Kinds.configMap, part["configMap"]["name"])
        add(Kinds.secret, part["secret"]["name"])
      }
    }
    return out
  }

  private func prepare(_ volume: Value, in folder: FolderHandle, _ now: Instant) throws(MountFailure) {
    let name = volume["name"].text
    func failure(_ why: String) -> MountFailure { MountFailure(volume: name, why: why) }
    guard Names.dns1123Label(name).isEmpty else { throw failure("invalid volume name \(goQuoted(name))") }
    if let why = PodNeeds(lister: lister).mountProblem(of: volume, namespace: pod.namespace) { throw failure(why) }
    if volume.has("ephemeral") { throw failure("volumes of type \"ephemeral\" are not supported by this node's kubelet") }
    if volume.has("hostPath") {
      do throws(ContainerProblem) { return try HostPath(volume["hostPath"]).prepare() } catch { throw failure(error.description) }
    }
    let files = try VolumeFiles(volume, DownwardFields(pod: pod, place: place), lister)
    guard files != nil || volume.has("emptyDir") else { throw failure("no volume plugin matched") }
    let shared: UInt32 = owner.group == nil ? 0 : 0o2000
    do throws(SystemFailure) {
      // Anybody who gets here may write to an emptyDir: the pod's own folder keeps others out.
      let own = try folder.makeFolder(name, mode: shared | (files == nil ? 0o777 : 0o755), owner: owner)
      if let files { try AtomicFolder(folder: own, owner: owner).write(files, now: now) }
    } catch {
      throw failure(error.text)
    }
  }

  // MARK: The pod's folder

  /// `<pods>/<uid>`
  public var folder: String { "\(pods)/\(pod.uid)" }

  /// The folder of a pod's volumes.
  private func open(making: Bool) throws(MountFailure) -> FolderHandle {
    do throws(SystemFailure) {
      let uid = try PodVolumes.checked(pod.uid)
      let all = try FolderHandle(pods)
      let own = making ? try all.makeFolder(uid, mode: 0o700) : try all.folder(uid)
      return making ? try own.makeFolder("volumes", mode: 0o711) : try own.folder("volumes")
    } catch {
      throw MountFailure(volume: volumes.first?["name"].text ?? "", why: "\(folder)/volumes: \(error.text)")
    }
  }

  /// A uid that may name a folder.
  private static func checked(_ uid: String) throws(SystemFailure) -> String {
    guard !uid.isEmpty, uid.utf8.count <= 64, uid.utf8.allSatisfy({ isWordByte($0) || $0 == UInt8(ascii: "-") }) else { throw .badName }
    return uid
  }

  private static func isWordByte(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 || (byte | 32) >= 97 && (byte | 32) <= 122 }

  /// Removes all that there is of a pod on disk; quiet where there is nothing.
  public static func remove(pod uid: String, pods: String) throws(SystemFailure) {
    try FolderHandle(pods).removeTree(checked(uid))
  }
}
