import APIMachinery
import Formats

// What is wrong with a replica set.

@Sendable func validateReplicaSet(_ replicaSet: Value, _ errors: inout [FieldError]) { Validation.replicaSet(replicaSet, &errors) }

@Sendable func validateReplicaSetUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) { Validation.selectorUpdate(old, new, &errors) }
