import APIMachinery
import Formats

// What is wrong with a pod.

@Sendable func validatePod(_ pod: Value, _ errors: inout [FieldError]) { Validation.pod(pod, &errors) }

@Sendable func validatePodUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) { Validation.podUpdate(old, new, &errors) }
