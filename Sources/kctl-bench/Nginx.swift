import Posix

// A server of others', to measure beside or behind.

/// An nginx of one worker that returns a body; nil where none is installed.
struct Nginx {
  let port: UInt16
  private let folder: String

  init?(folder: String, body: String) throws {
    self.folder = folder
    try Folder.make("\(folder)/html")
    let free = try Nginx.freePort()
    port = free
    try Machine.replaceFile("\(folder)/html/pod.json", with: Array(body.utf8), mode: 0o644)
    // Where root starts it, its worker would be somebody who may not read here.
    let configuration = """
      \(Machine.userID == 0 ? "user root; " : "")worker_processes 1; daemon on; pid \(folder)/pid; error_log \(folder)/error.log;
      events { worker_connections 1024; }
      http { access_log off; keepalive_requests 1000000000; default_type application/json;
        client_body_temp_path \(folder)/a; proxy_temp_path \(folder)/b; fastcgi_temp_path \(folder)/c;
        uwsgi_temp_path \(folder)/d; scgi_temp_path \(folder)/e;
        server { listen 127.0.0.1:\(free); root \(folder)/html; } }
      """
    try Machine.replaceFile("\(folder)/nginx.conf", with: Array(configuration.utf8), mode: 0o600)
    guard let started = try? Child.run("nginx", ["-c", "\(folder)/nginx.conf"]), started.code == 0 else { return nil }
  }

  func stop() { _ = try? Child.run("sh", ["-c", "kill $(cat \"$0\")", "\(folder)/pid"]) }

  static func freePort() throws -> UInt16 {
    let listener = try Listener(.tcp(host: "127.0.0.1", port: 0))
    defer { listener.end() }
    guard case .tcp(_, let free) = listener.address else { throw BenchFailure("no port is free") }
    return free
  }
}
