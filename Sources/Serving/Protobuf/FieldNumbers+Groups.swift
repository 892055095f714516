// The numbers of the named groups: k8s.io/api/GROUP/VERSION/generated.proto.

extension FieldNumbers {
  static let apps = """
    apps.v1.Deployment metadata=1 spec=2 status=3
    apps.v1.DeploymentCondition type=1 status=2 reason=4 message=5 lastUpdateTime=6 lastTransitionTime=7
    apps.v1.DeploymentSpec replicas=1 selector=2 template=3 strategy=4 minReadySeconds=5 revisionHistoryLimit=6 paused=7
      progressDeadlineSeconds=9
    apps.v1.DeploymentStatus observedGeneration=1 replicas=2 updatedReplicas=3 availableReplicas=4 unavailableReplicas=5 conditions=6
      readyReplicas=7 collisionCount=8
    apps.v1.DeploymentStrategy type=1 rollingUpdate=2
    apps.v1.ReplicaSet metadata=1 spec=2 status=3
    apps.v1.ReplicaSetCondition type=1 status=2 lastTransitionTime=3 reason=4 message=5
    apps.v1.ReplicaSetSpec replicas=1 selector=2 template=3 minReadySeconds=4
    apps.v1.ReplicaSetStatus replicas=1 fullyLabeledReplicas=2 observedGeneration=3 readyReplicas=4 availableReplicas=5 conditions=6
    apps.v1.RollingUpdateDeployment maxUnavailable=1 maxSurge=2
    """

  static let authentication = """
    authentication.v1.SelfSubjectReview metadata=1 status=2
    authentication.v1.SelfSubjectReviewStatus userInfo=1
    authentication.v1.UserInfo username=1 uid=2 groups=3 extra=4
    """

  static let authorization = """
    authorization.v1.LocalSubjectAccessReview metadata=1 spec=2 status=3
    authorization.v1.NonResourceAttributes path=1 verb=2
    authorization.v1.NonResourceRule verbs=1 nonResourceURLs=2
    authorization.v1.ResourceAttributes namespace=1 verb=2 group=3 version=4 resource=5 subresource=6 name=7
    authorization.v1.ResourceRule verbs=1 apiGroups=2 resources=3 resourceNames=4
    authorization.v1.SelfSubjectAccessReview metadata=1 spec=2 status=3
    authorization.v1.SelfSubjectAccessReviewSpec resourceAttributes=1 nonResourceAttributes=2
    authorization.v1.SelfSubjectRulesReview metadata=1 spec=2 status=3
    authorization.v1.SelfSubjectRulesReviewSpec namespace=1
    authorization.v1.SubjectAccessReview metadata=1 spec=2 status=3
    authorization.v1.SubjectAccessReviewSpec resourceAttributes=1 nonResourceAttributes=2 user=3 groups=4 extra=5 uid=6
    authorization.v1.SubjectAccessReviewStatus allowed=1 reason=2 evaluationError=3 denied=4
    authorization.v1.SubjectRulesReviewStatus resourceRules=1 nonResourceRules=2 incomplete=3 evaluationError=4
    """

  static let autoscaling = """
    autoscaling.v1.Scale metadata=1 spec=2 status=3
    autoscaling.v1.ScaleSpec replicas=1
    autoscaling.v1.ScaleStatus replicas=1 selector=2
    """

  static let coordination = """
    coordination.v1.Lease metadata=1 spec=2
    coordination.v1.LeaseSpec holderIdentity=1 leaseDurationSeconds=2 acquireTime=3 renewTime=4 leaseTransitions=5
    """

  static let discovery = """
    discovery.v1.Endpoint addresses=1 conditions=2 hostname=3 targetRef=4 deprecatedTopology=5 nodeName=6 zone=7 hints=8
    discovery.v1.EndpointConditions ready=1 serving=2 terminating=3
    discovery.v1.EndpointHints forZones=1
    discovery.v1.EndpointPort name=1 protocol=2 port=3 appProtocol=4
    discovery.v1.EndpointSlice metadata=1 endpoints=2 ports=3 addressType=4
    discovery.v1.ForZone name=1
    """

  static let policy = """
    policy.v1.Eviction metadata=1 deleteOptions=2
    """
}
