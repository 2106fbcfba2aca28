"""Folders of releases, on this machine and on a server with OpenSSH and rsync, served by nginx and Caddy."""

import contextlib
import getpass
import gzip
import http.client
import itertools
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse

import brotli

from support import Site, check, finish, free_port, server, tree

STORIES = 40
BUILD = "_bulletin/build.txt"
# A name in which every character means something to a shell, a URL or rsync.
ODD = "it's a %41 #folder+ö $HOME;"
# After how many seconds publications are killed.
DELAYS = {"folder": [0.05, 0.1, 0.15, 0.2, 0.3], "ssh": [0.15, 0.4, 0.8, 1.2, 1.6, 2.0]}
OWN = pathlib.Path(__file__).parent
CADDY = shutil.which("caddy", path=f"{OWN}/.venv/bin:{os.environ['PATH']}")


class Ssh:
    """An SSH server with keys of its own, and an `ssh` that knows it: no file of the user is read."""

    def __init__(self, folder, name, *settings):
        self.folder = folder / name
        self.folder.mkdir()
        self.port = free_port()
        for key in ["host", "user", "stranger"]:
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.folder / key], check=True)
        host_key = (self.folder / "host.pub").read_text()
        (self.folder / "known").write_text(f"[127.0.0.1]:{self.port} {host_key}")
        (self.folder / "nobody").write_text("")
        lines = [
            f"ListenAddress 127.0.0.1:{self.port}", f"HostKey {self.folder}/host", f"PidFile {self.folder}/pid",
            f"AuthorizedKeysFile {self.folder}/user.pub", "StrictModes no", "UsePAM no", "PermitRootLogin yes",
            "PasswordAuthentication no", *settings,
        ]
        (self.folder / "sshd").write_text("\n".join(lines) + "\n")

    def start(self):
        pathlib.Path("/run/sshd").mkdir(exist_ok=True)
        sshd = shutil.which("sshd", path="/usr/sbin:" + os.environ["PATH"])
        return server([sshd, "-D", "-e", "-f", self.folder / "sshd"], self.port, self.folder / "log")

    def environment(self, known="known", key="user", port=None, path=None):
        """The environment of somebody whose `ssh` has these keys."""
        folder = pathlib.Path(tempfile.mkdtemp(dir=self.folder))
        lines = [
            "Host herald", "HostName 127.0.0.1", f"Port {port or self.port}", f"User {getpass.getuser()}",
            f"IdentityFile {self.folder}/{key}", "IdentitiesOnly yes", "IdentityAgent none",
            f"UserKnownHostsFile {self.folder}/{known}", "GlobalKnownHostsFile /dev/null",
        ]
        (folder / "config").write_text("\n".join(lines) + "\n")
        real = shutil.which("ssh")
        (folder / "ssh").write_text(f'#!/bin/sh\nexec {real} -F {folder}/config "$@"\n')
        (folder / "ssh").chmod(0o755)
        return {**os.environ, "PATH": f"{folder}:{path or os.environ['PATH']}"}


def nginx(folder, root):
    """nginx with compressed copies, as the documentation shows it."""
    folder.mkdir()
    port = free_port()
    module = "/usr/lib/nginx/modules/ngx_http_brotli_static_module.so"
    quoted = str(root).replace("\\", "\\\\").replace('"', '\\"')
    # nginx expands variables in paths, so a dollar sign has to come from one.
    dollar = quoted.replace("$", "${dollar}")
    (folder / "conf").write_text(f"""
        load_module {module}; daemon off; pid {folder}/pid; error_log {folder}/error.log; worker_processes 1;
        {"user root;" if os.geteuid() == 0 else ""}
        events {{ }}
        http {{
          include /etc/nginx/mime.types; access_log off; client_body_temp_path {folder}/body;
          geo $dollar {{ default "$"; }}
          server {{
            listen 127.0.0.1:{port};
            root "{dollar}/current";
            gzip_static on; brotli_static on; gzip_vary on;
            error_page 404 /404.html;
          }}
        }}""")
    binary = shutil.which("nginx", path="/usr/sbin:" + os.environ["PATH"])
    return port, server([binary, "-c", folder / "conf"], port, folder / "log")


def caddy(folder, root):
    """Caddy with compressed copies, as the documentation shows it."""
    folder.mkdir()
    port = free_port()
    config = {"admin": {"disabled": True}, "apps": {"http": {"servers": {"one": {
        "listen": [f"127.0.0.1:{port}"], "automatic_https": {"disable": True},
        "routes": [{"handle": [{"handler": "file_server", "root": f"{root}/current",
                                "precompressed": {"br": {}, "gzip": {}}, "precompressed_order": ["br", "gzip"]}]}],
    }}}}}
    (folder / "conf").write_text(json.dumps(config))
    env = {**os.environ, "HOME": str(folder), "XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder)}
    return port, server([CADDY, "run", "--config", folder / "conf"], port, folder / "log", env=env)


def url_of(path):
    path = path[: -len("index.html")] if path == "index.html" or path.endswith("/index.html") else path
    return "/" + urllib.parse.quote(path)


def get(port, path, connection=None, **headers):
    own = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    own.request("GET", url_of(path), headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = own.getresponse()
    return answer.status, answer.read(), answer.headers


class Readers:
    """Readers who request all pages of two versions of a site while it changes."""

    def __init__(self, ports, versions):
        self.wrong, self.count, self.stop = [], 0, threading.Event()
        paths = set.intersection(*(set(version) for version in versions)) - {BUILD}
        self.allowed = {path: {version[path] for version in versions} for path in paths}
        self.threads = [threading.Thread(target=self.read, args=[port]) for port in ports]

    def read(self, port):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        for path in itertools.cycle(sorted(self.allowed)):
            if self.stop.is_set():
                return
            status, data, _ = get(port, path, connection)
            self.count += 1
            if status != 200 or data not in self.allowed[path]:
                self.wrong.append((port, path, status, len(data)))
            time.sleep(0.001)

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.stop.set()
        for thread in self.threads:
            thread.join()


class Target:
    """A target with its site, and the web servers that show it."""

    def __init__(self, name, folder, kind, env):
        self.name, self.env = name, env
        self.dir = folder / name / ODD
        self.dir.parent.mkdir()
        where = {"to": "ssh", "host": "herald"} if kind == "ssh" else {"to": "folder"}
        self.where = {**where, "path": str(self.dir), "keep": 3, "compress": ["br", "gzip"]}
        self.site = Site(folder / name / "a site", self.settings(), STORIES)

    def settings(self, **more):
        target = json.dumps({**self.where, **more})
        return f"title: Herald\nbase_url: https://herald.example/\npublish: {{live: {target}}}\n"

    def publish(self, *arguments, env=None):
        return self.site.run("publish", *arguments, env=env or self.env)

    def must_publish(self, *arguments):
        run = self.publish(*arguments)
        if run.returncode != 0:
            check(f"{self.name}: publish {' '.join(arguments)}", False, run.stderr)
        return run

    def release(self):
        return (self.dir / "current").resolve()

    def files(self, release=None):
        """The files that readers see, without compressed copies."""
        files = tree(release or self.dir / "current", {BUILD})
        return {path: data for path, data in files.items() if not path.endswith((".br", ".gz"))}

    def stats(self):
        root = self.release()
        return {str(p.relative_to(root)): p.stat() for p in root.rglob("*") if p.is_file()}

    def is_as_built(self):
        return self.files() == self.site.built()


def etags(port, files):
    return {path: get(port, path)[2]["ETag"] for path in files if path != BUILD}


def check_changes(target, ports):
    name, site = target.name, target.site
    before, stats, release = target.files(), target.stats(), target.release()
    tags = {port: etags(port, before) for port in ports}
    # Twice within a second: the time of files has whole seconds.
    for text in ["One.", "Two."]:
        site.story(3, text)
        old = target.files()
        site.run("build")
        with Readers(ports, [old, site.built()]) as readers:
            target.must_publish()
            time.sleep(0.2)
        check(f"{name}: {readers.count} requests saw the old or the new site", not readers.wrong, str(readers.wrong[:3]))
    after = target.files()
    check(f"{name}: the site is as it was built", target.is_as_built())
    changed = {path for path in after if before.get(path) != after[path]}
    check(f"{name}: few files changed", 0 < len(changed) < len(after) // 2, str(sorted(changed)))
    now = target.stats()
    same = [path for path in after if path not in changed]
    moved = [path for path in same if (now[path].st_ino, now[path].st_mtime_ns) != (stats[path].st_ino, stats[path].st_mtime_ns)]
    check(f"{name}: unchanged files keep inode and time", not moved, str(moved[:3]))
    check(f"{name}: an old release keeps its bytes", target.files(release) == before)
    for port in ports:
        new = etags(port, after)
        wrong = [path for path in after if (new[path] != tags[port][path]) != (path in changed)]
        check(f"{name}: ETags change exactly with the bytes (port {port})", not wrong, str(wrong[:3]))


def check_compression(target, ports):
    name = target.name
    page = "2026/11/story-3/index.html"
    plain = target.files()[page]
    for port, (encoding, unpack) in itertools.product(ports, [("br", brotli.decompress), ("gzip", gzip.decompress)]):
        status, data, headers = get(port, page, Accept_Encoding=encoding)
        is_packed = headers["Content-Encoding"] == encoding and len(data) < len(plain)
        check(f"{name}: {encoding} is served", status == 200 and is_packed and unpack(data) == plain, str(headers))
        check(f"{name}: {encoding} varies", "accept-encoding" in (headers["Vary"] or "").lower(), str(headers))
    stats = target.stats()
    wrong = [p for p, s in stats.items() if p.endswith((".br", ".gz")) and s.st_mtime != stats[p[:-3]].st_mtime]
    check(f"{name}: copies have the times of their files", not wrong, str(wrong[:3]))
    before = target.stats()
    target.site.write("bulletin.yaml", target.settings(compress=["gzip"]))
    target.must_publish()
    files = set(target.stats())
    check(f"{name}: a removed encoding disappears", not any(p.endswith(".br") for p in files) and page + ".gz" in files)
    target.site.write("bulletin.yaml", target.settings())
    target.must_publish()
    now = target.stats()
    check(f"{name}: an added encoding appears", page + ".br" in now)
    check(f"{name}: compression leaves files alone", now[page].st_mtime_ns == before[page].st_mtime_ns)


def check_takedown(target, ports):
    name, page = target.name, "2026/11/story-7/index.html"
    (target.site.root / "content/story-7.md").unlink()
    # A story that is deleted, published like any other change.
    target.must_publish()
    left = [path for path in target.dir.rglob("*") if "story-7" in path.name]
    check(f"{name}: a deleted story is in no release", not left and target.is_as_built(), str(left))
    answers = {get(port, path)[0] for port in ports for path in [page, page + ".br", page + ".gz"]}
    check(f"{name}: readers get 404", answers == {404}, str(answers))
    target.must_publish("--takedown", "https://herald.example/2026/11/story-8/")
    left = [path for path in target.dir.rglob("*") if "story-8" in path.name]
    check(f"{name}: a takedown removes it everywhere", not left, str(left))


def check_rollback(target, ports):
    name = target.name
    target.must_publish()
    good = target.files()
    target.site.story(4, "A wrong text.")
    target.must_publish()
    check(f"{name}: a wrong text is published", target.files() != good)
    target.must_publish("--rollback")
    check(f"{name}: a rollback shows the release before", target.files() == good)
    gone = {get(port, "2026/11/story-7/index.html")[0] for port in ports}
    check(f"{name}: what was taken down stays away", gone == {404}, str(gone))
    target.site.story(4, "The right text.")
    target.must_publish()
    check(f"{name}: the next publication starts from there", target.is_as_built())
    target.must_publish("--rollback")
    check(f"{name}: the release before is what readers saw before", target.files() == good)
    target.must_publish()
    releases = list((target.dir / "releases").iterdir())
    check(f"{name}: three releases are kept", len(releases) == 3, str(releases))


def check_kills(target, ports, delays):
    name = target.name
    site = target.site
    for round, delay in enumerate(delays):
        before = target.files()
        for number in range(round, STORIES, 3):
            if number not in (7,):
                site.story(number, f"Round {round}.")
        site.run("build")
        with Readers(ports, [before, site.built()]) as readers:
            process = subprocess.Popen(site.command("publish"), env=target.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
            process.wait()
            between = target.files()
            is_whole = between in (before, site.built())
            for _ in range(40):
                run = target.publish()
                if "publish/locked" not in run.stderr:
                    break
                time.sleep(0.1)
        check(f"{name}: killed after {delay} s: readers saw a whole site", is_whole and not readers.wrong, str(readers.wrong[:3]))
        check(f"{name}: killed after {delay} s: the next run goes on", run.returncode == 0 and target.is_as_built(), run.stderr)
    site.story(0, "The end.")
    target.must_publish()
    names = {path.name for path in (target.dir / "releases").iterdir()}
    check(f"{name}: killed runs leave nothing", len(names) <= 3, str(names))


def check_lost_record(target):
    name = target.name
    stats = target.stats()
    for record in (target.dir / ".bulletin/records").iterdir():
        record.write_bytes(record.read_bytes()[:-20])
    (target.release() / "2026/11/story-5/index.html").write_text("Vandals were here.")
    (target.release() / "leftover.html").write_text("A page of yesterday.")
    target.site.story(6, "After the loss.")
    target.must_publish()
    now = target.stats()
    check(f"{name}: without a record the files count", target.is_as_built() and "leftover.html" not in now)
    same = [p for p in now if p.endswith("story-9/index.html")]
    check(f"{name}: without a record unchanged files stay", all(now[p].st_ino == stats[p].st_ino for p in same))


def refuses(target, what, code, env=None, *arguments):
    before = target.files() if (target.dir / "current").exists() else None
    run = target.publish(*arguments, env=env)
    after = target.files() if (target.dir / "current").exists() else None
    is_told = f"[{code}]" in run.stderr and "help:" in run.stderr and run.returncode == 2
    check(f"{target.name}: {what}", is_told and before == after, run.stderr)


def check_in_the_way(target):
    target.site.story(1, "In the way.")
    current, releases = target.dir / "current", target.dir / "releases"
    away, moved = current.readlink(), target.dir / "elsewhere"
    releases.rename(moved)
    releases.symlink_to(moved)
    refuses(target, "a link instead of `releases`", "publish/in-the-way")
    releases.unlink()
    moved.rename(releases)
    current.unlink()
    current.mkdir()
    refuses(target, "a folder instead of `current`", "publish/in-the-way")
    current.rmdir()
    current.symlink_to("/srv")
    refuses(target, "a link that leads elsewhere", "publish/in-the-way")
    current.unlink()
    current.symlink_to(away)
    target.must_publish()


def check_lock(target):
    name = target.name
    target.site.story(2, "Locked.")
    process = subprocess.Popen(target.site.command("publish"), env=target.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    lock = target.dir / ".bulletin/lock"
    is_held = lock.is_dir if target.where["to"] == "ssh" else lambda: lock.stat().st_size > 0
    for _ in range(4000):
        if is_held():
            break
        time.sleep(0.001)
    process.send_signal(signal.SIGSTOP)
    # The build of the same site is locked, too, so another one publishes.
    other = Site(target.site.root.parent / "another desk", target.settings(), 3)
    run = other.run("publish", "--yes" if target.where["to"] == "folder" else "-v", env=target.env)
    check(f"{name}: a second publication is refused", "[publish/locked]" in run.stderr and "another publication" in run.stderr, run.stderr)
    process.send_signal(signal.SIGCONT)
    process.wait(60)
    check(f"{name}: the first goes on", process.returncode == 0 and target.is_as_built())
    if target.where["to"] == "ssh":
        lock.mkdir()
        (lock / "owner").write_text("ana on desk\n")
        target.site.story(2, "Left behind.")
        refuses(target, "a lock names its owner", "publish/locked")
        check(f"{name}: the owner", "ana on desk" in target.publish().stderr)
        os.utime(lock, (time.time() - 300,) * 2)
        target.must_publish()
        check(f"{name}: a lock that was left behind expires", target.is_as_built())


def check_errors(target, ssh):
    refuses(target, "an unknown host key", "publish/host-key", ssh.environment(known="nobody"))
    refuses(target, "a wrong key", "publish/credentials", ssh.environment(key="stranger"))
    refuses(target, "a closed port", "publish/unreachable", ssh.environment(port=free_port()))
    bin = pathlib.Path(tempfile.mkdtemp(dir=ssh.folder))
    for tool in ["sh", "env"]:
        (bin / tool).symlink_to(shutil.which(tool))
    target.site.story(1, "Errors.")
    refuses(target, "no rsync on this machine", "publish/tool", ssh.environment(path=str(bin)))
    no_ssh = {**os.environ, "PATH": str(bin)}
    refuses(target, "no ssh on this machine", "publish/tool", no_ssh)
    target.site.write("bulletin.yaml", target.settings(path=str(target.dir / "a/b")))
    refuses(target, "no such folder", "publish/missing")
    target.site.write("bulletin.yaml", target.settings(host="-oProxyCommand=x"))
    run = target.publish()
    check(f"{target.name}: a host that is an option", run.returncode != 0 and "ssh" in run.stderr.lower(), run.stderr)
    target.site.write("bulletin.yaml", target.settings())
    target.must_publish()


def check_full_disk(folder, ssh):
    """A disk that has room for one release and a half."""
    disk = folder / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1500k", "tmpfs", disk], capture_output=True, text=True)
    if mounted.returncode != 0:
        print(f"not checked: a full disk, because no file system can be mounted: {mounted.stderr.strip()}")
        return
    try:
        for kind in ["folder", "ssh"]:
            target = Target(f"{kind} on a full disk", folder, kind, ssh.environment())
            target.dir = disk / kind
            target.where.update(path=str(target.dir), compress=[], keep=1)
            target.site.write("bulletin.yaml", target.settings())
            target.must_publish()
            for number in range(STORIES):
                target.site.story(number, "A text that takes much more room than the one before. " * 40)
            refuses(target, "the problem is named, and readers see the site as it was", "publish/full")
            for number in range(STORIES):
                target.site.story(number, "Less.")
            target.must_publish()
            check(f"{target.name}: a smaller site fits", target.is_as_built())
            shutil.rmtree(target.dir)
    finally:
        subprocess.run(["umount", disk], check=True)


def check_resumed(folder, ssh):
    """A first publication that is cut off late: what has arrived is not sent again."""
    target = Target("resumed", folder, "ssh", ssh.environment())
    noise = os.urandom(6_000_000).hex()
    target.site.write("static/large.txt", noise)
    target.site.run("build")
    process = subprocess.Popen(target.site.command("publish"), env=target.env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    part = None
    while process.poll() is None and not part:
        part = next((path for path in target.dir.glob("releases/*/large.txt") if path.stat().st_size == len(noise)), None)
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    is_partial = part is not None and not (target.dir / "current").exists()
    check(f"{target.name}: it was cut off", is_partial)
    # A wrapper counts what rsync says it sent.
    bin = pathlib.Path(tempfile.mkdtemp(dir=ssh.folder))
    (bin / "rsync").write_text(f'#!/bin/sh\nexec {shutil.which("rsync")} --stats "$@" >>{bin}/stats\n')
    (bin / "rsync").chmod(0o755)
    run = target.publish(env=ssh.environment(path=f"{bin}:{os.environ['PATH']}"))
    stats = (bin / "stats").read_text()
    sent = sum(int(line.split(":")[1].replace(",", "")) for line in stats.splitlines() if line.startswith("Total bytes sent"))
    check(f"{target.name}: what has arrived is not sent again", run.returncode == 0 and sent < len(noise) // 10, f"{sent} bytes {run.stderr}")
    check(f"{target.name}: the site is whole", target.is_as_built() and len(list((target.dir / "releases").iterdir())) == 1)


def limited(folder, name, tools):
    """A folder of programs for a server that has only these."""
    bin = folder / f"bin-{name}"
    bin.mkdir()
    for tool, program in tools.items():
        (bin / tool).symlink_to(shutil.which(program))
    return f"SetEnv PATH={bin}"


POSIX = ["cat", "cp", "dirname", "find", "head", "ln", "mkdir", "mv", "readlink", "rm", "rmdir", "touch", "wc", "xargs"]


def check_servers(folder):
    """Servers with other shells and tools."""
    gnu = {tool: tool for tool in POSIX}
    busybox = {tool: "busybox" for tool in [*POSIX, "sh"]}
    old = {**busybox, "rsync": "rsync"}
    for name, tools in {"dash": {**gnu, "sh": "dash", "rsync": "rsync"}, "bash": {**gnu, "sh": "bash", "rsync": "rsync"}, "busybox": old}.items():
        ssh = Ssh(folder, name, limited(folder, name, tools))
        with ssh.start():
            target = Target(f"on {name}", folder, "ssh", ssh.environment())
            target.must_publish()
            target.site.story(3, "Changed.")
            (target.site.root / "content/story-7.md").unlink()
            target.must_publish()
            left = [path for path in target.dir.rglob("*") if "story-7" in path.name]
            shared = sum(stat.st_nlink > 1 for stat in target.stats().values())
            check(f"{target.name}: publish, change, take down", target.is_as_built() and not left and shared > 20)
            target.must_publish("--rollback", "--yes")
            target.must_publish()
            check(f"{target.name}: roll back and publish again", target.is_as_built())
    ssh = Ssh(folder, "bare", limited(folder, "bare", {**gnu, "sh": "dash"}))
    with ssh.start():
        target = Target("without rsync", folder, "ssh", ssh.environment())
        refuses(target, "no rsync on the server", "publish/tool")
    # `cp` and `mv` that know nothing but POSIX: rsync links the files and replaces the link.
    plain = limited(folder, "plain", {**gnu, "sh": "dash", "rsync": "rsync"})
    for tool, refused in {"cp": "-al", "mv": "-fT -fh"}.items():
        script = folder / "bin-plain" / tool
        real = shutil.which(tool)
        script.unlink()
        tests = " || ".join(f'[ "$1" = {option} ]' for option in refused.split())
        script.write_text(f'#!/bin/sh\nif {tests}; then echo "illegal option" >&2; exit 1; fi\nexec {real} "$@"\n')
        script.chmod(0o755)
    ssh = Ssh(folder, "plain", plain)
    with ssh.start():
        target = Target("with plain tools", folder, "ssh", ssh.environment())
        target.must_publish()
        target.site.story(3, "Changed.")
        target.must_publish()
        shared = sum(stat.st_nlink > 1 for stat in target.stats().values())
        check(f"{target.name}: rsync does what they cannot", target.is_as_built() and shared > 20, str(shared))


def main():
    with tempfile.TemporaryDirectory(dir="/tmp") as temp, contextlib.ExitStack() as stack:
        folder = pathlib.Path(temp)
        folder.chmod(0o755)
        ssh = Ssh(folder, "sshd")
        stack.enter_context(ssh.start())
        for kind in ["folder", "ssh"]:
            target = Target(kind, folder, kind, ssh.environment())
            start = time.time()
            target.must_publish()
            print(f"    first publication: {time.time() - start:.2f} s")
            check(f"{kind}: the first publication", target.is_as_built())
            with contextlib.ExitStack() as servers:
                ports = []
                for name, serve in {"nginx": nginx, "caddy": caddy}.items():
                    port, context = serve(folder / f"{kind}-{name}", target.dir)
                    servers.enter_context(context)
                    ports.append(port)
                check_changes(target, ports)
                check_compression(target, ports)
                check_takedown(target, ports)
                check_rollback(target, ports)
                check_kills(target, ports, DELAYS[kind])
            check_lost_record(target)
            check_in_the_way(target)
            check_lock(target)
            if kind == "ssh":
                check_errors(target, ssh)
        check_full_disk(folder, ssh)
        check_resumed(folder, ssh)
        check_servers(folder)
    finish()


main()
