// The numbers of what all groups share: k8s.io/apimachinery/pkg/apis/meta/v1/generated.proto.

extension FieldNumbers {
  static let meta = """
    meta.v1.Condition type=1 status=2 observedGeneration=3 lastTransitionTime=4 reason=5 message=6
    meta.v1.DeleteOptions gracePeriodSeconds=1 preconditions=2 orphanDependents=3 propagationPolicy=4 dryRun=5
    meta.v1.LabelSelector matchLabels=1 matchExpressions=2
    meta.v1.LabelSelectorRequirement key=1 operator=2 values=3
    meta.v1.ManagedFieldsEntry manager=1 operation=2 apiVersion=3 time=4 fieldsType=6 fieldsV1=7 subresource=8
    meta.v1.ObjectMeta name=1 generateName=2 namespace=3 selfLink=4 uid=5 resourceVersion=6 generation=7 creationTimestamp=8
      deletionTimestamp=9 deletionGracePeriodSeconds=10 labels=11 annotations=12 ownerReferences=13 finalizers=14 managedFields=17
    meta.v1.OwnerReference kind=1 name=3 uid=4 apiVersion=5 controller=6 blockOwnerDeletion=7
    meta.v1.Preconditions uid=1 resourceVersion=2
    """
}
