import APIMachinery
import Arguments
import Formats

// Words for kinds: `deploy`, `deployments.v1.apps`, `Deployment`, `all`.

/// The kinds that a cluster serves, by the words that people use.
public struct Resources {
  /// The kinds that words mean: of a resource that is served in several versions the preferred one.
  public let kinds: [Kind]
  /// All kinds of all versions.
  public let versions: [Kind]
  private let warn: (String) -> Void

  public init(_ kinds: [Kind], warn: @escaping (String) -> Void = { _ in }) {
    versions = kinds.filter { !$0.hidden }
    var seen = Set<[String]>()
    self.kinds = versions.filter { seen.insert([$0.group, $0.plural]).inserted }
    self.warn = warn
  }

  /// The kind that a word names: plural, singular, short name or kind, with or without a group.
  public func kind(_ word: String) throws -> Kind {
    let parts = word.lowercased().split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
    if parts.count == 3,
      let kind = versions.first(where: { $0.version == parts[1] && $0.group == parts[2] && names($0).contains(parts[0]) })
    {
      return kind
    }
    let pieces = word.lowercased().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let name = pieces.first ?? ""
    let group = pieces.count > 1 ? pieces[1] : nil
    if let kind = kinds.first(where: { ($0.plural == name || $0.singular == name) && belongs($0, group) }) { return kind }
    let short = kinds.filter { $0.shortNames.contains(name) && belongs($0, group) }
    if let first = short.first {
      if group == nil, let other = short.dropFirst().first {
        warn("short name \(Read.quoted(name)) could also match lower priority resource \(other.qualifiedPlural)")
      }
      return first
    }
    if let kind = kinds.first(where: { $0.name.lowercased() == name && belongs($0, group) }) { return kind }
    throw unknown(word)
  }

  private func names(_ kind: Kind) -> [String] { [kind.plural, kind.singular] + kind.shortNames }

  private func belongs(_ kind: Kind, _ group: String?) -> Bool {
    guard let group else { return true }
    // `deployments.v1` says a version of whatever group, `deployments.app` the beginning of a group.
    return kind.group == group || (!group.isEmpty && kind.group.hasPrefix(group))
  }

  public func unknown(_ word: String) -> Failure {
    let name = word.split(separator: ".").first.map(String.init) ?? word
    let meant = nearest(name, among: kinds.flatMap { [$0.plural, $0.singular] + $0.shortNames.filter { $0.count > 2 } })
    return Failure("the server doesn't have a resource type \"\(name)\"", hints: meant.map { ["did you mean \"\($0)\"?"] } ?? [])
  }

  /// The kind of an object by its apiVersion and kind.
  public func kind(apiVersion: String, kind: String) -> Kind? { versions.first { $0.name == kind && $0.apiVersion == apiVersion } }

  /// The kinds of a category (`all`), in discovery's order.
  public func category(_ word: String) -> [Kind] { kinds.filter { $0.categories.contains(word) } }

  /// `a,b,c` with categories spelled out, each kind once.
  public func kinds(_ list: String) throws -> [Kind] {
    var out: [Kind] = []
    for word in list.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
      let members = category(word)
      for kind in members.isEmpty ? [try kind(word)] : members where !out.contains(kind) { out.append(kind) }
    }
    return out
  }
}
