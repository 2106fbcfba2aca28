"""Cloudflare's own Wrangler as the oracle of `bulletin publish`.

Both publish one site to recorders of the same API. The hashes, manifests, content types, rules and forms that they send are compared, and all
differences must be those that this file explains. Then Cloudflare's local runtime serves what bulletin deployed.
"""

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from email.parser import BytesParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from support import Site, check, finish, free_port, server

HERE = Path(__file__).parent
WRANGLER = HERE / "node_modules/wrangler/bin/wrangler.js"
DATE = "2026-01-01"


class Recorder:
    """The API of Cloudflare Pages and Workers for one account, as far as both programs use it."""

    def __init__(self):
        self.blobs = {}
        self.forms = []
        self.asked = []
        self.announced = {}
        self.live = None
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self):
                body = self.read()
                status, result = recorder.answer(self.command, self.path.split("?")[0], self.headers, body)
                errors = [] if status < 400 else [{"code": 10007, "message": result}]
                answer = {"success": status < 400, "errors": errors, "messages": [], "result": result}
                text = json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

            def read(self):
                if self.headers.get("transfer-encoding") != "chunked":
                    return self.rfile.read(int(self.headers.get("content-length") or 0))
                body = b""
                while size := int(self.rfile.readline(), 16):
                    body += self.rfile.read(size)
                    self.rfile.readline()
                self.rfile.readline()
                return body

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def jwt(self, kind):
        claims = {"exp": 4e9, "max_file_count_allowed": 20000, "kind": kind}
        return "h." + base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=") + ".s"

    def missing(self, hashes):
        return sorted(set(hashes) - self.blobs.keys())

    def answer(self, method, path, headers, body):
        path = path.removeprefix("/accounts/acc")
        if path.startswith("/pages/projects/herald"):
            return self.pages(method, path.removeprefix("/pages/projects/herald"), headers, body)
        if path.startswith("/pages/assets/"):
            return 200, self.assets(path.removeprefix("/pages/assets/"), json.loads(body))
        return self.workers(method, path, headers, body)

    def pages(self, method, path, headers, body):
        stage = {"name": "deploy", "status": "success"}
        deployment = {"id": "d1", "url": "http://d1.example", "latest_stage": stage, "environment": "production", "aliases": []}
        if path == "/upload-token":
            return 200, {"jwt": self.jwt("pages")}
        if method == "POST" and path == "/deployments":
            self.forms.append(parts(headers, body))
        if path.startswith("/deployments"):
            return 200, deployment
        config = {"production": {}, "preview": {}}
        return 200, {"name": "herald", "production_branch": "main", "deployment_configs": config, "domains": []}

    def assets(self, call, body):
        if call == "check-missing":
            self.asked.append(sorted(set(body["hashes"])))
            return self.missing(body["hashes"])
        if call == "upload":
            for file in body:
                assert file["base64"] is True
                self.blobs[file["key"]] = (base64.b64decode(file["value"]), file["metadata"]["contentType"])
        return None

    def workers(self, method, path, headers, body):
        script = "/workers/scripts/herald"
        if path == f"{script}/assets-upload-session":
            self.announced = json.loads(body)["manifest"]
            missing = self.missing(file["hash"] for file in self.announced.values())
            self.asked.append(missing)
            return 200, {"jwt": self.jwt("session"), "buckets": [missing[:7], missing[7:]] if missing else []}
        if path == "/workers/assets/upload":
            for name, content_type, value in parts(headers, body):
                self.blobs[name] = (base64.b64decode(value), content_type)
            return 200, {"jwt": self.jwt("completion")}
        if path == f"{script}/versions":
            self.forms.append(parts(headers, body))
            return 200, {"id": "v2", "resources": {"script": {"etag": "e"}}, "startup_time_ms": 1}
        if path == f"{script}/deployments":
            if method == "POST":
                self.live = json.loads(body)["versions"][0]["version_id"]
            live = {"version_id": self.live or "v1", "percentage": 100}
            return 200, {"deployments": [{"id": "x", "versions": [live]}]}
        if path == "/workers/services/herald":
            script = {"last_deployed_from": "wrangler", "tag": "t", "tags": []}
            return 200, {"default_environment": {"environment": "production", "script": script}}
        if path.endswith("/subdomain"):
            return 200, {"enabled": True, "previews_enabled": False, "subdomain": "herald"}
        return 200, {}

    def form(self):
        """The last form: values by name, and the names of its parts in their order."""
        form = self.forms[-1]
        return {name: value.decode() for name, _, value in form}


def parts(headers, body):
    """The parts of a form: name, content type, bytes."""
    head = f"Content-Type: {headers['content-type']}\r\n\r\n".encode()
    message = BytesParser().parsebytes(head + body)
    name = lambda part: part.get_param("name", header="content-disposition")
    return [(name(part), part.get("content-type", ""), part.get_payload(decode=True)) for part in message.get_payload()]



def make_site(folder, recorder):
    settings = f"""title: Herald
base_url: https://herald.example/
publish:
  pages: {{to: cloudflare-pages, project: herald, endpoint: "{recorder.url}"}}
  workers: {{to: cloudflare-workers, worker: herald, endpoint: "{recorder.url}"}}
"""
    site = Site(folder / "site", settings, 5)
    for number in range(2):
        site.story(number, "Text.", f"aliases: [/old/{number}/]\n")
    site.write("static/a b/50%+é&.txt", "An odd name.\n")
    site.write("static/CNAME", "herald.example\n")
    site.write("static/large.bin", "0123456789abcdef\n" * 30000)
    site.write("static/empty.json", "")
    site.write("static/_redirects", "/moved/* /2026/:splat 302\n")
    return site


def publish(site, *arguments):
    run = site.run("publish", *arguments, env={**os.environ, **ENVIRONMENT})
    if run.returncode != 0:
        sys.exit(f"bulletin publish {' '.join(arguments)} failed:\n{run.stdout}\n{run.stderr}")


def equal(what, found, expected):
    detail = f"{found!r:.900}\n      instead of\n      {expected!r:.900}"
    if isinstance(found, dict) and isinstance(expected, dict):
        keys = [key for key in {**found, **expected} if found.get(key) != expected.get(key)]
        detail = "\n      ".join(f"{key}: {found.get(key)!r:.300} instead of {expected.get(key)!r:.300}" for key in keys[:5])
    check(what, found == expected, detail)


def wrangler(recorder, folder, *args):
    env = {**os.environ, **ENVIRONMENT, "CLOUDFLARE_API_BASE_URL": recorder.url, "HOME": str(folder), "NO_COLOR": "1"}
    run = subprocess.run(["node", WRANGLER, *args], cwd=folder, env=env, capture_output=True, text=True, timeout=120)
    if run.returncode != 0:
        sys.exit(f"wrangler {' '.join(map(str, args))} failed:\n{run.stdout}\n{run.stderr}")


ENVIRONMENT = {
    "CLOUDFLARE_API_TOKEN": "token",
    "CLOUDFLARE_ACCOUNT_ID": "acc",
    "WRANGLER_SEND_METRICS": "false",
    "CI": "1",
}
# The record of the build is no part of the site; Wrangler does not know that. The build's id is written by the publication.
ONLY_WRANGLER = {"/.bulletin-files"}
ONLY_BULLETIN = {"/_bulletin/build.txt"}
# Wrangler goes by the extension alone. Feed readers want these types; the map for nginx is no source map.
NAMES = {"rss.xml": "application/rss+xml", "atom.xml": "application/atom+xml", "feed.json": "application/feed+json", "redirects.nginx.map": "text/plain; charset=utf-8"}


def plain_type(content_type):
    """A content type as both programs would write it. Wrangler adds the charset only for Workers, and has none for files without an extension."""
    kind = content_type.split(";")[0].strip()
    same = {"application/null": "application/octet-stream", "text/xml": "application/xml"}
    return same.get(kind, kind)


def unforced(redirects):
    """`_redirects` as bulletin sends it: Cloudflare ignores `301!`, and takes the first of several rules for a path."""
    seen, lines = set(), []
    for line in redirects.splitlines():
        words = line.split()
        if len(words) in (2, 3) and not line.startswith("#"):
            if words[0] in seen:
                continue
            seen.add(words[0])
            line = line.replace("!", "") if words[-1].endswith("!") else line
        lines.append(line)
    return "".join(f"{line}\n" for line in lines)


def compare(kind, ours, theirs, our_manifest, their_manifest):
    """Compares what two recorders received."""
    for path in ONLY_WRANGLER:
        their_manifest.pop(path, None)
    extra = {path: our_manifest.pop(path, None) for path in ONLY_BULLETIN}
    equal(f"{kind}: the manifests are the same, {len(our_manifest)} files", our_manifest, their_manifest)
    check(f"{kind}: the build's id is deployed", all(extra.values()))
    hash_of = lambda file: file["hash"] if isinstance(file, dict) else file
    hashes = {hash_of(file) for file in our_manifest.values()}
    bytes_of = lambda recorder: {key: recorder.blobs[key][0] for key in hashes}
    equal(f"{kind}: the uploaded bytes are the same", bytes_of(ours), bytes_of(theirs))
    different = {}
    for path, file in our_manifest.items():
        (_, our_type), (_, their_type) = ours.blobs[hash_of(file)], theirs.blobs[hash_of(file)]
        name = path.rsplit("/", 1)[1]
        if plain_type(our_type) != plain_type(their_type) and NAMES.get(name) != our_type:
            different[path] = (our_type, their_type)
    equal(f"{kind}: content types are the same, except of feeds and the map for nginx", different, {})
    html = next(hash_of(file) for path, file in our_manifest.items() if path.endswith(".html"))
    equal(f"{kind}: pages have a charset", ours.blobs[html][1], "text/html; charset=utf-8")


def check_pages(folder, site, ours):
    theirs = Recorder()
    wrangler(theirs, folder, "pages", "deploy", site.root / "public", "--project-name", "herald", "--branch", "main")
    publish(site, "pages")
    our_form, their_form = ours.form(), theirs.form()
    our_manifest, their_manifest = json.loads(our_form.pop("manifest")), json.loads(their_form.pop("manifest"))
    compare("Pages", ours, theirs, dict(our_manifest), their_manifest)
    their_form["_redirects"] = unforced(their_form["_redirects"])
    check("Pages: there are forced rules", "/old/0" in our_form["_redirects"] and "!" not in our_form["_redirects"])
    equal("Pages: the other fields are the same", our_form, their_form)
    check("Pages: rules are in no manifest", not our_manifest.keys() & {"/_headers", "/_redirects"})

    before = set(theirs.blobs)
    settings = (site.root / "bulletin.yaml").read_text()
    site.write("bulletin.yaml", settings.replace(ours.url, theirs.url))
    publish(site, "pages", "--repair")
    sent = set(theirs.blobs) - before
    equal("Pages: after Wrangler, bulletin sends only the build's id", sent, {our_manifest["/_bulletin/build.txt"]} - before)
    site.write("bulletin.yaml", settings)
    return our_manifest, our_form


def check_workers(folder, site, ours):
    theirs = Recorder()
    assets = {"directory": str(site.root / "public"), "html_handling": "auto-trailing-slash", "not_found_handling": "404-page"}
    config = {"name": "herald", "compatibility_date": DATE, "assets": assets}
    (folder / "wrangler.json").write_text(json.dumps(config))
    wrangler(theirs, folder, "deploy")
    ours.blobs.clear()
    publish(site, "workers")
    compare("Workers", ours, theirs, dict(ours.announced), dict(theirs.announced))
    our_data, their_data = json.loads(ours.form()["metadata"]), json.loads(theirs.form()["metadata"])
    rules = their_data["assets"]["config"]
    rules["_redirects"] = unforced(rules["_redirects"])
    # Flags of the runtime concern programs.
    equal("Workers: no flags of the runtime", their_data.pop("compatibility_flags"), [])
    equal("Workers: the metadata are the same", our_data, their_data)
    equal("Workers: all readers get the new version", ours.live, "v2")


def get(url):
    class NoRedirect(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_):
            return None

    try:
        answer = urllib.request.build_opener(NoRedirect).open(url, timeout=20)
    except urllib.error.HTTPError as error:
        answer = error
    return answer.status, answer.headers, answer.read()


def check_runtime(folder, manifest, form, recorder):
    """Serves what bulletin deployed to Pages."""
    served = folder / "served"
    for path, digest in manifest.items():
        file = served / path[1:]
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(recorder.blobs[digest][0])
    for name in ("_headers", "_redirects"):
        (served / name).write_text(form[name])
    port = free_port()
    env = {**os.environ, **ENVIRONMENT, "HOME": str(folder), "NO_COLOR": "1"}
    command = ["node", WRANGLER, "pages", "dev", served, "--ip", "127.0.0.1", "--port", str(port), "--compatibility-date", DATE]
    with server(command, port, folder / "runtime.log", 60, cwd=folder, env=env):
        url = f"http://127.0.0.1:{port}"
        status, headers, body = get(f"{url}/2026/11/story-0/")
        equal("runtime: a story", (status, headers["content-type"]), (200, "text/html; charset=utf-8"))
        page = recorder.blobs[manifest["/2026/11/story-0/index.html"]][0]
        equal("runtime: a story has its bytes", body, page)
        policy = re.search(r"Content-Security-Policy: (.*)", form["_headers"]).group(1)
        equal("runtime: headers of _headers", headers["content-security-policy"], policy)
        equal("runtime: no header twice", headers["cache-control"], "public, max-age=0, must-revalidate")
        status, headers, _ = get(f"{url}/2026/11/story-0")
        equal("runtime: a missing slash", (status, headers["location"]), (308, "/2026/11/story-0/"))
        status, headers, _ = get(f"{url}/old/0/")
        equal("runtime: an alias", (status, headers["location"]), (301, "/2026/11/story-0/"))
        status, headers, _ = get(f"{url}/moved/11/story-1/")
        equal("runtime: a wildcard", (status, headers["location"]), (302, "/2026/11/story-1/"))
        status, _, body = get(f"{url}/unknown/")
        equal("runtime: an unknown page", (status, body), (404, recorder.blobs[manifest["/404.html"]][0]))
        assets = [path for path in manifest if re.search(r"\.[0-9a-f]{8,}\.", path)]
        for path in assets[:1]:
            _, headers, _ = get(url + path)
            equal("runtime: an asset is kept", headers["cache-control"], "public, max-age=31536000, immutable")


def main():
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        ours = Recorder()
        site = make_site(folder, ours)
        site.run("build")
        manifest, form = check_pages(folder, site, ours)
        blobs = dict(ours.blobs)
        check_workers(folder, site, ours)
        ours.blobs = blobs
        check_runtime(folder, manifest, form, ours)
    finish()


main()
