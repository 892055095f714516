import Formats
import Posix

// YAML: megabytes of manifests read a second.

enum YAMLSpeed {
  static func run(_ words: [String], _ tell: (Figure) -> Void) throws {
    let bytes = Samples.manifests(bytes: 10_000_000)
    let megabytes = Double(bytes.count) / 1e6
    var documents = 0
    let own = Measure.median(of: 5) { documents = YAML.manifests(bytes).documents.count }
    guard documents > 1000 else { throw BenchFailure("the sample was not read: \(documents) documents") }
    tell(Figure(what: "YAML manifests read", value: megabytes / own, unit: "MB/s", beside: "at least 40; \(documents) documents"))
    try Measure.withFolder { folder in
      let path = "\(folder)/sample.yaml"
      // A tenth is enough: it reads a few megabytes a second.
      let part = Samples.manifests(bytes: 1_000_000)
      try Machine.replaceFile(path, with: part, mode: 0o600)
      let script = """
        import sys, time, yaml
        text = open(sys.argv[1]).read()
        start = time.time()
        list(yaml.load_all(text, Loader=yaml.CSafeLoader))
        print(time.time() - start)
        """
      guard let answer = try? Child.run("python3", ["-c", script, path]), answer.code == 0,
        let seconds = Double(String(decoding: answer.output, as: UTF8.self).split(separator: "\n").first ?? "")
      else { return }
      let other = Double(part.count) / 1e6 / seconds
      tell(Figure(what: "PyYAML's CSafeLoader", value: other, unit: "MB/s"))
      tell(Figure(what: "kctl / PyYAML", value: megabytes / own / other, unit: "ratio"))
    }
  }
}
