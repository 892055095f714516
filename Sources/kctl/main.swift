// The program: reads its words, runs one command, ends with its code.

import CLI
import Posix

Machine.ignoreBrokenPipes()
let ended = KctlProgram(backends: Backends.all(), server: Backends.server).run(
  Array(CommandLine.arguments.dropFirst()), on: ProcessConsole())
Machine.exit(ended.rawValue)
