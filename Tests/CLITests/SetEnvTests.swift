import Testing

/// `set env --list --resolve` prints values, and what has none as its reference.
@Test func environmentsAreResolved() throws {
  let shell = Shell()
  for line in [
    "kctl create configmap conf --from-literal=a=1", "kctl create secret generic sec --from-literal=b=two",
    "kctl create deployment web --image=nginx", "kctl set env deploy/web --from=configmap/conf",
    "kctl set env deploy/web --from=secret/sec --prefix=S_",
  ] { #expect(shell.run(line: line).code == 0, "\(line)") }
  let all = shell.run(line: "kctl set env deploy/web --list --resolve")
  #expect(all.output == "# Deployment web, container nginx\nA=1\nS_B=two\n")
  #expect(all.code == 0)
  #expect(shell.run(line: "kctl delete secret sec").code == 0)
  let some = shell.run(line: "kctl set env deploy/web --list --resolve")
  #expect(some.output == "# Deployment web, container nginx\nA=1\n# S_B from secret sec, key b\n")
  #expect(some.complaints.contains("secrets \"sec\" not found"))
  #expect(some.code == 1)
}
