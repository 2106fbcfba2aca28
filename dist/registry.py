#!/usr/bin/env python3
"""An npm registry on a free port of this machine that has the packages of a folder. Prints its address.

usage: registry.py FOLDER
"""
import base64
import glob
import hashlib
import http.server
import json
import os
import sys
import tarfile


def main():
    packages = {}
    for path in glob.glob(os.path.join(sys.argv[1], "*.tgz")):
        with open(path, "rb") as file:
            data = file.read()
        with tarfile.open(path) as archive:
            package = json.load(archive.extractfile("package/package.json"))
        packages[package["name"]] = package, data
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(packages))
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()


def handler(packages):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            name = self.path.strip("/")
            if name.removesuffix(".tgz") not in packages:
                return self.answer(404, "application/json", b"{}")
            package, data = packages[name.removesuffix(".tgz")]
            if name.endswith(".tgz"):
                return self.answer(200, "application/octet-stream", data)
            integrity = "sha512-" + base64.b64encode(hashlib.sha512(data).digest()).decode()
            tarball = f"http://{self.headers['Host']}/{name}.tgz"
            version = package | {"dist": {"tarball": tarball, "integrity": integrity}}
            whole = {"name": name, "dist-tags": {"latest": package["version"]}, "versions": {package["version"]: version}}
            self.answer(200, "application/json", json.dumps(whole).encode())

        def answer(self, status, kind, body):
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


if __name__ == "__main__":
    main()
