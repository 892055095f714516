import APIMachinery
import Formats

// What is wrong with a deployment.

@Sendable func validateDeployment(_ deployment: Value, _ errors: inout [FieldError]) { Validation.deployment(deployment, &errors) }

@Sendable func validateDeploymentUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) { Validation.selectorUpdate(old, new, &errors) }
