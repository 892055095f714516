import Arguments
import Client
import Formats

// Which container of a pod is meant.

/// The names of a pod's containers.
struct ContainerNames {
  private let pod: Value
  private let main: [String]
  private let brief: [String]
  private let first: [String]

  init(_ pod: Value) {
    func names(_ list: String) -> [String] { pod["spec"][list].items.map { $0["name"].text } }
    self.pod = pod
    (main, brief, first) = (names("containers"), names("ephemeralContainers"), names("initContainers"))
  }

  var all: [String] { main + brief + first }
  var inOrderOfStart: [String] { first + main + brief }

  /// The one that is meant where none is named: the annotation's or the first, which is told where there are others.
  /// - Parameter session: tells; nil: nobody is told.
  func chosen(telling session: Session?) -> String? {
    if let named = pod.annotation("kubectl.kubernetes.io/default-container"), all.contains(named) { return named }
    guard let chosen = main.first else { return nil }
    if all.count > 1, let session {
      let list = main + brief.map { "\($0) (ephem)" } + first.map { "\($0) (init)" }
      session.say("Defaulted container \(Read.quoted(chosen)) out of: \(list.joined(separator: ", "))")
    }
    return chosen
  }

  /// What may have been meant by a name that none has.
  func hints(for name: String) -> [String] { Arguments.nearest(name, among: all).map { ["did you mean \"\($0)\"?"] } ?? [] }
}
