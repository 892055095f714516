import APIMachinery
import Formats

// What is wrong with a pod.

@Sendable func validatePod(_ pod: Value, _ errors: inout [FieldError]) {}

@Sendable func validatePodUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) {}
