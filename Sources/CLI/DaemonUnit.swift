// What starts a cluster's daemon at boot: for systemd, or for launchd.

/// What an init system is told of a cluster's daemon.
struct DaemonUnit {
  enum Sort {
    /// For the system, or for one user's own services.
    case systemd(isSystem: Bool)
    case launchd
  }

  let cluster: String
  let home: String
  let program: String
  /// What the services' PATH would lack: containers find their programs by it.
  let path: String

  func text(_ sort: Sort) -> String {
    switch sort {
    case .systemd(let isSystem): systemd(isSystem)
    case .launchd: launchd
    }
  }

  // MARK: systemd

  private func systemd(_ isSystem: Bool) -> String {
    let name = "kctl-\(cluster)"
    let advice =
      isSystem
      ? "# Put this into /etc/systemd/system/\(name).service, then: systemctl enable --now \(name)"
      : """
      # Put this into ~/.config/systemd/user/\(name).service, then: systemctl --user enable --now \(name)
      # It starts when you log in; at boot, after: loginctl enable-linger
      """
    return """
      \(advice)
      [Unit]
      Description=kctl cluster \(cluster)

      [Service]
      Environment=\(DaemonUnit.quoted("KCTL_HOME=" + home))
      Environment=\(DaemonUnit.quoted("PATH=" + path))
      ExecStart=\(DaemonUnit.quoted(program, isCommand: true)) agent run \(DaemonUnit.quoted("--cluster=" + cluster, isCommand: true))
      # Pods outlive their daemon.
      KillMode=process
      Restart=always
      # Its containers' limits are control groups beside its own.
      Delegate=yes
      DelegateSubgroup=kctl-daemon

      [Install]
      WantedBy=\(isSystem ? "multi-user.target" : "default.target")

      """
  }

  /// A word as systemd reads it; in a command, variables begin with $.
  private static func quoted(_ word: String, isCommand: Bool = false) -> String {
    var out = "\""
    for c in word {
      switch c {
      case "\"", "\\": out += "\\\(c)"
      case "%": out += "%%"
      case "$" where isCommand: out += "$$"
      default: out.append(c)
      }
    }
    return out + "\""
  }

  // MARK: launchd

  private var launchd: String {
    func string(_ text: String) -> String { "<string>\(DaemonUnit.escaped(text))</string>" }
    let words = [program, "agent", "run", "--cluster=" + cluster].map { "    " + string($0) }.joined(separator: "\n")
    let label = "dev.kctl.\(cluster)"
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
      <!-- Put this into ~/Library/LaunchAgents, then: launchctl bootstrap gui/$(id -u) and the file's name -->
      <plist version="1.0">
      <dict>
        <key>Label</key>
        \(string(label))
        <key>ProgramArguments</key>
        <array>
      \(words)
        </array>
        <key>EnvironmentVariables</key>
        <dict>
          <key>KCTL_HOME</key>
          \(string(home))
          <key>PATH</key>
          \(string(path))
        </dict>
        <key>RunAtLoad</key>
        <true/>
        <key>KeepAlive</key>
        <true/>
        <!-- Pods outlive their daemon. -->
        <key>AbandonProcessGroup</key>
        <true/>
      </dict>
      </plist>

      """
  }

  private static func escaped(_ text: String) -> String {
    var out = ""
    for c in text {
      switch c {
      case "&": out += "&amp;"
      case "<": out += "&lt;"
      case ">": out += "&gt;"
      default: out.append(c)
      }
    }
    return out
  }
}
