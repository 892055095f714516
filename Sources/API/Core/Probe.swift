import APIMachinery

// x

extension CoreV1 {
  public static let probe = Definition(
    "core.v1.Probe", "",
    [
      Field("exec", .object { execAction }),
      Field("failureThreshold", .int32),
      Field("grpc", .object { grpcAction }),
      Field("httpGet", .object { httpGetAction }),
      Field("initialDelaySeconds", .int32),
      Field("periodSeconds", .int32),
      Field("successThreshold", .int32),
      Field("tcpSocket", .object { tcpSocketAction }),
      Field("terminationGracePeriodSeconds", .int64),
      Field("timeoutSeconds", .int32),
    ])

  public static let lifecycle = Definition(
    "core.v1.Lifecycle", "",
    [
      Field("postStart", .object { lifecycleHandler }),
      Field("preStop", .object { lifecycleHandler }),
    ])

  public static let lifecycleHandler = Definition(
    "core.v1.LifecycleHandler", "",
    [
      Field("exec", .object { execAction }),
      Field("httpGet", .object { httpGetAction }),
      Field("tcpSocket", .object { tcpSocketAction }),
    ])

  public static let execAction = Definition(
    "core.v1.ExecAction", "",
    [
      Field("command", .array(.string))
    ])

  public static let httpGetAction = Definition(
    "core.v1.HTTPGetAction", "",
    [
      Field("host", .string),
      Field("httpHeaders", .array(.object { httpHeader })),
      Field("path", .string),
      Field("port", .intOrString, required: true),
      Field("scheme", .string),
    ])

  public static let httpHeader = Definition(
    "core.v1.HTTPHeader", "",
    [
      Field("name", .string, required: true),
      Field("value", .string, required: true),
    ])

  public static let tcpSocketAction = Definition(
    "core.v1.TCPSocketAction", "",
    [
      Field("host", .string),
      Field("port", .intOrString, required: true),
    ])

  public static let grpcAction = Definition(
    "core.v1.GRPCAction", "",
    [
      Field("port", .int32, required: true),
      Field("service", .string),
    ])
}
