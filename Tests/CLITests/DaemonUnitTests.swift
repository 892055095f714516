import Testing

@testable import CLI

// What starts a daemon at boot, for either init system.

struct DaemonUnitTests {
  private let unit = DaemonUnit(cluster: "shop", home: "/home/me/100% \"mine\"", program: "/opt/a $b/kctl", path: "/bin:/opt/<x>&y")

  @Test func systemdIsToldAllThatItNeeds() {
    #expect(
      unit.text(.systemd(isSystem: true)) == """
        # Put this into /etc/systemd/system/kctl-shop.service, then: systemctl enable --now kctl-shop
        [Unit]
        Description=kctl cluster shop

        [Service]
        Environment="KCTL_HOME=/home/me/100%% \\"mine\\""
        Environment="PATH=/bin:/opt/<x>&y"
        ExecStart="/opt/a $$b/kctl" agent run "--cluster=shop"
        # Pods outlive their daemon.
        KillMode=process
        Restart=always
        # Its containers' limits are control groups beside its own.
        Delegate=yes
        DelegateSubgroup=kctl-daemon

        [Install]
        WantedBy=multi-user.target

        """)
    let own = unit.text(.systemd(isSystem: false))
    #expect(own.contains("systemctl --user enable --now kctl-shop") && own.contains("WantedBy=default.target"))
  }

  @Test func launchdIsToldAllThatItNeeds() {
    let text = unit.text(.launchd)
    #expect(text.hasPrefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist"))
    for line in [
      "  <string>dev.kctl.shop</string>", "    <string>/opt/a $b/kctl</string>", "    <string>--cluster=shop</string>",
      "    <string>/home/me/100% \"mine\"</string>", "    <string>/bin:/opt/&lt;x&gt;&amp;y</string>",
    ] { #expect(text.split(separator: "\n").map(String.init).contains(line), "\(line)") }
    // Pods outlive their daemon, and it comes back.
    #expect(text.contains("<key>AbandonProcessGroup</key>\n  <true/>") && text.contains("<key>KeepAlive</key>\n  <true/>"))
  }
}
