import APIMachinery
import Formats
import Testing

@testable import SimulatedCluster

private let start = Instant(seconds: 1_767_225_600)

private func run(_ text: String, seconds: Int64 = 3600) -> (lines: [String], end: String) {
  let spec: Value = ["name": "c", "command": ["sh", "-c", .string(text)], "env": [["name": "WHO", "value": "world"]]]
  let pod: Value = ["metadata": ["name": "p", "namespace": "d"]]
  let script = Script(spec, pod: pod)
  let lines = ContainerLog(spec: spec, pod: pod, startedAt: start).lines(until: start + .seconds(seconds)).map(\.text)
  switch ScriptRun.outcome(script, startedAt: start) {
  case .serves: return (lines, "serves")
  case .exits(let code, let at): return (lines, "\(code) after \((at - start).wholeSeconds)s")
  }
}

@Test(arguments: [
  ("echo hello; echo world; sleep 3600", ["hello", "world"], "0 after 3600s"),
  ("echo bad; exit 7", ["bad"], "7 after 0s"),
  ("sleep 2 && exit 3", [], "3 after 2s"),
  ("false && echo no", [], "1 after 0s"),
  ("false || echo yes", ["yes"], "0 after 0s"),
  ("echo \"hello $WHO\" 'x $y'", ["hello world x $y"], "0 after 0s"),
  ("echo -n a; echo b", ["ab"], "0 after 0s"),
  ("echo hidden > /tmp/file; echo shown >&2", ["shown"], "0 after 0s"),
  ("for i in 1 2 3; do echo $i; done", ["1", "2", "3"], "0 after 0s"),
  ("echo up; nginx -g 'daemon off;'", ["up"], "serves"),
  ("i=0; while true; do i=$((i+1)); echo $i; [ $i ]; done", ["1"], "serves"),
  ("while true; do sleep 1800; echo x; done", ["x"], "serves"),
  ("while :; do echo once; break; done; exit 4", ["once"], "4 after 0s"),
  ("trap 'exit 0' TERM; sleep 1", [], "serves"),
  ("echo $(date)", ["Thu Jan  1 00:00:00 UTC 2026"], "0 after 0s"),
  ("printf 'a\\nb\\n'; date >/dev/null; hostname", ["a", "b", "p"], "0 after 0s"),
  ("exec sleep 5", [], "0 after 5s"),
  ("echo \"unclosed", [], "serves"),
  ("cat file | grep x", [], "serves"),
  ("sleep 99999999999999999999", [], "serves"),
])
func scriptsDoWhatTheySay(_ text: String, _ lines: [String], _ end: String) {
  let result = run(text)
  #expect(result.lines == lines)
  #expect(result.end == end)
}

@Test func argumentsRunWhereTheImageHandsThemOn() {
  func outcome(_ image: String, _ args: [Value]) -> String {
    let script = Script(["name": "c", "image": .string(image), "args": .array(args)], pod: ["metadata": ["name": "p", "namespace": "d"]])
    switch ScriptRun.outcome(script, startedAt: start) {
    case .serves: return "serves"
    case .exits(let code, let at): return "\(code) after \((at - start).wholeSeconds)s"
    }
  }
  #expect(outcome("busybox:1.36", ["sh", "-c", "sleep 2; exit 3"]) == "3 after 2s")
  #expect(outcome("docker.io/library/busybox@sha256:ab", ["sleep", "5"]) == "0 after 5s")
  #expect(outcome("nginx", ["/bin/sh", "-c", "exit 4"]) == "4 after 0s")
  #expect(outcome("nginx", ["sleep", "5"]) == "serves")
  #expect(outcome("busybox", []) == "serves")
}
