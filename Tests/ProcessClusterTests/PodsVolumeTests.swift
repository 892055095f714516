import API
import APIMachinery
import Formats
import Foundation
import Posix
import Testing

@testable import ProcessCluster

struct PodsVolumeTests {
  let shelf = ObjectShelf()
  let folder: TestFolder
  let clock = Instant(seconds: 1_700_000_000)

  init() throws { folder = try TestFolder() }

  private func volumes(_ list: Value, mounts: Value = []) -> PodVolumes {
    let container: Value = ["volumeMounts": mounts, "resources": ["limits": ["memory": "64Mi"]]]
    return PodVolumes(of: testPod(container, ["volumes": list]), pods: folder.path, lister: shelf, place: testPlace())
  }

  private func problem(_ volume: Value) -> String? {
    do { try volumes([volume]).prepare(now: clock) } catch { return error.description }
    return nil
  }

  private let root = "11-aa/volumes/"

  @Test func foldersAndFilesAreMadeWithTheirModes() throws {
    shelf[Kinds.configMap, "m"] = ["data": ["a.conf": "A", "b": "B"], "binaryData": ["raw": .string(Base64.encode([0, 255]))]]
    shelf[Kinds.secret, "s"] = ["data": ["pass": encoded("hush")]]
    try volumes([
      ["name": "scratch", "emptyDir": ["medium": "Memory", "sizeLimit": "1Mi"]],
      ["name": "conf", "configMap": ["name": "m", "defaultMode": 0o644]],
      ["name": "keys", "secret": ["secretName": "s", "defaultMode": 0o644]],
      ["name": "wide", "secret": ["secretName": "s", "defaultMode": 0o440]],
      [
        "name": "some",
        "configMap": [
          "name": "m", "defaultMode": 0o400, "items": [["key": "b", "path": "sub/dir/b", "mode": 0o700], ["key": "raw", "path": "r"]],
        ],
      ],
      ["name": "perhaps", "configMap": ["name": "none", "optional": true]],
    ]).prepare(now: clock)
    #expect(folder.mode("11-aa") == 0o700)
    #expect(folder.mode(root + "scratch") == 0o777)
    #expect(folder.text(root + "conf/a.conf") == "A")
    #expect(folder.mode(root + "conf/a.conf") == 0o644)
    #expect(folder.text(root + "keys/pass") == "hush")
    #expect(folder.mode(root + "keys/pass") == 0o600)
    #expect(folder.mode(root + "wide/pass") == 0o440)
    #expect(folder.names(root + "some").filter { !$0.hasPrefix("..") } == ["r", "sub"])
    #expect(folder.text(root + "some/sub/dir/b") == "B")
    #expect(folder.mode(root + "some/sub/dir/b") == 0o700)
    #expect(folder.mode(root + "some/r") == 0o400)
    #expect(FileManager.default.contents(atPath: "\(folder.path)/\(root)conf/raw") == Data([0, 255]))
    #expect(folder.names(root + "perhaps").filter { !$0.hasPrefix("..") } == [])
    #expect(folder.target(root + "conf/a.conf") == "..data/a.conf")
    #expect(folder.target(root + "conf/..data") == "..2023_11_14_22_13_20.0")
  }

  @Test func projectedVolumesGatherAll() throws {
    shelf[Kinds.configMap, "m"] = ["data": ["k": "v"]]
    shelf[Kinds.secret, "s"] = ["data": ["pass": encoded("hush")]]
    let fields: Value = [
      ["path": "labels", "fieldRef": ["fieldPath": "metadata.labels"]],
      ["path": "mem", "resourceFieldRef": ["containerName": "c", "resource": "limits.memory", "divisor": "1Mi"]],
    ]
    try volumes([
      [
        "name": "all",
        "projected": [
          "defaultMode": 0o644,
          "sources": [
            ["configMap": ["name": "m"]], ["secret": ["name": "s", "items": [["key": "pass", "path": "in/pass"]]]],
            ["downwardAPI": ["items": fields]], ["serviceAccountToken": ["path": "token", "audience": "vault"]],
            ["configMap": ["name": "kube-root-ca.crt", "items": [["key": "ca.crt", "path": "ca.crt"]]]],
          ],
        ],
      ], ["name": "down", "downwardAPI": ["items": fields, "defaultMode": 0o600]],
    ]).prepare(now: clock)
    #expect(folder.names(root + "all").filter { !$0.hasPrefix("..") } == ["in", "k", "labels", "mem", "token"])
    #expect(folder.text(root + "all/k") == "v")
    #expect(folder.mode(root + "all/in/pass") == 0o600)
    #expect(folder.text(root + "all/labels") == "app=\"web\"\ntier=\"a\\\"b\"")
    #expect(folder.text(root + "down/mem") == "64")
    #expect(folder.mode(root + "down/mem") == 0o600)

    let token = try #require(folder.text(root + "all/token"))
    #expect(folder.mode(root + "all/token") == 0o600)
    let parts = token.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    #expect(parts.count == 3 && parts[2].isEmpty, "a token that is signed would promise something")
    func claims(_ part: String) throws -> Value {
      let padded = part.replacing("-", with: "+").replacing("_", with: "/") + String(repeating: "=", count: (4 - part.count % 4) % 4)
      return try JSON.parse(Base64.decode(padded))
    }
    #expect(try claims(parts[0])["alg"] == "none")
    #expect(try claims(parts[1])["sub"] == "system:serviceaccount:shop:seller")
    #expect(try claims(parts[1])["aud"] == ["vault"])
  }

  @Test func changesShowAllAtOnce() throws {
    shelf[Kinds.configMap, "m"] = ["data": ["a": "1", "b": "1", "gone": "x"]]
    let volumes = volumes([["name": "conf", "configMap": ["name": "m"]]])
    try volumes.prepare(now: clock)
    let first = folder.target(root + "conf/..data")
    let link = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(root)conf/a")[.systemFileNumber] as? Int
    // What has not changed is left alone.
    #expect(volumes.refresh(now: clock + .seconds(5)).isEmpty)
    #expect(folder.target(root + "conf/..data") == first)

    shelf[Kinds.configMap, "m"] = ["data": ["a": "2", "b": "2", "new": "y"]]
    #expect(volumes.refresh(now: clock + .seconds(5)).isEmpty)
    #expect(folder.target(root + "conf/..data") == "..2023_11_14_22_13_25.0")
    #expect(folder.text(root + "conf/a") == "2")
    #expect(folder.text(root + "conf/new") == "y")
    #expect(folder.names(root + "conf") == ["..2023_11_14_22_13_25.0", "..data", "a", "b", "new"])
    let same = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(root)conf/a")[.systemFileNumber] as? Int
    #expect(link == same, "the names that a program sees stay what they were")
    // Twice within one moment.
    shelf[Kinds.configMap, "m"] = ["data": ["a": "3"]]
    #expect(volumes.refresh(now: clock + .seconds(5)).isEmpty)
    #expect(folder.names(root + "conf") == ["..2023_11_14_22_13_25.1", "..data", "a"])

    // Where the source is deleted, the files stay.
    shelf[Kinds.configMap, "m"] = nil
    #expect(
      volumes.refresh(now: clock).map(\.description) == ["MountVolume.SetUp failed for volume \"conf\" : configmap \"m\" not found"])
    #expect(folder.text(root + "conf/a") == "3")
  }

  @Test func labelsOfThePodShowWhenTheyChange() throws {
    let items: Value = [["path": "l", "fieldRef": ["fieldPath": "metadata.labels"]]]
    var pod = testPod([:], ["volumes": [["name": "d", "downwardAPI": ["items": items]]]])
    try PodVolumes(of: pod, pods: folder.path, lister: shelf, place: testPlace()).prepare(now: clock)
    pod["metadata", "labels"] = ["app": "changed"]
    #expect(PodVolumes(of: pod, pods: folder.path, lister: shelf, place: testPlace()).refresh(now: clock).isEmpty)
    #expect(folder.text(root + "d/l") == "app=\"changed\"")
  }

  @Test func readersNeverSeeHalfAnUpdate() throws {
    shelf[Kinds.configMap, "m"] = ["data": ["a": "0", "b": "0"]]
    let volumes = volumes([["name": "conf", "configMap": ["name": "m"]]])
    try volumes.prepare(now: clock)
    let path = "\(folder.path)/\(root)conf"
    let done = OneFlag()
    let reader = Thread {
      // Through one open folder both files are of one time.
      while !done.isSet {
        guard let data = try? FolderHandle(path + "/..data", throughLink: true), let a = try? data.read("a"), let b = try? data.read("b")
        else { continue }
        if a != b { done.fail() }
      }
      done.leave()
    }
    reader.start()
    for round in 1...200 {
      let text = Value.string(String(round))
      shelf[Kinds.configMap, "m"] = ["data": ["a": text, "b": text]]
      #expect(volumes.refresh(now: clock).isEmpty)
    }
    done.set()
    done.wait()
    #expect(!done.hasFailed)
    #expect(folder.text(root + "conf/a") == "200")
  }

  @Test func aWriteThatWasCutShortIsCleanedUp() throws {
    shelf[Kinds.configMap, "m"] = ["data": ["a": "1"]]
    let volumes = volumes([["name": "conf", "configMap": ["name": "m"]]])
    try volumes.prepare(now: clock)
    let path = "\(folder.path)/\(root)conf"
    try Folder.make(path + "/..2020_01_01_00_00_00.1")
    try FileManager.default.createSymbolicLink(atPath: path + "/..data_tmp", withDestinationPath: "..2020_01_01_00_00_00.1")
    shelf[Kinds.configMap, "m"] = ["data": ["a": "2"]]
    #expect(volumes.refresh(now: clock + .seconds(1)).isEmpty)
    #expect(folder.names(root + "conf") == ["..2023_11_14_22_13_21.0", "..data", "a"])
    #expect(folder.text(root + "conf/a") == "2")
  }

  @Test func whatAProgramDidToItsFilesIsSetRight() throws {
    let outside = try TestFolder()
    try Data("mine".utf8).write(to: URL(fileURLWithPath: outside.path + "/a"))
    shelf[Kinds.configMap, "m"] = ["data": ["a": "1", "b": "1"]]
    let volumes = volumes([["name": "conf", "configMap": ["name": "m"]]])
    try volumes.prepare(now: clock)
    let path = "\(folder.path)/\(root)conf"
    // It turns the data, and a name, to a folder of its own choice, and puts a folder in another's place.
    for name in ["/..data", "/a", "/b"] { try FileManager.default.removeItem(atPath: path + name) }
    try FileManager.default.createSymbolicLink(atPath: path + "/..data", withDestinationPath: outside.path)
    try FileManager.default.createSymbolicLink(atPath: path + "/a", withDestinationPath: outside.path + "/a")
    try Folder.make(path + "/b/c")
    shelf[Kinds.configMap, "m"] = ["data": ["a": "2", "b": "2"]]
    #expect(volumes.refresh(now: clock + .seconds(1)).isEmpty)
    #expect(folder.text(root + "conf/a") == "2")
    #expect(folder.text(root + "conf/b") == "2")
    #expect(outside.names() == ["a"])
    #expect(outside.text("a") == "mine")
  }

  @Test func aVolumesFolderThatBecameALinkIsRefused() throws {
    let outside = try TestFolder()
    shelf[Kinds.configMap, "m"] = ["data": ["a": "1"]]
    try Folder.make(folder.path + "/11-aa/volumes")
    try FileManager.default.createSymbolicLink(atPath: "\(folder.path)/\(root)conf", withDestinationPath: outside.path)
    #expect(problem(["name": "conf", "configMap": ["name": "m"]]) != nil)
    #expect(problem(["name": "conf", "emptyDir": [:]]) != nil)
    #expect(outside.names() == [])
  }

  @Test func hostileNamesAreRefused() throws {
    let attempts: [(Value, String)] = [
      (["key": "k", "path": "../up"], "must not contain '..'"), (["key": "k", "path": "a/../../up"], "must not contain '..'"),
      (["key": "k", "path": "/etc/passwd"], "must be relative path"), (["key": "k", "path": "..data/x"], "must not start with '..'"),
      (["key": "k", "path": "..data"], "must not start with '..'"), (["key": "k", "path": ""], "must not be empty"),
      (["key": "k", "path": "./"], "must not be empty"), (["key": "k", "path": "a\u{0}b"], "NUL"),
      (["key": "k", "path": .string(String(repeating: "x", count: 256))], "255 characters"),
    ]
    shelf[Kinds.configMap, "m"] = ["data": ["k": "v"]]
    for (item, words) in attempts {
      let said = problem(["name": "v", "configMap": ["name": "m", "items": [item]]]) ?? ""
      #expect(said.hasPrefix("MountVolume.SetUp failed for volume \"v\" : invalid path: ") && said.contains(words), "\(item)")
    }
    for key in ["../x", "a/b", "/x", "..", ".", "..data", "", "a\u{0}"] {
      shelf[Kinds.configMap, "m"] = ["data": .object(Members([(key, "v")]))]
      #expect(problem(["name": "v", "configMap": ["name": "m"]])?.contains("invalid path") == true, "\(key)")
      shelf[Kinds.secret, "s"] = ["data": .object(Members([(key, encoded("v"))]))]
      #expect(problem(["name": "v", "projected": ["sources": [["secret": ["name": "s"]]]]])?.contains("invalid path") == true, "\(key)")
    }
    for name in ["../x", "a/b", "..", "", "A"] {
      #expect(problem(["name": .string(name), "emptyDir": [:]])?.contains("invalid volume name") == true, "\(name)")
    }
    // One path within another.
    shelf[Kinds.configMap, "m"] = ["data": ["k": "v"]]
    let both: Value = [["key": "k", "path": "a"], ["key": "k", "path": "a/b"]]
    #expect(problem(["name": "w", "configMap": ["name": "m", "items": both]]) != nil)
    var pod = testPod([:], ["volumes": [["name": "v", "emptyDir": [:]]]])
    for uid in ["..", "../other", "", "a/b", "a b"] {
      pod["metadata", "uid"] = .string(uid)
      #expect(throws: MountFailure.self) {
        try PodVolumes(of: pod, pods: folder.path, lister: shelf, place: testPlace()).prepare(now: clock)
      }
      #expect(throws: SystemFailure.self) { try PodVolumes.remove(pod: uid, pods: folder.path) }
    }
  }

  @Test func whatIsMissingOrUnknownIsSaid() {
    shelf[Kinds.configMap, "m"] = ["data": ["k": "v"]]
    shelf[Kinds.secret, "bad"] = ["data": ["k": "*"]]
    let cases: [(Value, String)] = [
      (["name": "v", "configMap": ["name": "none"]], "configmap \"none\" not found"),
      (["name": "v", "secret": ["secretName": "none"]], "secret \"none\" not found"),
      (["name": "v", "configMap": ["name": "m", "items": [["key": "x", "path": "x"]]]], "references non-existent config key: x"),
      (["name": "v", "secret": ["secretName": "bad"]], "key \"k\" is no base64"),
      (["name": "v", "nfs": ["server": "s", "path": "/"]], "volumes of type \"nfs\" are not supported by this node's kubelet"),
      (["name": "v", "csi": ["driver": "d"]], "volumes of type \"csi\" are not supported by this node's kubelet"),
      (["name": "v", "ephemeral": [:]], "volumes of type \"ephemeral\" are not supported by this node's kubelet"),
      (["name": "v", "persistentVolumeClaim": ["claimName": "c"]], "persistentvolumeclaim \"c\" not found"),
      (["name": "v"], "no volume plugin matched"),
    ]
    for (volume, why) in cases { #expect(problem(volume) == "MountVolume.SetUp failed for volume \"v\" : \(why)") }
  }

  @Test func hostPathsAreCheckedByType() throws {
    let host = try TestFolder()
    try Folder.make(host.path + "/d")
    try Data().write(to: URL(fileURLWithPath: host.path + "/f"))
    let listener = try Listener(.unix(path: host.path + "/s"))
    defer { listener.end() }
    func why(_ type: String, _ path: String) -> String? {
      problem(["name": "h", "hostPath": ["path": .string(path.hasPrefix("/") ? path : host.path + "/" + path), "type": .string(type)]])
    }
    let fine = [
      ("", "nothing"), ("Directory", "d"), ("File", "f"), ("Socket", "s"), ("CharDevice", "/dev/null"), ("DirectoryOrCreate", "d"),
      ("FileOrCreate", "f"), ("DirectoryOrCreate", "new/deep"), ("FileOrCreate", "new/file"),
    ]
    for (type, path) in fine { #expect(why(type, path) == nil, "\(type) \(path)") }
    #expect(host.mode("new/deep") == 0o755)
    #expect(host.mode("new/file") == 0o644)
    let wrong = [
      ("Directory", "f", "a directory"), ("Directory", "none", "a directory"), ("DirectoryOrCreate", "f", "a directory"),
      ("File", "d", "a file"), ("File", "none", "a file"), ("FileOrCreate", "d", "a file"), ("Socket", "f", "a socket file"),
      ("CharDevice", "f", "a character device"), ("BlockDevice", "/dev/null", "a block device"),
    ]
    for (type, path, what) in wrong {
      #expect(why(type, path)?.hasSuffix("is not \(what)") == true && why(type, path)?.contains("hostPath type check failed: ") == true)
    }
    #expect(why("FileOrCreate", "no/folder/file")?.hasSuffix("no such file or directory") == true)
    #expect(why("Odd", "f")?.hasSuffix("Odd is an invalid volume type") == true)
    #expect(problem(["name": "h", "hostPath": ["path": "etc"]])?.hasSuffix("is not an absolute path") == true)
    #expect(problem(["name": "h", "hostPath": ["path": "/tmp/../etc"]])?.hasSuffix("must not contain '..'") == true)
  }

  @Test func filesAreOfTheUserThatRootRunsTheContainersAs() {
    let pod = testPod(["securityContext": ["runAsUser": 7]], ["securityContext": ["runAsUser": 5, "fsGroup": 9]])
    #expect(PodVolumes.owner(pod) == FileOwner(user: 7, group: 9))
    #expect(PodVolumes.owner(testPod([:])) == FileOwner())
    let mixed = testPod([:], ["containers": [["securityContext": ["runAsUser": 7]], [:]], "securityContext": ["runAsUser": 5]])
    #expect(PodVolumes.owner(mixed) == FileOwner())
  }

  @Test func groupsAreGivenTheirFiles() throws {
    guard Machine.userID == 0 else { return }
    shelf[Kinds.secret, "s"] = ["data": ["k": encoded("v")]]
    let pod = testPod(
      [:],
      [
        "securityContext": ["runAsUser": 1234, "fsGroup": 4321],
        "volumes": [["name": "s", "secret": ["secretName": "s", "defaultMode": 0o644]], ["name": "e", "emptyDir": [:]]],
      ])
    try PodVolumes(of: pod, pods: folder.path, lister: shelf, place: testPlace()).prepare(now: clock)
    let file = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(root)s/..data/k")
    #expect(file[.ownerAccountID] as? Int == 1234 && file[.groupOwnerAccountID] as? Int == 4321)
    #expect(folder.mode(root + "s/k") == 0o640)
    #expect(folder.mode(root + "e") == 0o2777)
  }

  @Test func referencesNameWhatIsShown() {
    let pod = testPod(
      [:],
      [
        "volumes": [
          ["name": "a", "configMap": ["name": "m"]], ["name": "b", "secret": ["secretName": "s"]],
          ["name": "c", "projected": ["sources": [["configMap": ["name": "m"]], ["secret": ["name": "t"]]]]],
        ]
      ])
    #expect(PodVolumes.references(of: pod).map(\.name) == ["m", "s", "t"])
  }

  // MARK: Mounts

  private func mounts(_ mounts: Value, _ list: Value, _ variables: [(name: String, value: String)] = []) throws -> [VolumeMount] {
    let volumes = volumes(list, mounts: mounts)
    return try volumes.mounts(of: volumes.pod["spec"]["containers"][0], variables: variables)
  }

  private func refusal(_ mount: Value, _ list: Value, _ variables: [(name: String, value: String)] = []) -> String? {
    do { _ = try mounts([mount], list, variables) } catch { return "\(error)" }
    return nil
  }

  @Test func mountsSayWhereVolumesAre() throws {
    let host = try TestFolder()
    shelf[Kinds.configMap, "m"] = ["data": ["a.conf": "A"]]
    let list: Value = [
      ["name": "e", "emptyDir": [:]], ["name": "c", "configMap": ["name": "m"]], ["name": "h", "hostPath": ["path": .string(host.path)]],
    ]
    let wanted: Value = [
      ["name": "e", "mountPath": "/data/../srv/./x/"], ["name": "e", "mountPath": "logs", "subPathExpr": "$(POD)/logs"],
      ["name": "c", "mountPath": "/etc/a.conf", "subPath": "a.conf"],
      ["name": "h", "mountPath": "/host", "readOnly": true, "subPath": "x/./y"],
    ]
    try volumes(list).prepare(now: clock)
    let found = try mounts(wanted, list, [("POD", "web-1")])
    #expect(
      found == [
        VolumeMount(volume: "e", path: "\(folder.path)/\(root)e", mountPath: "/srv/x", isReadOnly: false, isScratch: true),
        VolumeMount(
          volume: "e", path: "\(folder.path)/\(root)e/web-1/logs", mountPath: "/logs", isReadOnly: false, within: "web-1/logs",
          isScratch: true),
        VolumeMount(
          volume: "c", path: "\(folder.path)/\(root)c/a.conf", mountPath: "/etc/a.conf", isReadOnly: true, within: "a.conf"),
        VolumeMount(volume: "h", path: "\(host.path)/x/y", mountPath: "/host", isReadOnly: true, within: "x/y"),
      ])
    #expect(found.map(\.root) == ["e", "e", "c"].map { "\(folder.path)/\(root)\($0)" } + [host.path])
    #expect(folder.mode(root + "e/web-1/logs") == 0o777)
    #expect(host.names("x") == ["y"])
    // What has one mount is that; what has several is the whole.
    let paths = volumes(list).paths(of: found)
    #expect(paths.map(\.name) == ["e", "c", "h"])
    #expect(paths.map(\.path) == ["\(folder.path)/\(root)e", "\(folder.path)/\(root)c/a.conf", "\(host.path)/x/y"])
  }

  @Test func subPathsStayInTheirVolume() throws {
    let outside = try TestFolder()
    try Folder.make(outside.path + "/secret")
    let list: Value = [["name": "e", "emptyDir": [:]]]
    try volumes(list).prepare(now: clock)
    let e = "\(folder.path)/\(root)e"
    let files = FileManager.default
    try Folder.make(e + "/real/deep")
    try files.createSymbolicLink(atPath: e + "/out", withDestinationPath: outside.path)
    try files.createSymbolicLink(atPath: e + "/up", withDestinationPath: "../../../../..")
    try files.createSymbolicLink(atPath: e + "/real/over", withDestinationPath: "../../e")
    try files.createSymbolicLink(atPath: e + "/within", withDestinationPath: "real/../real/deep")
    try files.createSymbolicLink(atPath: e + "/loop", withDestinationPath: "loop")
    func of(_ path: String, _ field: String = "subPath") -> Value { ["name": "e", "mountPath": "/m", .init(field): .string(path)] }
    for path in ["out", "out/secret", "up", "real/over", "up/etc", "out/new"] {
      #expect(refusal(of(path), list)?.hasSuffix("subpath \"\(path)\" not within volume path") == true, "\(path)")
    }
    #expect(refusal(of("loop"), list)?.hasPrefix("failed to prepare subPath for volumeMount \"e\" of container \"c\": ") == true)
    #expect(refusal(of("within"), list) == nil)
    #expect(refusal(of("../other"), list) == "unable to provision SubPath `../other`: must not contain '..'")
    #expect(refusal(of("a/../b"), list) == "unable to provision SubPath `a/../b`: must not contain '..'")
    #expect(refusal(of("/etc"), list) == "error SubPath `/etc` must not be an absolute path")
    #expect(refusal(of("a\u{0}"), list)?.contains("NUL") == true)
    #expect(refusal(of(String(repeating: "a/", count: 400)), list) != nil)
    // What the environment brings in is judged alike.
    #expect(refusal(of("$(X)/y", "subPathExpr"), list, [("X", "..")]) == "unable to provision SubPath `../y`: must not contain '..'")
    #expect(refusal(of("$(X)", "subPathExpr"), list, [("X", "/etc")]) == "error SubPath `/etc` must not be an absolute path")
    #expect(refusal(of("$(X)$(Y)", "subPathExpr"), list, [("X", "")]) == "missing value for X, Y")
    #expect(refusal(["name": "none", "mountPath": "/m"], list) == "cannot find volume \"none\" to mount into container \"c\"")
    #expect(outside.names() == ["secret"])
    // A file that a ConfigMap doesn't hold is not made up.
    shelf[Kinds.configMap, "m"] = ["data": ["k": "v"]]
    let conf: Value = [["name": "c", "configMap": ["name": "m"]]]
    try volumes(conf).prepare(now: clock)
    #expect(refusal(["name": "c", "mountPath": "/m", "subPath": "x"], conf)?.hasSuffix("no such file or directory") == true)
    #expect(refusal(["name": "c", "mountPath": "/m", "subPath": "k/x"], conf)?.hasSuffix("not a directory") == true)
  }

  @Test func aLinkThatIsSwappedInMeanwhileLeadsNowhere() throws {
    let outside = try TestFolder()
    try Folder.make(outside.path + "/x")
    let list: Value = [["name": "e", "emptyDir": [:]]]
    try volumes(list).prepare(now: clock)
    let e = "\(folder.path)/\(root)e"
    try Folder.make(e + "/real")
    let done = OneFlag()
    let elsewhere = outside.path
    let swapper = Thread {
      // Now a folder, now a link out.
      while !done.isSet {
        rename(e + "/d", e + "/real")
        symlink(elsewhere, e + "/d")
        unlink(e + "/d")
        rename(e + "/real", e + "/d")
      }
      done.leave()
    }
    swapper.start()
    let top = try FolderHandle(e)
    for _ in 0..<3000 { _ = try? top.resolve("d/made", missingMode: 0o755) }
    done.set()
    done.wait()
    #expect(outside.names() == ["x"], "something was made outside")
  }

  // MARK: Removing

  @Test func podsAreRemovedWithAllThatTheyLeft() throws {
    let outside = try TestFolder()
    try Data("mine".utf8).write(to: URL(fileURLWithPath: outside.path + "/keep"))
    let list: Value = [["name": "e", "emptyDir": [:]]]
    try volumes(list).prepare(now: clock)
    try Folder.make(folder.path + "/other-pod")
    let e = "\(folder.path)/\(root)e"
    let files = FileManager.default
    try files.createSymbolicLink(atPath: e + "/out", withDestinationPath: outside.path)
    try Folder.make(e + "/locked/inner/deepest")
    try Data().write(to: URL(fileURLWithPath: e + "/locked/inner/file"))
    try files.createSymbolicLink(atPath: e + "/locked/inner/out", withDestinationPath: outside.path)
    chmod(e + "/locked/inner", 0)
    chmod(e + "/locked", 0o500)
    mkfifo(e + "/fifo", 0o600)
    // A name that is no UTF-8, and names that removal itself uses.
    #expect(open(e + "/\u{1}x", O_CREAT | O_WRONLY, 0o600) >= 0)
    var bad: [CChar] = Array((e + "/").utf8CString.dropLast()) + [-1, -2, 0]
    #expect(mkdir(&bad, 0o700) == 0)
    try Folder.make(e + "/..gone-1/a")
    try Folder.make(e + "/..gone-2/b/c")
    try PodVolumes.remove(pod: "11-aa", pods: folder.path)
    #expect(folder.names() == ["other-pod"])
    #expect(outside.names() == ["keep"])
    try PodVolumes.remove(pod: "11-aa", pods: folder.path)
  }

  @Test func aVeryDeepTreeIsRemoved() throws {
    try Folder.make(folder.path + "/deep")
    // Deeper than any path may be long, and than there are descriptors.
    var here = try FolderHandle(folder.path).folder("deep")
    for _ in 0..<1100 {
      try here.write("file", [1], mode: 0o600)
      let next = try here.makeFolder("folder", mode: 0o700)
      try here.set(mode: 0o500)
      here = next
    }
    try PodVolumes.remove(pod: "deep", pods: folder.path)
    #expect(folder.names() == [])
  }

  @Test func aPodsFolderThatIsALinkIsOnlyUnlinked() throws {
    let outside = try TestFolder()
    try Data().write(to: URL(fileURLWithPath: outside.path + "/keep"))
    try FileManager.default.createSymbolicLink(atPath: folder.path + "/11-aa", withDestinationPath: outside.path)
    #expect(problem(["name": "e", "emptyDir": [:]]) != nil)
    try PodVolumes.remove(pod: "11-aa", pods: folder.path)
    #expect(folder.names() == [])
    #expect(outside.names() == ["keep"])
  }
}

/// A flag between two threads.
final class OneFlag: @unchecked Sendable {
  private let condition = NSCondition()
  private var raised = false
  private var left = false
  private(set) var hasFailed = false

  var isSet: Bool { condition.withLock { raised } }
  func set() { condition.withLock { raised = true } }
  func fail() { condition.withLock { hasFailed = true } }
  func leave() {
    condition.withLock {
      left = true
      condition.broadcast()
    }
  }
  /// Until the other thread has left.
  func wait() { condition.withLock { while !left { condition.wait() } } }
}
