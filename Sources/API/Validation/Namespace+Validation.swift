import APIMachinery
import Formats

// What is wrong with a namespace.

@Sendable func validateNamespace(_ namespace: Value, _ errors: inout [FieldError]) { Validation.namespace(namespace, &errors) }

@Sendable func validateNamespaceUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {}
