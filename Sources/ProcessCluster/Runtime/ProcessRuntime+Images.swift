import Formats
import Kubelet

// What a container runs: a program of this machine, or an image that is an engine's to have.

extension ProcessRuntime {
  func hasImage(_ image: String, node: String) -> Bool { true }
  func images(node: String) -> [String] { [] }

  func image(of spec: Value, in pod: Value) -> ImageUse {
    switch engines.choice(for: pod) {
    case .plain: break
    case .engine:
      guard pod["spec"]["shareProcessNamespace"].bool != true else {
        return .refused(
          reason: "CreateContainerConfigError", message: "spec.shareProcessNamespace is not supported by clusters of processes")
      }
      return .pulled
    case .refused(let why): return .refused(reason: "CreateContainerConfigError", message: why)
    }
    if let field = UnsupportedField.first(of: spec, in: pod) {
      return .refused(reason: "CreateContainerConfigError", message: "\(field) is not supported by clusters of processes")
    }
    guard spec["command"].items.isEmpty else { return .recorded }
    return .refused(
      reason: "ErrImageNeverPull",
      message: "Container image \"\(spec["image"].text)\" is not run here: containers of this cluster are programs of this machine; "
        + "write which one in command, like [\"python3\", \"-m\", \"http.server\"]")
  }

  func look(for image: String, for container: ContainerKey) {
    guard let engine = engine(of: container), let images = engines.images else {
      reports?.looked(for: container, .unknown("no engine is asked"))
      return
    }
    images.look(for: image, in: engine) { [weak self] presence in self?.reports?.looked(for: container, presence) }
  }

  func pull(_ image: String, for container: ContainerKey) {
    guard let engine = engine(of: container), let images = engines.images else {
      reports?.pulled(for: container, error: "images are not pulled by this cluster")
      return
    }
    images.pull(image, in: engine) { [weak self] error in self?.reports?.pulled(for: container, error: error) }
  }

  private func engine(of container: ContainerKey) -> ContainerEngine? {
    guard let pod = pod(of: container), case .engine(let engine) = engines.choice(for: pod) else { return nil }
    return engine
  }
}
