import APIMachinery
import Client
import Formats
import Printers

// What a command that changes objects prints of each: a line (`deployment.apps/web created`) or the object.

/// Prints results.
public final class ResultPrinter {
  let session: Session
  let options: OutputOptions
  let format: OutputFormat?
  let dryRun: DryRun
  private var first = true

  public init(_ session: Session, _ options: OutputOptions, dryRun: DryRun) throws {
    self.session = session
    self.options = options
    self.dryRun = dryRun
    format = try options.format(session)
  }

  /// Whether objects themselves are printed, not lines about them.
  public var printsObjects: Bool {
    switch format {
    case nil, .name: false
    default: true
    }
  }

  /// - Parameter operation: `created`; what a dry run would have done says so by itself.
  public func print(_ item: Item, _ operation: String, object: Value? = nil, typed: Bool = false) throws {
    switch format {
    case nil: session.print("\(item.spelled) \(operation)\(dryRun.suffix)")
    case .name: session.print(item.spelled)
    default: try print(object: object ?? item.object ?? .null, kind: item.kind, typed: typed)
    }
  }

  /// A result whose name is not the item's own (`scale.autoscaling/web`).
  public func print(named name: String, _ operation: String, object: Value) throws {
    switch format {
    case nil: session.print("\(name) \(operation)\(dryRun.suffix)")
    case .name: session.print(name)
    default: try print(object: object, kind: nil)
    }
  }

  /// - Parameter typed: whether members stand in Go's order, as where kubectl made the object itself.
  public func print(object: Value, kind: Kind?, typed: Bool = false) throws {
    guard let format else { return }
    let shown = options.shown(object)
    do {
      if typed, case .json = format {
        session.console.write(TypedJSON.text(shown, kind?.schema) + "\n")
      } else {
        session.console.write(try format.text(shown, kind: kind, first: first))
      }
      first = false
    } catch let problem as OutputFormat.Problem {
      throw Failure(problem.text)
    }
  }

  /// One object, or a List of several.
  public func print(all items: [Item]) throws {
    let objects = items.compactMap { $0.object.map(options.shown) }
    if objects.count == 1, let item = items.first { return try print(object: objects[0], kind: item.kind) }
    if objects.isEmpty { return }
    try print(object: ["apiVersion": "v1", "items": .array(objects), "kind": "List", "metadata": [:]], kind: nil)
  }
}
