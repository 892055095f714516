import APIMachinery
import Formats

// A service account's token, where nobody checks tokens.

/// The token of a service account. Our API server knows its callers by the socket's owner and checks no token, so this one is what RFC 7519
/// calls an unsecured JWT: it says truly whose it is, and no server takes it for more. It doesn't expire, as it opens nothing.
enum PowerlessToken {
  static func text(for pod: Value, audience: String) -> String {
    let namespace = pod.namespace
    let account = pod["spec"]["serviceAccountName"].string ?? "default"
    let claims: Value = [
      "aud": [.string(audience.isEmpty ? "kctl" : audience)], "iss": "kctl",
      "kubernetes.io": [
        "namespace": .string(namespace), "pod": ["name": .string(pod.name), "uid": .string(pod.uid)],
        "serviceaccount": ["name": .string(account)],
      ], "sub": .string("system:serviceaccount:\(namespace):\(account)"),
    ]
    return encoded(["alg": "none", "typ": "JWT"]) + "." + encoded(claims) + "."
  }

  /// Base64 as URLs take it, without padding.
  private static func encoded(_ value: Value) -> String {
    let bytes = Base64.encode(Array(JSON.text(value).utf8)).utf8.filter { $0 != UInt8(ascii: "=") }
      .map { (byte: UInt8) -> UInt8 in
        byte == UInt8(ascii: "+") ? UInt8(ascii: "-") : byte == UInt8(ascii: "/") ? UInt8(ascii: "_") : byte
      }
    return String(decoding: bytes, as: UTF8.self)
  }
}
