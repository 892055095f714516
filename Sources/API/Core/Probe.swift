import APIMachinery

// Probes and what is done around a container's life.

extension CoreV1 {
  public static let probe = Definition(
    "core.v1.Probe", "A check that is repeated on a running container.",
    [
      Field("exec", .object { execAction }, "Run a command; it succeeds with exit code 0."),
      Field("httpGet", .object { httpGetAction }, "Make an HTTP request; it succeeds with a code from 200 to 399."),
      Field("tcpSocket", .object { tcpSocketAction }, "Open a TCP connection."),
      Field("grpc", .object { grpcAction }, "Call the gRPC health service."),
      Field("initialDelaySeconds", .int32, "Seconds between the container's start and the first check."),
      Field("timeoutSeconds", .int32, "Seconds after which a check has failed."),
      Field("periodSeconds", .int32, "Seconds between checks."),
      Field("successThreshold", .int32, "How many successes in a row make it succeed again."),
      Field("failureThreshold", .int32, "How many failures in a row make it fail."),
      Field(
        "terminationGracePeriodSeconds", .int64, "The grace period when the probe's failure ends the container, instead of the pod's.",
        pointer: true),
    ])

  public static let lifecycle = Definition(
    "core.v1.Lifecycle", "What to do after a container's start and before its end.",
    [
      Field("postStart", .object { lifecycleHandler }, "Done right after the start; the container is killed if it fails."),
      Field("preStop", .object { lifecycleHandler }, "Done before the container is asked to end."),
    ])

  public static let lifecycleHandler = Definition(
    "core.v1.LifecycleHandler", "One thing to do: exactly one.",
    [
      Field("exec", .object { execAction }, "Run a command."),
      Field("httpGet", .object { httpGetAction }, "Make an HTTP request."),
      Field("tcpSocket", .object { tcpSocketAction }, "No longer supported."),
    ])

  public static let execAction = Definition(
    "core.v1.ExecAction", "A command to run in the container.",
    [
      Field("command", .array(.string), "The command and its arguments; no shell is involved.")
    ])

  public static let httpGetAction = Definition(
    "core.v1.HTTPGetAction", "An HTTP GET request.",
    [
      Field("path", .string, "The path to ask for."),
      Field("port", .intOrString, "The port, by number or name.", required: true),
      Field("host", .string, "The host; the pod's address if empty."),
      Field("scheme", .string, "HTTP or HTTPS.", goType: "v1.URIScheme"),
      Field("httpHeaders", .array(.object { httpHeader }), "Headers to send."),
    ])

  public static let httpHeader = Definition(
    "core.v1.HTTPHeader", "A header of an HTTP request.",
    [
      Field("name", .string, "Its name.", required: true),
      Field("value", .string, "Its value.", required: true),
    ])

  public static let tcpSocketAction = Definition(
    "core.v1.TCPSocketAction", "A TCP connection to open.",
    [
      Field("port", .intOrString, "The port, by number or name.", required: true),
      Field("host", .string, "The host; the pod's address if empty."),
    ])

  public static let grpcAction = Definition(
    "core.v1.GRPCAction", "A call of the gRPC health service.",
    [
      Field("port", .int32, "The port's number.", required: true),
      Field("service", .string, "The service to ask about.", always: true, pointer: true),
    ])
}
