import CLI
import Testing

/// A home that can't be made is named, and what to do about it.
@Test func aHomeThatCannotBeMadeIsNamed() throws {
  let shell = Shell()
  shell.write("file", "where a folder should be")
  let console = TestConsole(in: shell.folder)
  console.variables = ["KCTL_HOME": shell.folder + "/file/home", "HOME": shell.folder, "PATH": ""]
  #expect(shell.program.run(["get", "pods"], on: console) == .failure)
  #expect(console.complaints.contains("cannot make \"\(shell.folder)/file/home\""), "\(console.complaints)")
  #expect(console.complaints.contains("hint: set KCTL_HOME"), "\(console.complaints)")
}
