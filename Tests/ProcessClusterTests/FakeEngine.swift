import Foundation
import Posix

// A container engine of the tests' own: the few verbs of podman's command line that are called, with plain processes for containers.

/// An engine of that kind, in a folder that goes with it. Its image `local/web:1` is there, `far/web:1` can be pulled, and no
/// other but `local/stuck:1`, which never gets as far as to run.
final class FakeEngine {
  let folder: String
  static let canRun: Bool = {
    #if os(Linux)
      (try? Child.run("python3", ["--version"]))?.code == 0
    #else
      false
    #endif
  }()

  init(named name: String = "podman") throws {
    folder = try Folder.makeNew(FileManager.default.temporaryDirectory.path + "/kctl-engine-")
    try Machine.replaceFile(folder + "/" + name, with: Array(FakeEngine.script.utf8), mode: 0o755)
  }

  deinit {
    for name in containers { _ = try? Child.run(folder + "/podman", ["rm", "--force", name]) }
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// A PATH on which it comes first.
  var path: String { folder + ":" + (Machine.environment("PATH") ?? "/usr/bin:/bin") }
  /// The containers that it has.
  var containers: [String] { ((try? Machine.entries(of: folder + "/containers")) ?? []).sorted() }
  /// Whether it answers nobody.
  func setHanging(_ hangs: Bool) throws {
    if hangs { try Machine.replaceFile(folder + "/hangs", with: [], mode: 0o600) } else { try Folder.remove(folder + "/hangs") }
  }
  /// How it was called so far, a line each.
  var calls: [String] {
    String(decoding: (try? Machine.readFile(folder + "/calls")) ?? [], as: UTF8.self).split(separator: "\n").map(String.init)
  }

  private static let script = #"""
    #!/usr/bin/env python3
    import os, shutil, signal, subprocess, sys, time
    home = os.path.dirname(os.path.abspath(sys.argv[0]))
    words = sys.argv[1:]
    with open(home + "/calls", "a") as calls: calls.write(" ".join(words) + "\n")
    while os.path.exists(home + "/hangs"): time.sleep(0.01)
    while words[0].startswith("--"): words.pop(0)
    verb = words.pop(0)
    def place(name): return home + "/containers/" + name
    def read(name, what, otherwise=""):
        try: return open(place(name) + "/" + what).read()
        except OSError: return otherwise
    def write(name, what, text):
        with open(place(name) + "/new", "w") as file: file.write(text)
        os.rename(place(name) + "/new", place(name) + "/" + what)
    def fail(text, code=125):
        print("Error: " + text, file=sys.stderr)
        sys.exit(code)
    def options(words):
        found = {}
        while words and words[0].startswith("-"):
            word = words.pop(0)
            bare = "=" in word or word in ("--interactive", "--tty", "--no-healthcheck", "--detach", "--all", "--quiet", "--force", "--volumes", "--attach", "--privileged", "--read-only")
            found.setdefault(word, []).append("" if bare else words.pop(0))
        return found
    def known(image): return image in ("local/web:1", "local/stuck:1") or os.path.exists(home + "/pulled-" + image.replace("/", "_"))
    def create(words):
        given = options(words)
        image, *rest = words
        name = given["--name"][0]
        if not known(image): fail(image + ": image not known")
        entry = given.get("--entrypoint", [None])[0]
        program = [entry] + rest if entry else rest or ["sleep", "1000"]
        variables = {one: os.environ[one] for one in given.get("--env", [])}
        for file in given.get("--env-file", []): variables.update(line.rstrip("\n").split("=", 1) for line in open(file))
        os.makedirs(place(name))
        if image == "local/stuck:1": write(name, "stuck", "")
        write(name, "program", "\0".join(program))
        write(name, "environment", "\0".join(k + "=" + v for k, v in variables.items()))
        write(name, "labels", "\n".join(given.get("--label", [])))
        return name
    def environment(name):
        pairs = [pair.split("=", 1) for pair in read(name, "environment").split("\0") if pair]
        return dict([("PATH", os.environ["PATH"])] + pairs)
    def launch(name):
        # A keeper of its own, as an engine has, so that the client may be killed.
        if os.fork() == 0:
            os.setsid()
            try: child = subprocess.Popen(read(name, "program").split("\0"), env=environment(name), preexec_fn=os.setsid)
            except OSError as problem:
                write(name, "refused", str(problem))
                os._exit(0)
            write(name, "pid", str(child.pid))
            code = child.wait()
            if os.path.isdir(place(name)): write(name, "code", str(code if code >= 0 else 128 - code))
            os._exit(0)
        while not read(name, "pid") and not read(name, "refused"): time.sleep(0.005)
    def kill(name, number):
        pid = read(name, "pid")
        if pid and not read(name, "code"):
            try: os.killpg(int(pid), number)
            except ProcessLookupError: pass
    if verb == "image":
        if not known(words[-1]): fail("inspecting object: " + words[-1] + ": image not known")
        print("sha256:1")
    elif verb == "pull":
        if not words[-1].startswith("far/"): fail("initializing source docker://" + words[-1] + ": no such host")
        open(home + "/pulled-" + words[-1].replace("/", "_"), "w").close()
    elif verb == "create": print(create(words))
    elif verb == "run": launch(create(words))
    elif verb == "start":
        name = words[-1]
        while os.path.exists(place(name) + "/stuck"): time.sleep(0.005)
        launch(name)
        if read(name, "refused"): fail("unable to start container: " + read(name, "refused"), 127)
        while os.path.isdir(place(name)) and not read(name, "code"): time.sleep(0.005)
        sys.exit(int(read(name, "code", "137")))
    elif verb == "container":
        name = words[-1]
        if not os.path.isdir(place(name)): fail("no such container " + name)
        status = "exited" if read(name, "code") else "running" if read(name, "pid") else "created"
        since = "0001-01-01 00:00:00" if status == "created" else "2026-11-26 10:00:00"
        print(f"{status}|{since}|{read(name, 'code', '0')}|false|15")
    elif verb == "kill": kill(words[-1], {"15": 15, "KILL": 9}[options(words)["--signal"][0]])
    elif verb == "stop": kill(words[-1], 15)
    elif verb == "rm":
        options(words)
        for name in words:
            kill(name, 9)
            shutil.rmtree(place(name), ignore_errors=True)
    elif verb == "ps":
        wanted = options(words)["--filter"][0].removeprefix("label=")
        for name in os.listdir(home + "/containers") if os.path.isdir(home + "/containers") else []:
            if wanted in read(name, "labels").split("\n"): print(name)
    elif verb == "exec":
        options(words)
        name, *command = words
        try: sys.exit(subprocess.run(command, env=environment(name)).returncode)
        except OSError as problem: fail("exec failed: " + str(problem), 127)
    else: fail("unknown command " + verb)
    """# + "\n"
}
