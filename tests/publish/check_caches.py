"""Caches in front of a published folder: Varnish and nginx keep pages for an hour, and readers see each change at once nevertheless. Invalidations of
CloudFront are sent to moto, with the credentials of a role that CI assumes."""

import http.client
import http.server
import json
import os
import pathlib
import tempfile
import threading
import time
import urllib.parse

import boto3

from support import Site, check, finish, free_port, server

HOST = "herald.test"
MODULE = pathlib.Path("/usr/lib/nginx/modules/ngx_http_cache_purge_module.so")
# No credentials of this machine, and no proxy.
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith("AWS_") and "proxy" not in name.lower()}
CLEAN["AWS_EC2_METADATA_DISABLED"] = "true"

VCL = """vcl 4.1;
backend default { .host = "127.0.0.1"; .port = "%d"; }
acl purgers { "127.0.0.1"; }
sub vcl_recv {
  if (req.method == "PURGE") {
    if (client.ip !~ purgers) { return (synth(405)); }
    return (purge);
  }
}
sub vcl_backend_response { set beresp.ttl = 1h; set beresp.grace = 0s; unset beresp.http.Cache-Control; }
sub vcl_deliver { set resp.http.X-Hits = obj.hits; }
"""

NGINX = """%(module)s
daemon off; error_log stderr; pid %(folder)s/pid;
events {}
http {
  access_log off; client_body_temp_path %(folder)s/body; proxy_temp_path %(folder)s/proxy; fastcgi_temp_path %(folder)s/fastcgi;
  uwsgi_temp_path %(folder)s/uwsgi; scgi_temp_path %(folder)s/scgi;
  server { listen 127.0.0.1:%(origin)d; root %(root)s/current; }
  %(cache)s
}
"""

NGINX_CACHE = """proxy_cache_path %(folder)s/cache keys_zone=pages:1m;
  server {
    listen 127.0.0.1:%(port)d;
    location / {
      proxy_pass http://127.0.0.1:%(origin)d;
      proxy_cache pages; proxy_cache_key $host$uri$is_args$args; proxy_cache_valid any 1h; proxy_ignore_headers Cache-Control;
    }
    location ~ ^/purge(/.*)$ { allow 127.0.0.1; deny all; proxy_cache_purge pages $host$1$is_args$args; }
  }"""


def get(port, path, host=HOST, method="GET"):
    """What a reader of the site gets: status, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, path, headers={"Host": host})
    answer = connection.getresponse()
    body = answer.read().decode("utf-8", "replace")
    connection.close()
    return answer.status, body


def settings(target):
    return f"title: The Herald\nbase_url: http://{HOST}/\npublish:\n  production: {target}\n"


def publishes(what, site, *arguments, env=CLEAN, code=0):
    done = site.run("publish", *arguments, env=env)
    check(what, done.returncode == code, f"exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return done


def check_cache(name, folder, purge_path, cache_of):
    """Publishes behind a cache, and reads through it after each change. `cache_of(origin, port)` runs the cache."""
    origin, port = free_port(), free_port()
    target = {"to": "folder", "path": str(folder / "out"), "purge": [{"http": f"http://127.0.0.1:{port}{purge_path}"}], "max_removed": "100 %"}
    site = Site(folder / "site", settings(json.dumps(target)), 5)
    site.write("static/odd/a b+ö.txt", "one")
    odd = "/odd/" + urllib.parse.quote("a b+ö.txt", safe="+")
    with cache_of(origin, port):
        publishes(f"{name}: the first publication", site)
        story = "/2026/11/story-3/"
        for path in ["/", story, "/2026/11/story-4/", odd]:
            check_warm(name, port, path)
        site.story(3, "Corrected text")
        site.write("static/odd/a b+ö.txt", "two")
        before = get(port, story)
        check(f"{name}: the cache keeps the old page until the publication", "Corrected" not in before[1])
        publishes(f"{name}: a correction", site)
        for path, expected in [(story, "Corrected text"), (odd, "two")]:
            status, body = get(port, path)
            check(f"{name}: readers see {path} corrected", status == 200 and expected in body, f"{status} {body[:80]}")
        (site.root / "content/story-4.md").unlink()
        publishes(f"{name}: a story is deleted", site)
        status, body = get(port, "/2026/11/story-4/")
        check(f"{name}: readers no longer see it", status == 404, f"{status} {body[:80]}")
        check(f"{name}: nor its link on the front page", "story-4" not in get(port, "/")[1])
        check_warm(name, port, story)
        publishes(f"{name}: a takedown", site, "--takedown", f"http://{HOST}{story}")
        status, _ = get(port, story)
        check(f"{name}: readers no longer see what was taken down", status == 404, status)
    site.story(2, "Late text")
    failed = publishes(f"{name}: a publication while the cache is down", site, code=2)
    check(f"{name}: it says what the cache may still have", "publish/purge" in failed.stdout + failed.stderr, failed.stderr)
    with cache_of(origin, port):
        for _ in range(2):
            get(port, "/2026/11/story-2/")
        publishes(f"{name}: the next one repeats the purge", site)
        check(f"{name}: readers see the late text", "Late text" in get(port, "/2026/11/story-2/")[1])


def check_warm(name, port, path):
    """Fills the cache with a page."""
    status, _ = get(port, path)
    check(f"{name}: readers see {path}", status == 200, status)


def check_verification(folder):
    """Verification through Varnish: a publication that readers do not get is a failure, and it is complete once the cache is purged."""
    origin, port = free_port(), free_port()
    host = f"127.0.0.1:{port}"
    target = {"to": "folder", "path": str(folder / "out"), "url": f"http://{host}/", "verify": True}
    site = Site(folder / "site", settings(json.dumps(target)), 3)
    story = "/2026/11/story-1/"
    with Both(nginx(folder / "nginx", folder / "out", origin), varnish(folder / "cache", origin, port)):
        publishes("verification: the first publication", site)
        get(port, story, host)
        site.story(1, "Corrected text")
        failed = publishes("verification: a cache that nobody purges", site, code=1)
        said = failed.stdout + failed.stderr
        check("verification: the URL is named", f"http://{host}{story} has other bytes than were published" in said, said)
        target["purge"] = [{"http": f"http://127.0.0.1:{port}/"}]
        site.write("bulletin.yaml", settings(json.dumps(target)))
        publishes("verification: the next publication purges it", site)
        check("verification: readers see the correction", "Corrected text" in get(port, story, host)[1])
        publishes("verification: alone", site, "--verify")
        (site.root / "content/story-2.md").unlink()
        publishes("verification: a story is deleted", site)
        (folder / "out/current/index.html").unlink()
        get(port, "/", host, "PURGE")
        failed = publishes("verification: alone, after somebody damaged the site", site, "--verify", code=1)
        said = failed.stdout + failed.stderr
        check("verification: it says what is gone", f"http://{host}/ returns" in said, said)

class Both:
    """Two context managers as one."""

    def __init__(self, *parts):
        self.parts = parts

    def __enter__(self):
        for part in self.parts:
            part.__enter__()

    def __exit__(self, *reason):
        for part in reversed(self.parts):
            part.__exit__(*reason)


def nginx(folder, root, origin, port=None):
    folder.mkdir(parents=True, exist_ok=True)
    values = {"folder": folder, "root": root, "origin": origin, "port": port, "module": "", "cache": ""}
    if port:
        values |= {"module": f"load_module {MODULE};", "cache": NGINX_CACHE % values}
    (folder / "conf").write_text("user root;\n" * (os.getuid() == 0) + NGINX % values)
    return server(["/usr/sbin/nginx", "-p", str(folder), "-c", str(folder / "conf")], port or origin, folder / "log")


def varnish(folder, origin, port):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vcl").write_text(VCL % origin)
    command = ["/usr/sbin/varnishd", "-F", "-n", str(folder / "varnish"), "-a", f"127.0.0.1:{port}", "-T", "none"]
    return server([*command, "-f", str(folder / "vcl"), "-s", "malloc,32m"], port, folder / "log")


def check_cloudfront(folder):
    """A role of CI, a publication, and the invalidations that moto has of it."""
    port = free_port()
    with server([pathlib.Path(".venv/bin/moto_server"), "-H", "127.0.0.1", "-p", str(port)], port, folder / "moto.log"):
        endpoint = f"http://127.0.0.1:{port}"
        keys = {"aws_access_key_id": "A", "aws_secret_access_key": "S", "region_name": "us-east-1", "endpoint_url": endpoint}
        cloudfront, iam = boto3.client("cloudfront", **keys), boto3.client("iam", **keys)
        policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "sts:*"}]}
        role = iam.create_role(RoleName="publisher", AssumeRolePolicyDocument=json.dumps(policy))["Role"]["Arn"]
        origin = {"Id": "o", "DomainName": "herald.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
        distribution = cloudfront.create_distribution(DistributionConfig={
            "CallerReference": "c", "Comment": "", "Enabled": True, "Origins": {"Quantity": 1, "Items": [origin]},
            "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "allow-all"},
        })["Distribution"]["Id"]
        token = folder / "token"
        token.write_text("a.b.c")
        env = CLEAN | {"AWS_ENDPOINT_URL": endpoint, "AWS_ROLE_ARN": role, "AWS_WEB_IDENTITY_TOKEN_FILE": str(token)}
        target = {"to": "folder", "path": str(folder / "out"), "purge": [{"cloudfront": distribution}]}
        site = Site(folder / "site", settings(json.dumps(target)), 3)
        publishes("CloudFront: the first publication, with the role of CI", site, env=env)
        first = invalidations(cloudfront, distribution)
        site.story(1, "Corrected text")
        publishes("CloudFront: a correction", site, env=env)
        paths = invalidated(cloudfront, distribution, first)
        wanted = {"/2026/11/story-1/", "/2026/11/story-1/index.html"}
        check("CloudFront: the corrected page is invalidated", wanted <= paths, sorted(paths))
        check("CloudFront: no other story is", not any("story-2" in path for path in paths), sorted(paths))
        (site.root / "content/story-2.md").unlink()
        publishes("CloudFront: a story is deleted", site, env=env)
        paths = invalidated(cloudfront, distribution)
        check("CloudFront: it is invalidated with all queries", "/2026/11/story-2/*" in paths, sorted(paths))
        profile = folder / "home/.aws"
        profile.mkdir(parents=True)
        (profile / "config").write_text(f"[profile base]\naws_access_key_id = A\naws_secret_access_key = S\n"
                                        f"[profile news]\nrole_arn = {role}\nsource_profile = base\n")
        site.story(0, "Corrected, too")
        env = CLEAN | {"AWS_ENDPOINT_URL": endpoint, "HOME": str(folder / "home"), "AWS_PROFILE": "news"}
        publishes("CloudFront: with a role of a profile", site, env=env)
        check("CloudFront: that page is invalidated", "/2026/11/story-0/" in invalidated(cloudfront, distribution))
        site.story(0, "Once more")
        env = CLEAN | {"HOME": str(folder)}
        failed = publishes("CloudFront: without credentials", site, env=env, code=2)
        check("CloudFront: it says that there are none", "no AWS credentials" in failed.stdout + failed.stderr, failed.stderr)


def invalidations(cloudfront, distribution):
    """The ids of all invalidations."""
    listed = cloudfront.list_invalidations(DistributionId=distribution)["InvalidationList"].get("Items", [])
    return {one["Id"] for one in listed}


def invalidated(cloudfront, distribution, earlier=frozenset()):
    """All paths of all invalidations but the earlier ones."""
    paths = set()
    for one in invalidations(cloudfront, distribution) - earlier:
        batch = cloudfront.get_invalidation(DistributionId=distribution, Id=one)["Invalidation"]["InvalidationBatch"]
        paths |= set(batch["Paths"]["Items"])
    return paths


def check_notifications(folder):
    """A hub, an engine and a hook after a publication."""
    seen = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            seen.append((self.path, body))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_):
            pass

    hub = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=hub.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{hub.server_port}"
    hook = "cat > changes.json; echo from the hook; printf '%s' \"$BULLETIN_TARGET\" > target.txt"
    target = {"to": "folder", "path": str(folder / "out"), "index_now": "0123456789abcdef", "hooks": [hook]}
    staging = {"to": "folder", "path": str(folder / "staging"), "url": "http://staging.test/"}
    text = settings(json.dumps(target)) + f"  staging: {json.dumps(staging)}\nfeeds: {{hub: {url}/hub}}\n"
    site = Site(folder / "site", text, 3)
    env = CLEAN | {"INDEXNOW_ENDPOINT": f"{url}/indexnow"}
    publishes("notifications: a publication to staging", site, "staging", env=env)
    check("notifications: nobody hears of staging", seen == [], seen)
    done = publishes("notifications: a publication", site, "production", "--json", env=env)
    check("notifications: the output of the hook is not in that of bulletin", "from the hook" not in done.stdout and "from the hook" in done.stderr)
    feeds = {urllib.parse.parse_qs(body)["hub.url"][0] for path, body in seen if path == "/hub"}
    check("notifications: the hub hears of the feeds", f"http://{HOST}/rss.xml" in feeds, feeds)
    posted = [json.loads(body) for path, body in seen if path == "/indexnow"]
    stories = {f"http://{HOST}/2026/11/story-{number}/" for number in range(3)}
    check("notifications: search engines hear of the stories", posted and stories == set(posted[0]["urlList"]), posted)
    key = folder / "out/current/0123456789abcdef.txt"
    check("notifications: the site has the key", key.exists() and key.read_text() == "0123456789abcdef")
    changes = json.loads((site.root / "changes.json").read_text())
    urls = {file["url"] for file in changes["added"]}
    check("notifications: the hook gets the changes", stories <= urls and changes["target"] == "production", changes)
    check("notifications: and the name of the target", (site.root / "target.txt").read_text() == "production")
    hub.shutdown()


def main():
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="bulletin-caches-", ignore_cleanup_errors=True) as folder:
        folder = pathlib.Path(folder)
        folder.chmod(0o755)
        root = folder / "varnish"
        root.mkdir()
        check_cache("Varnish", root, "/", lambda origin, port: Both(nginx(root / "nginx", root / "out", origin), varnish(root / "cache", origin, port)))
        nginx_root = folder / "nginx"
        nginx_root.mkdir()
        check_cache("nginx", nginx_root, "/purge", lambda origin, port: nginx(nginx_root / "server", nginx_root / "out", origin, port))
        (folder / "verify").mkdir()
        check_verification(folder / "verify")
        (folder / "notify").mkdir()
        check_notifications(folder / "notify")
        (folder / "cloudfront").mkdir()
        check_cloudfront(folder / "cloudfront")
    print(f"{time.monotonic() - began:.0f} s")
    finish()


if __name__ == "__main__":
    main()
