import APIMachinery
import Formats

// What is wrong with an endpoint slice.

@Sendable func validateEndpointSlice(_ endpointSlice: Value, _ errors: inout [FieldError]) { Validation.endpointSlice(endpointSlice, &errors) }

@Sendable func validateEndpointSliceUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) { Validation.endpointSliceUpdate(old, new, &errors) }
