import APIMachinery

// What every object says about itself.

extension MetaV1 {
  public static let objectMeta = Definition(
    "meta.v1.ObjectMeta", "An object's name, labels and history: what all kinds have in common.",
    [
      Field("name", .string, "The object's name, unique among its kind in the namespace; fixed once created."),
      Field("generateName", .string, "A prefix from which the server makes a unique name when none is given."),
      Field("namespace", .string, "The namespace that the object lives in; empty for kinds of the whole cluster."),
      Field("selfLink", .string, "Formerly the object's URL; the server no longer fills it in."),
      Field("uid", .string, "Set by the server: tells this object from earlier ones of the same name.", goType: "types.UID"),
      Field("resourceVersion", .string, "Set by the server at each write; send it back to be refused when somebody else wrote in between."),
      Field("generation", .int64, "Counts the changes to what is wanted, not those to the status."),
      Field("creationTimestamp", .time, "When the server created the object.", always: true),
      Field("deletionTimestamp", .time, "When the object is to be gone; set by the server once deletion was asked for."),
      Field(
        "deletionGracePeriodSeconds", .int64, "How many seconds the object has to end gracefully; only with deletionTimestamp.",
        pointer: true),
      Field("labels", .map(.string), "Keys and values to choose objects by, as selectors do."),
      Field("annotations", .map(.string), "Keys and values of any size for tools and people; nothing can be selected by them."),
      Field(
        "ownerReferences", .array(.object { ownerReference }),
        "The objects that this one depends on; when all are gone, it is removed too.",
        mergeKey: "uid", patchStrategy: "merge"),
      Field(
        "finalizers", .array(.string), "What must still be done before the object may disappear; each one's owner removes its entry.",
        patchStrategy: "merge"),
      Field("managedFields", .array(.object { managedFieldsEntry }), "Who last set which field, kept for server-side apply."),
    ])

  public static let ownerReference = Definition(
    "meta.v1.OwnerReference", "Names an object in the same namespace, or of the whole cluster, that owns this one.",
    [
      Field("apiVersion", .string, "The owner's API version.", required: true),
      Field("kind", .string, "The owner's kind.", required: true),
      Field("name", .string, "The owner's name.", required: true),
      Field("uid", .string, "The owner's UID.", required: true, goType: "types.UID"),
      Field("controller", .boolean, "Whether this owner is the one that manages the object.", pointer: true),
      Field("blockOwnerDeletion", .boolean, "Whether a foreground deletion of the owner waits for this object.", pointer: true),
    ])

  public static let managedFieldsEntry = Definition(
    "meta.v1.ManagedFieldsEntry", "The fields that one manager has set.",
    [
      Field("manager", .string, "The tool that set the fields."),
      Field("operation", .string, "How they were set: Apply or Update.", goType: "v1.ManagedFieldsOperationType"),
      Field("apiVersion", .string, "The API version that the fields are named in."),
      Field("time", .time, "When the set of fields last changed."),
      Field("fieldsType", .string, "The format of fieldsV1; always FieldsV1."),
      Field("fieldsV1", .any, "The set of fields, as a tree of their paths."),
      Field("subresource", .string, "The subresource written through, empty for the object itself."),
    ])

  public static let listMeta = Definition(
    "meta.v1.ListMeta", "What a list says about itself.",
    [
      Field("selfLink", .string, "Formerly the list's URL; the server no longer fills it in."),
      Field("resourceVersion", .string, "The revision that the list shows; watch from here to see what follows."),
      Field("continue", .string, "A token that fetches the next part of a list that was cut by a limit."),
      Field("remainingItemCount", .int64, "How many items follow this part, where the server knows.", pointer: true),
    ])
}
