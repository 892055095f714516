import APIMachinery
import Formats

// What holds configuration: ConfigMaps, Secrets, ServiceAccounts, Namespaces.

extension DescribeText {
  mutating func configMap(_ configMap: Value) {
    heading(configMap)
    line(0, "\nData\n====")
    for entry in configMap["data"].members { line(0, "\(entry.key):\n----\n\(entry.value.text)\n") }
    line(0, "\nBinaryData\n====")
    for entry in configMap["binaryData"].members { line(0, "\(entry.key): \(DescribeText.decodedLength(entry.value.text)) bytes") }
    line(0, "")
  }

  mutating func secret(_ secret: Value) {
    heading(secret)
    line(0, "\nType:\t\(secret["type"].text)")
    line(0, "\nData\n====")
    let isToken = secret["type"].text == "kubernetes.io/service-account-token"
    for entry in secret["data"].members {
      if isToken, entry.key == "token", let bytes = try? Base64.decode(entry.value.text) {
        line(0, "\(entry.key):\t\(String(decoding: bytes, as: UTF8.self))")
      } else {
        line(0, "\(entry.key):\t\(DescribeText.decodedLength(entry.value.text)) bytes")
      }
    }
  }

  /// How many bytes a base64 text holds.
  static func decodedLength(_ base64: String) -> Int {
    let length = base64.utf8.count
    guard length >= 4 else { return 0 }
    return length / 4 * 3 - base64.utf8.suffix(2).count { $0 == 61 }
  }

  mutating func serviceAccount(_ account: Value, secrets: [Value]) {
    heading(account)
    let existing = secrets.map(\.name)
    let tokens = secrets.filter {
      $0["type"].text == "kubernetes.io/service-account-token" && $0.annotation("kubernetes.io/service-account.name") == account.name
        && $0.annotation("kubernetes.io/service-account.uid") == account.uid
    }.map(\.name)
    func names(_ key: String) -> [String] { account[key].items.map { $0["name"].text } }
    for (title, names) in [
      ("Image pull secrets:", names("imagePullSecrets")), ("Mountable secrets: ", names("secrets")), ("Tokens:            ", tokens),
    ] {
      guard !names.isEmpty else {
        line(0, "\(title)\t<none>")
        continue
      }
      for (i, name) in names.enumerated() {
        line(0, "\(i == 0 ? title : "                   ")\t\(name)\(existing.contains(name) ? "" : " (not found)")")
      }
    }
  }

  mutating func namespace(_ namespace: Value) {
    heading(namespace, namespace: false)
    line(0, "Status:\t\(namespace["status", "phase"].text)")
    let conditions = namespace["status", "conditions"].items
    if !conditions.isEmpty {
      line(0, "Conditions:\n  Type\tStatus\tLastTransitionTime\tReason\tMessage")
      line(1, "----\t------\t------------------\t------\t-------")
      for condition in conditions {
        line(
          1,
          "\(condition["type"].text) \t\(condition["status"].text) \t\(DescribeText.date(condition["lastTransitionTime"])) \t"
            + "\(condition["reason"].text) \t\(condition["message"].text)")
      }
    }
    line(0, "\nNo resource quota.")
    line(0, "\nNo LimitRange resource.")
  }
}
