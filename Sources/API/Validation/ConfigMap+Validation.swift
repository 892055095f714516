import APIMachinery
import Formats

// What is wrong with a config map.

@Sendable func validateConfigMap(_ configMap: Value, _ errors: inout [FieldError]) { Validation.configMap(configMap, &errors) }

@Sendable func validateConfigMapUpdate(_ old: Value, _ new: Value, _ errors: inout [FieldError]) { Validation.immutableData(old, new, &errors) }
