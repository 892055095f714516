import Posix

// kctl-bench: how fast kctl is, as a table of figures with their units.

Machine.ignoreBrokenPipes()
Machine.exit(BenchProgram.run(Array(CommandLine.arguments.dropFirst())))
