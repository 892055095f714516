import APIMachinery
import Formats

// What is wrong with endpoints.

@Sendable func validateEndpoints(_ endpoints: Value, _ errors: inout [FieldError]) { Validation.endpoints(endpoints, &errors) }

@Sendable func validateEndpointsUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {}
