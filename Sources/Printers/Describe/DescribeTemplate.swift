import APIMachinery
import Formats

// A pod template by itself, as `rollout history --revision` prints it.

extension Describe {
  /// A pod template's description with its tabs, unaligned.
  public static func template(_ template: Value) -> String {
    var description = DescribeText(now: Instant(seconds: 0))
    description.template(template)
    return description.text
  }
}
