import APIMachinery
import Formats

// What is wrong with a service account.

@Sendable func validateServiceAccount(_ serviceAccount: Value, _ errors: inout [FieldError]) {}

@Sendable func validateServiceAccountUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {}
