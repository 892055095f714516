import Formats

// What the benchmarks read and run: generated manifests.

enum Samples {
  /// A Deployment of pods that ask for a little.
  static func deployment(_ name: String, replicas: Int) -> Value {
    [
      "apiVersion": "apps/v1", "kind": "Deployment", "metadata": ["name": .string(name), "namespace": "default"],
      "spec": [
        "replicas": Value(replicas), "selector": ["matchLabels": ["app": .string(name)]],
        "template": [
          "metadata": ["labels": ["app": .string(name)]],
          "spec": [
            "containers": [
              ["name": "web", "image": "nginx:1.25", "resources": ["requests": ["cpu": "100m", "memory": "64Mi"]]]
            ]
          ],
        ],
      ],
    ]
  }

  /// About so many bytes of manifests as people write them.
  static func manifests(bytes: Int) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(bytes + 2048)
    var number = 0
    while out.count < bytes {
      number += 1
      out += Array(document(number).utf8)
    }
    return out
  }

  private static func document(_ n: Int) -> String {
    """
    ---
    # Service \(n) of the shop.
    apiVersion: apps/v1
    kind: Deployment
    metadata:
      name: shop-\(n)
      namespace: default
      labels: {app: shop-\(n), tier: "backend"}
      annotations:
        example.com/owner: 'team-\(n % 17)'
        example.com/note: >-
          Deployed from the main branch,
          rolled back by hand when needed.
    spec:
      replicas: \(n % 9 + 1)
      revisionHistoryLimit: 10
      selector:
        matchLabels:
          app: shop-\(n)
      strategy:
        type: RollingUpdate
        rollingUpdate:
          maxSurge: 25%
          maxUnavailable: 1
      template:
        metadata:
          labels:
            app: shop-\(n)
            tier: backend
        spec:
          terminationGracePeriodSeconds: 30
          containers:
          - name: web
            image: registry.example.com/shop/web:1.\(n % 40).0
            command: ["/bin/sh", "-c", "exec /app/server --port=8080"]
            ports:
            - containerPort: 8080
              name: http
            env:
            - name: REGION
              value: eu-\(n % 4)
            - name: RATIO
              value: "0.75"
            resources:
              requests:
                cpu: 100m
                memory: 128Mi
              limits:
                memory: 256Mi
            readinessProbe:
              httpGet:
                path: /healthz
                port: http
              periodSeconds: 5
            volumeMounts:
            - name: config
              mountPath: /etc/app
          volumes:
          - name: config
            configMap:
              name: shop-\(n)
    ---
    apiVersion: v1
    kind: ConfigMap
    metadata:
      name: shop-\(n)
    data:
      enabled: "true"
      settings.ini: |
        [server]
        port = 8080
        threads = \(n % 32)

        [log]
        level = info

    """
  }
}
