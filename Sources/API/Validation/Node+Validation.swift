import APIMachinery
import Formats

// What is wrong with a node.

@Sendable func validateNode(_ node: Value, _ errors: inout [FieldError]) { Validation.node(node, &errors) }

@Sendable func validateNodeUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) { Validation.nodeUpdate(old, new, &errors) }
