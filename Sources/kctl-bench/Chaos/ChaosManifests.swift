// What runs while there is chaos.

enum ChaosManifests {
  static let all = [web, service, writer, sleeper].joined(separator: "---\n")

  private static let web = deployment(
    "web", 4,
    [
      "command: [python3, -u, -m, http.server, --bind, $(POD_IP), \"8080\"]",
      "ports: [{name: http, containerPort: 8080}]",
      "readinessProbe: {tcpSocket: {port: http}, periodSeconds: 1}",
    ])

  private static let service = """
    apiVersion: v1
    kind: Service
    metadata: {name: web, labels: {chaos: "yes"}}
    spec:
      selector: {app: web}
      ports: [{port: 8080, targetPort: http}]

    """

  /// Writes its lines by hundreds, and after each hundred how many there are.
  private static let writer = deployment(
    "writer", 4,
    [
      "command:",
      "- sh",
      "- -c",
      "- 'i=0; while :; do seq $i $((i+99)); i=$((i+100)); echo $i >said-$$; sleep 0.05; done'",
    ])

  /// Has a child in a session of its own, and one whose parent has left it.
  private static let sleeper = deployment(
    "sleeper", 5,
    [
      "command: [sh, -c, 'setsid sleep 100000 & (sleep 100000 &) ; trap \"\" TERM; while :; do sleep 1; done']"
    ])

  private static func deployment(_ name: String, _ replicas: Int, _ container: [String]) -> String {
    """
    apiVersion: apps/v1
    kind: Deployment
    metadata: {name: \(name), labels: {chaos: "yes"}}
    spec:
      replicas: \(replicas)
      selector: {matchLabels: {app: \(name)}}
      template:
        metadata: {labels: {app: \(name)}}
        spec:
          terminationGracePeriodSeconds: 2
          containers:
          - name: \(name)
            image: \(name)
    \(container.map { "        \($0)" }.joined(separator: "\n"))

    """
  }
}
