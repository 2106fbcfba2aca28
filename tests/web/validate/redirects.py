"""Finds redirects that a host cannot read, that have no target or form a loop, and that nginx handles differently.

Reads `_redirects` as Netlify and Cloudflare Pages do, and `redirects.nginx.map` as nginx's `map` does.
"""

import http.client
import re
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit

LINE = re.compile(r"(/\S*)\s+(/\S*|https?://\S+)(?:\s+(\d{3})(!?))?")
MAPPED = re.compile(r'"((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)";')
CONFIG = """
daemon off; user root; pid {dir}/pid; error_log {dir}/error.log; worker_processes 1;
events {{ worker_connections 64; }}
http {{
  access_log off; absolute_redirect off;
  client_body_temp_path {dir}/a; proxy_temp_path {dir}/b; fastcgi_temp_path {dir}/c; uwsgi_temp_path {dir}/d; scgi_temp_path {dir}/e;
  map $uri $new_uri {{ include {map}; }}
  server {{
    listen 127.0.0.1:{port}; root {public};
    if ($new_uri) {{ return 301 $new_uri; }}
  }}
}}
"""


def check(site, report):
    """The redirects of a site, if it has any."""
    aliases = _has_aliases(site)
    for name in ("_redirects", "redirects.nginx.map"):
        report("redirects-exist", site.where(name), [f"{name} is missing"] if aliases and not site.has(name) else [])
    rules = {}
    if site.has("_redirects"):
        rules, faults = read(site.read("_redirects").decode())
        report("redirects-read", site.where("_redirects"), faults)
        report("redirects-lead", site.where("_redirects"), _lead(site, rules))
        report("redirects-pages", site.where("_redirects"), _pages(site, rules))
    if site.has("redirects.nginx.map"):
        report("redirects-map", site.where("redirects.nginx.map"), _mapped(site, rules))
        report("redirects-nginx", site.where("redirects.nginx.map"), nginx(site, rules))


def _has_aliases(site):
    sources = (source.read_text() for source in site.root.glob("content/**/*.md"))
    keys = re.compile(r"^(aliases|redirect_from|old_slugs):(?! *\[\])", re.M)
    return bool(site.settings.get("redirects")) or any(keys.search(source) for source in sources)


def read(text):
    """The rules, from → (to, status), and the problems of lines."""
    rules, faults, forced = {}, [], set()
    for line in text.splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        found = LINE.fullmatch(line.strip())
        if not found:
            faults.append(f"`{line}` is no rule")
        elif found[1] in rules and not (found[1] in forced and rules[found[1]] == (found[2], int(found[3] or 301)) and not found[4]):
            # Except Netlify's `301!`, which Cloudflare ignores, and the same rule without it.
            faults.append(f"two rules for {found[1]}")
        elif int(found[3] or 301) not in (200, 301, 302, 303, 307, 308, 404):
            faults.append(f"`{line}`: no such status")
        else:
            rules[found[1]] = (found[2], int(found[3] or 301))
            forced.update([found[1]] if found[4] else [])
    return rules, faults


def _target(site, to):
    """The target file of a rule. `None` if it does not exist."""
    host = "/".join(site.base.split("/", 3)[:3])
    return site.file_of(host + to if to.startswith("/") else to)


def _lead(site, rules):
    """Rules lead to a page in a single step."""
    for old, (to, status) in rules.items():
        path = to.split("#")[0].split("?")[0]
        host = "/".join(site.base.split("/", 3)[:3])
        path = path.removeprefix(host) if path.startswith(f"{host}/") else path
        if path == old:
            yield f"{old} leads to itself"
        elif path in rules:
            yield f"{old} leads to {to}, which leads to {rules[path][0]}"
        elif "*" not in old and (to.startswith("/") or site.is_own(to)):
            target = _target(site, to)
            if target is None:
                yield f"{old} leads to {to}, which is not there"
            elif target in site.pages and site.pages[target].is_redirect:
                yield f"{old} leads to {to}, which is a redirect"


def _pages(site, rules):
    """For hosts without rules, each old URL has a page with the same redirect, where that is possible."""
    host = "/".join(site.base.split("/", 3)[:3])
    for old, (to, status) in rules.items():
        if status not in (301, 308) or "*" in old or not site.is_own(host + old) or not (old.endswith("/") or old.endswith(".html")):
            continue
        path = site.file_of(host + old)
        page = site.pages.get(path)
        if page is None:
            yield f"there is no page at {old}"
            continue
        refresh = re.fullmatch(r"0; ?url=(.+)", page.meta("refresh") or "", re.I)
        wanted = unquote(host + to if to.startswith("/") else to)
        led = refresh and unquote(host + refresh[1] if refresh[1].startswith("/") else refresh[1])
        if led != wanted:
            yield f"the page at {old} leads to {led}, not {wanted}"
        if page.canonical != wanted.split("#")[0]:
            yield f"the page at {old} says that it is {page.canonical}, not {wanted}"


def _mapped(site, rules):
    """The map contains each rule that nginx supports once, decoded as nginx compares paths."""
    text = site.read("redirects.nginx.map").decode()
    mapped = {}
    for line in text.splitlines():
        found = MAPPED.fullmatch(line)
        if not line.strip() or line.startswith("#"):
            continue
        if not found:
            yield f"`{line}` is no line of a map"
        elif found[1] in mapped:
            yield f"two lines for {found[1]}"
        else:
            for key in _paths(re.sub(r"\\(.)", r"\1", found[1])):
                mapped[key] = found[2]
    permanent = {unquote(old) for old, (_, status) in rules.items() if status in (301, 308) and "*" not in old}
    yield from (f"{old} is in _redirects alone" for old in sorted(permanent - set(mapped)))
    if rules:
        # Hosts ignore a `/` at the end of paths, but nginx does not.
        known = {unquote(old) for old in rules}
        yield from (f"{old} is in the map alone" for old in sorted(set(mapped) - known) if mapped.get(f"{old}/") != mapped[old])


def _paths(key):
    """The paths that match a key of the map: the key itself, or those of a regular expression, which long keys use."""
    if not key.startswith("~*^"):
        return [key]
    path, is_folder = re.fullmatch(r"~\*\^(.*?)(/\?)?\$", key).groups()
    path = re.sub(r"\\(.)", r"\1", path)
    return [path, path + "/"] if is_folder else [path]


def nginx(site, rules):
    """Runs nginx: it must accept the map and redirect each old URL."""
    if not shutil.which("nginx"):
        return ["nginx is not installed"]
    with tempfile.TemporaryDirectory(prefix="nginx-") as folder:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        config = Path(folder, "nginx.conf")
        config.write_text(CONFIG.format(dir=folder, map=site.public / "redirects.nginx.map", port=port, public=site.public))
        command = ["nginx", "-p", folder, "-c", str(config), "-e", f"{folder}/error.log"]
        tested = subprocess.run([*command, "-t"], capture_output=True, text=True)
        said = [line for line in tested.stderr.splitlines() if "syntax is ok" not in line and "test is successful" not in line]
        if tested.returncode or said:
            return said or [f"nginx -t gave {tested.returncode}"]
        server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return list(_answers(site, rules, port))
        finally:
            server.terminate()
            server.wait()


def _answers(site, rules, port):
    for _ in range(100):
        try:
            http.client.HTTPConnection("127.0.0.1", port).connect()
            break
        except ConnectionRefusedError:
            time.sleep(0.05)
    for old, (to, status) in rules.items():
        if status not in (301, 308) or "*" in old:
            continue
        status, location = _ask(port, old)
        if status != 301 or unquote(location or "") != unquote(to):
            yield f"{old}: {status}, {location}; not 301, {to}"
        elif location and not urlsplit(location).path.isascii():
            yield f"{old}: the location is not percent-encoded: {location}"
    status, location = _ask(port, "/index.html")
    if status == 301:
        yield f"the front page is redirected to {location}"


def _ask(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    connection.request("GET", quote(path, safe="/%?=&~:@!$'()*+,;"))
    answer = connection.getresponse()
    location = answer.getheader("Location")
    connection.close()
    # Headers are decoded as Latin-1.
    return answer.status, location and location.encode("latin-1").decode("utf-8", "replace")
