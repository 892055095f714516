import API
import APIMachinery
import Client
import Formats

// Whether addresses and ports are given out once.

/// Holds every address that is given against those that others have.
enum AddressChecker {
  static func check(_ sight: Sight, _ picture: Picture) throws(Violation) {
    guard sight.verb != .deleted else { return }
    if sight.kind == Kinds.pod {
      try checkPod(sight, picture)
    } else if sight.kind == Kinds.service, sight.verb == .added {
      try checkService(sight.new, picture)
    }
  }

  private static func checkPod(_ sight: Sight, _ picture: Picture) throws(Violation) {
    let pod = sight.new
    let address = pod["status"]["podIP"]
    guard !address.text.isEmpty, address != sight.old?["status"]["podIP"], pod["spec"]["hostNetwork"] != true else { return }
    for other in picture.pods.objects where other["status"]["podIP"] == address && other.uid != pod.uid && !Facts.isOver(other) {
      throw Violation("pods \(Shelf.key(pod)) and \(Shelf.key(other)) both have the address \(address.text)")
    }
  }

  private static func checkService(_ service: Value, _ picture: Picture) throws(Violation) {
    func ports(_ service: Value) -> [Int64] { service["spec"]["ports"].items.compactMap { $0["nodePort"].int } }
    let mine = ports(service)
    for other in picture.services.objects where other.uid != service.uid {
      let address = service["spec"]["clusterIP"]
      if address == other["spec"]["clusterIP"], address != "None", !address.text.isEmpty {
        throw Violation("services \(Shelf.key(service)) and \(Shelf.key(other)) both have the address \(address.text)")
      }
      if let port = ports(other).first(where: mine.contains) {
        throw Violation("services \(Shelf.key(service)) and \(Shelf.key(other)) both have the node port \(port)")
      }
    }
  }
}
