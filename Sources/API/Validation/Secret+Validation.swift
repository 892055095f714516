import APIMachinery
import Formats

// What is wrong with a secret.

@Sendable func validateSecret(_ secret: Value, _ errors: inout [FieldError]) { Validation.secret(secret, &errors) }

@Sendable func validateSecretUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) { Validation.secretUpdate(old, new, &errors) }
