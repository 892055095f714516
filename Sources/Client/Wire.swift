// What a served cluster of ours says over HTTP beyond Kubernetes' own API, so that a kctl at the other end shows what one inside would.
// Others ignore it.

/// The names of our additions to Kubernetes' API over HTTP.
public enum Wire {
  /// On every answer: the cluster's time, in nanoseconds since 1970.
  public static let now = "Kctl-Now"
  /// On every answer of a simulated cluster: `manual` or `follow`.
  public static let clock = "Kctl-Clock"
  /// On a failure, one each: a percent-encoded hint of `Status.hints`.
  public static let hint = "Kctl-Hint"
  /// On a watch or a followed log: the name that its client gives it, to speak of it in a `step`.
  public static let stream = "Kctl-Stream"
  /// A WebSocket's protocol for ports of pods: `v4.channel.k8s.io` and the message `[255, CHANNEL]` of its successor, by which one end of a
  /// channel says that nothing more comes.
  public static let portChannels = "portforward.channel.kctl.dev"

  /// Subresources of `sim.kctl.dev/v1` Simulation that stand for what a Client does by other means.
  ///
  /// `step` (POST) lets a manual clock jump from one due event to the next until one of the named streams brings something:
  /// `{"streams": [{"name": "4711-1", "seen": 3}], "until": 1767225600000000000}`; `seen` counts the events (of a log: the bytes) that the
  /// client has of a stream; `until` may be absent. The answer is `{"result": "ready" | "deadline" | "stuck", "streams": [{"name": …,
  /// "sent": 4, "over": false}]}`, in the order of the question: `sent` counts what the server has written to the stream's connection,
  /// `over` says that it has ended behind that; a stream that the server doesn't know is `over` with what was seen.
  public static let step = "step"
  /// `reset` (POST): `{"nodes": [Node…] | absent, "seed": "7" | absent}` begins with a new cluster.
  public static let reset = "reset"
  /// `state`: GET is the whole cluster as one object, PUT replaces it.
  public static let state = "state"
  /// `nodes` (GET, `?count=5`): `{"items": […]}`, as a new cluster of so many nodes has them.
  public static let nodes = "nodes"
}
