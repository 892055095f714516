// swift-tools-version: 6.0
import PackageDescription

// A static executable starts in about a millisecond; tests and debug builds stay dynamic.
let staticCode: [SwiftSetting] = [
  .unsafeFlags(["-static-stdlib"], .when(platforms: [.linux], configuration: .release))
]
let staticLink: [LinkerSetting] = [
  .unsafeFlags(["-static-executable"], .when(platforms: [.linux], configuration: .release))
]

/// A target of the house: its arrows are exactly what it may import.
func room(_ name: String, _ imports: [String] = []) -> Target {
  .target(
    name: name, dependencies: imports.map { .init(stringLiteral: $0) }, swiftSettings: staticCode,
    linkerSettings: [.linkedLibrary("m", .when(platforms: [.linux]))])
}

/// Tests find their data beside their own source (`#filePath`), so no target carries resources.
func tests(_ name: String, of imports: [String]) -> Target {
  .testTarget(name: name, dependencies: imports.map { .init(stringLiteral: $0) }, exclude: data[name] ?? [])
}

/// Folders of a test target that hold data, not Swift.
let data: [String: [String]] = [
  "APIMachineryTests": ["Data"], "CLITests": ["Transcripts"], "APITests": ["Facts"], "FormatsTests": ["yaml-test-suite"],
  "ServingTests": ["Bodies", "Python"],
]

// No package dependency: the toolchain, Foundation where it replaces code of ours, and the C library.
let package = Package(
  name: "kctl",
  products: [.executable(name: "kctl", targets: ["kctl"])],
  targets: [
    // Text and values.
    room("Formats"),
    room("Arguments"),
    room("APIMachinery", ["Formats"]),
    room("API", ["APIMachinery", "Formats"]),
    room("Client", ["API", "APIMachinery", "Formats"]),
    room("Printers", ["Client", "API", "APIMachinery", "Formats"]),
    // The control plane.
    room("KubeAPIServer", ["Client", "API", "APIMachinery", "Formats", "Posix"]),
    room("KubeControllerManager", ["Client", "API", "APIMachinery", "Formats"]),
    room("KubeScheduler", ["Client", "API", "APIMachinery", "Formats"]),
    room("Kubelet", ["Client", "API", "APIMachinery", "Formats"]),
    room("KubeProxy", ["Client", "API", "APIMachinery", "Formats"]),
    // Backends.
    room(
      "ControlPlane",
      ["KubeAPIServer", "KubeControllerManager", "KubeScheduler", "Kubelet", "Client", "API", "APIMachinery", "Formats", "Posix"]),
    room("SimulatedCluster", ["ControlPlane", "KubeAPIServer", "Kubelet", "Client", "API", "APIMachinery", "Formats", "Posix"]),
    room(
      "ProcessCluster",
      [
        "ControlPlane", "KubeAPIServer", "KubeScheduler", "Kubelet", "KubeProxy", "HTTP", "Serving", "Client", "API", "APIMachinery",
        "Formats", "Posix", "CPosix",
      ]),
    // The machine.
    .target(name: "CPosix"),
    // A container's shim by itself; kctl is its own.
    .executableTarget(
      name: "kctl-shim", dependencies: ["CPosix"],
      linkerSettings: [.unsafeFlags(["-static-executable"], .when(platforms: [.linux]))]),
    room("Posix", ["CPosix"]),
    room("HTTP", ["Formats", "Posix"]),
    // The same API over HTTP: a cluster of ours for others, a cluster of others for us.
    room("Serving", ["HTTP", "Posix", "Client", "API", "APIMachinery", "Formats"]),
    room("RemoteCluster", ["HTTP", "Posix", "Client", "API", "APIMachinery", "Formats"]),
    // The command line.
    room("CLI", ["Arguments", "Printers", "Client", "API", "APIMachinery", "Formats", "Posix"]),
    .executableTarget(
      name: "kctl", dependencies: ["CLI", "SimulatedCluster", "ProcessCluster", "RemoteCluster", "Serving", "Client", "Posix"],
      swiftSettings: staticCode,
      linkerSettings: staticLink + [.unsafeFlags(["-Xlinker", "-s"], .when(platforms: [.linux], configuration: .release))]),
    .executableTarget(
      name: "kctl-bench",
      dependencies: [
        "SimulatedCluster", "ProcessCluster", "KubeProxy", "CLI", "HTTP", "Formats", "Client", "API", "APIMachinery", "Posix",
      ],
      swiftSettings: staticCode, linkerSettings: staticLink),
    // Tests mirror the rooms.
    tests("FormatsTests", of: ["Formats"]),
    tests("APIMachineryTests", of: ["APIMachinery", "API", "Formats"]),
    tests("APITests", of: ["API", "APIMachinery", "Formats"]),
    tests("ClientTests", of: ["Client", "API", "APIMachinery", "Formats"]),
    tests("PrintersTests", of: ["Printers", "Client", "API", "APIMachinery", "Formats"]),
    tests("KubeAPIServerTests", of: ["KubeAPIServer", "Posix", "Client", "API", "APIMachinery", "Formats"]),
    tests("KubeControllerManagerTests", of: ["KubeControllerManager", "KubeAPIServer", "Client", "API", "APIMachinery", "Formats"]),
    tests("KubeSchedulerTests", of: ["KubeScheduler", "Client", "API", "APIMachinery", "Formats"]),
    tests("KubeletTests", of: ["Kubelet", "KubeAPIServer", "Client", "API", "APIMachinery", "Formats"]),
    tests("KubeProxyTests", of: ["KubeProxy", "KubeAPIServer", "Client", "API", "APIMachinery", "Formats"]),
    tests("SimulatedClusterTests", of: ["SimulatedCluster", "ControlPlane", "KubeAPIServer", "Client", "API", "APIMachinery", "Formats"]),
    tests("SimulationTests", of: ["SimulatedCluster", "ControlPlane", "KubeAPIServer", "Client", "API", "APIMachinery", "Formats"]),
    tests(
      "ProcessClusterTests",
      of: [
        "ProcessCluster", "KubeAPIServer", "Kubelet", "KubeProxy", "Client", "API", "APIMachinery", "Formats", "Posix", "CPosix",
        "kctl-shim", "kctl",
      ]),
    tests("PosixTests", of: ["Posix"]),
    tests("HTTPTests", of: ["HTTP", "Posix"]),
    tests(
      "ServingTests",
      of: [
        "Serving", "RemoteCluster", "CLI", "HTTP", "Posix", "SimulatedCluster", "ControlPlane", "KubeAPIServer", "Client", "API",
        "APIMachinery", "Formats",
      ]),
    tests("ArgumentsTests", of: ["Arguments"]),
    tests(
      "CLITests",
      of: [
        "CLI", "SimulatedCluster", "ControlPlane", "Serving", "RemoteCluster", "HTTP", "Posix", "Arguments", "Client", "API",
        "APIMachinery", "Formats",
      ]),
    tests("HouseTests", of: ["API", "APIMachinery", "CLI", "Arguments"]),
  ],
  swiftLanguageModes: [.v6]
)
