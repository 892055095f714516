import APIMachinery
import Formats

// What is wrong with an event.

@Sendable func validateEvent(_ event: Value, _ errors: inout [FieldError]) {}

@Sendable func validateEventUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {}
