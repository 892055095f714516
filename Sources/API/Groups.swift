// The API groups whose definitions stand in the folders beside this file.

/// Definitions of the core group: `v1`.
public enum CoreV1 {}
/// Definitions of `apps/v1`.
public enum AppsV1 {}
/// Definitions of `authentication.k8s.io/v1`.
public enum AuthenticationV1 {}
/// Definitions of `authorization.k8s.io/v1`.
public enum AuthorizationV1 {}
/// Definitions of `coordination.k8s.io/v1`.
public enum CoordinationV1 {}
/// Definitions of `discovery.k8s.io/v1`.
public enum DiscoveryV1 {}
/// Definitions of `autoscaling/v1`.
public enum AutoscalingV1 {}
/// Definitions of `policy/v1`.
public enum PolicyV1 {}
/// Definitions of `metrics.k8s.io/v1beta1`.
public enum MetricsV1beta1 {}
/// Definitions of `meta.k8s.io/v1`: what all groups share.
public enum MetaV1 {}
