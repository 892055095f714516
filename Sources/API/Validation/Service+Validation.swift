import APIMachinery
import Formats

// What is wrong with a service.

@Sendable func validateService(_ service: Value, _ errors: inout [FieldError]) { Validation.service(service, &errors) }

@Sendable func validateServiceUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) { Validation.serviceUpdate(old, new, &errors) }
