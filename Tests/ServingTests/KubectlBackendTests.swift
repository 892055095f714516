import APIMachinery
import Client
import Foundation
import HTTP
import Posix
import RemoteCluster
import Testing

// Clusters through kubectl's proxy, by a kubectl that only seems to be one.

final class KubectlBackendTests {
  private let folder = NSTemporaryDirectory() + "kctl-kubectl-" + UUID().uuidString

  init() throws { try FileManager.default.createDirectory(atPath: folder + "/bin", withIntermediateDirectories: true) }
  deinit { try? FileManager.default.removeItem(atPath: folder) }

  private func kubectl(_ script: String, in place: String = "bin") throws {
    try FileManager.default.createDirectory(atPath: "\(folder)/\(place)", withIntermediateDirectories: true)
    try "#!/bin/sh\n\(script)\n".write(toFile: "\(folder)/\(place)/kubectl", atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder)/\(place)/kubectl")
  }

  private func options(_ path: String = "bin") -> BackendOptions {
    var options = BackendOptions()
    options.environment = { [folder] name in
      switch name {
      case "PATH": path.split(separator: ":").map { "\(folder)/\($0)" }.joined(separator: ":")
      case "XDG_RUNTIME_DIR": folder
      default: nil
      }
    }
    return options
  }

  private func failure(_ options: BackendOptions) -> Status? {
    do {
      _ = try KubectlBackend().open("prod", options)
      return nil
    } catch { return error as? Status }
  }

  @Test func theProxyCarriesRequestsAndGoesWithItsClient() throws {
    let server = try RemoteScript(at: .unix(path: folder + "/real")) { _ in .json("{\"major\":\"through\"}") }
    defer { server.stop() }
    try kubectl(
      """
      echo "$@" > \(folder)/words
      for word; do case $word in --unix-socket=*) ln -s \(folder)/real "${word#*=}";; esac; done
      exec sleep 1000
      """)
    var options = options()
    options.kubeconfig = ["/some/file"]
    var client: (any Client)? = try KubectlBackend().open("prod", options)
    #expect(try client?.version()["major"] == "through")
    #expect(server.asked.first?.head.header["Host"] == "localhost")
    let words = try String(contentsOfFile: folder + "/words", encoding: .utf8).split(separator: " ")
    #expect(words.prefix(5) == ["--kubeconfig", "/some/file", "--context", "prod", "proxy"])
    #expect(words.last?.hasPrefix("--reject-paths=^$") == true)
    let place = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasPrefix("kctl-") })
    #expect(try FileManager.default.attributesOfItem(atPath: "\(folder)/\(place)")[.posixPermissions] as? Int == 0o700)
    client = nil
    #expect(!Folder.exists("\(folder)/\(place)"))
  }

  @Test func whatKubectlSaysIsTold() throws {
    try kubectl("echo 'error: context \"prod\" does not exist' >&2; exit 1")
    #expect(failure(options())?.message == "error: kubectl cannot reach context \"prod\": context \"prod\" does not exist")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["bin"])
  }

  @Test func thisProgramUnderKubectlsNameIsNoKubectl() throws {
    try FileManager.default.createDirectory(atPath: folder + "/first", withIntermediateDirectories: true)
    let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    try FileManager.default.createSymbolicLink(atPath: folder + "/first/kubectl", withDestinationPath: own)
    #expect(failure(options("first"))?.message == "error: kubectl is not installed, and only it reaches this cluster")
    try kubectl("echo found >&2; exit 1")
    #expect(failure(options("first:bin"))?.message == "error: kubectl cannot reach context \"prod\": found")
  }
}
