import API
import APIMachinery
import Client
import Formats
import Foundation
import Posix

@testable import ProcessCluster

// What the tests of pods share: objects on a shelf, a node, a folder of their own.

/// Objects that a test puts there.
final class ObjectShelf: Lister {
  private var objects: [ObjectKey: Value] = [:]

  subscript(kind: Kind, name: String, namespace: String = "shop") -> Value? {
    get { objects[ObjectKey(kind, namespace, name)] }
    set {
      objects[ObjectKey(kind, namespace, name)] = newValue.map { given in
        var object = given
        object["kind"] = .string(kind.name)
        object["metadata"] = ["name": .string(name), "namespace": .string(namespace)]
        return object
      }
    }
  }

  func get(_ key: ObjectKey) -> Value? { objects[key] }
  func list(_ kind: Kind, namespace: String?) -> [Value] {
    objects.filter { $0.key.kind == kind && (namespace == nil || $0.key.namespace == namespace) }.values.sorted { $0.name < $1.name }
  }
  func count(_ kind: Kind, namespace: String?) -> Int { list(kind, namespace: namespace).count }
  func owned(_ kind: Kind, by uid: String) -> [Value] { [] }
  func dependents(of uid: String) -> [ObjectKey] { [] }
  func holder(of uid: String) -> ObjectKey? { nil }
  func pods(onNode node: String) -> [Value] { [] }
  func labelled(_ kind: Kind, namespace: String, _ key: String, _ value: String) -> [Value] { [] }
}

let testNode: Value = [
  "metadata": ["name": "localhost"],
  "status": [
    "addresses": [["address": "127.0.0.1", "type": "InternalIP"], ["address": "box", "type": "Hostname"]],
    "allocatable": ["cpu": "2500m", "memory": "1Gi", "ephemeral-storage": "10Gi"],
  ],
]

func testPlace() -> PodPlace {
  PodPlace(address: "127.64.0.7", node: testNode, inherited: [("PATH", "/bin"), ("HOME", "/home/me")])
}

/// A pod of one container, and whatever else its spec holds.
func testPod(_ container: Value, _ spec: Value = [:]) -> Value {
  var container = container
  if container["name"].isNull { container["name"] = "c" }
  var pod: Value = [
    "metadata": [
      "name": "web-1", "namespace": "shop", "uid": "11-aa", "labels": ["app": "web", "tier": "a\"b"],
      "annotations": ["note": "two\nlines"],
    ],
    "spec": ["nodeName": "localhost", "serviceAccountName": "seller", "enableServiceLinks": true, "containers": [container]],
  ]
  for member in spec.members { pod["spec", member.key] = member.value }
  return pod
}

/// A folder that goes with it.
final class TestFolder {
  let path: String

  init() throws { path = try Folder.makeNew(FileManager.default.temporaryDirectory.resolvingSymlinksInPath().path + "/kctl-pods-") }

  deinit {
    try? FolderHandle(path).removeContents()
    rmdir(path)
  }

  func text(_ name: String) -> String? { try? String(contentsOfFile: path + "/" + name, encoding: .utf8) }
  func target(_ name: String) -> String? { try? FileManager.default.destinationOfSymbolicLink(atPath: path + "/" + name) }
  func names(_ name: String = "") -> [String] { (try? FileManager.default.contentsOfDirectory(atPath: path + "/" + name))?.sorted() ?? [] }

  /// A file's permission bits, through links.
  func mode(_ name: String) -> UInt32? {
    var info = stat()
    return stat(path + "/" + name, &info) == 0 ? UInt32(info.st_mode) & 0o7777 : nil
  }
}

func encoded(_ text: String) -> Value { .string(Base64.encode(Array(text.utf8))) }
