"""Runs the commands of the recipes in docs/publishing.md: schedules, CI, and hosts without a target."""

import functools
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import threading
import time

import yaml
from support import BULLETIN, Site, check, finish, free_port, tree

DOCS = pathlib.Path(__file__).resolve().parents[2] / "docs/publishing.md"
# In a recipe this installs the program, which the test brings along.
INSTALL = "pip install bulletin-ssg"
hooks = []


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        hooks.append(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class Files(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


def serve(handler):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def blocks(language):
    """The recipes of a language, each with its first line."""
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS.read_text(), re.S | re.M)


def shell(line, site, env):
    return subprocess.run(["sh", "-c", line], cwd=site.root, env=env, capture_output=True, text=True, timeout=120)


def published(www):
    current = www / "current"
    return tree(current, {"_bulletin/build.txt"}) if current.exists() else {}


def wait_for(condition):
    for _ in range(100):
        if condition():
            return True
        time.sleep(0.1)
    return False


def steps(recipe):
    """The commands of a workflow of GitHub or a job of GitLab, in order."""
    for job in (recipe.get("jobs") or recipe).values():
        if isinstance(job, dict):
            yield from (step["run"] for step in job.get("steps", []) if "run" in step)
            yield from job.get("script", [])


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix="recipes-"))
    www = work / "www"
    www.mkdir()
    (www / "current").symlink_to("nothing")
    port = serve(functools.partial(Files, directory=str(www / "current")))
    (www / "current").unlink()
    settings = (
        f"title: Recipes\nbase_url: http://127.0.0.1:{port}/\n"
        "publish: {production: {to: folder, path: ../www, verify: true}}\n"
    )
    programs = work / "bin"
    programs.mkdir()
    (programs / "bulletin").symlink_to(BULLETIN)
    env = os.environ | {"PATH": f"{programs}:{os.environ['PATH']}", "BUILD_HOOK": f"http://127.0.0.1:{serve(Hook)}/"}
    site = Site(work / "site", settings, 3)
    try:
        check_service(site, www, env)
        check_crontab(site, www, env)
        check_workflows(site, www, env)
        check_changes(site, env)
    finally:
        shutil.rmtree(work)
    finish()


def check_service(site, www, env):
    (unit,) = blocks("ini")
    command = re.search(r"^ExecStart=(.*)$", unit, re.M)[1].replace("/usr/local/bin/", "")
    with subprocess.Popen(command.split(), cwd=site.root, env=env, stderr=subprocess.PIPE, text=True) as service:
        check("the service publishes when it starts", wait_for(lambda: published(www) == site.built() != {}))
        # It watches once the first publication is done.
        while "Waiting for changes" not in service.stderr.readline():
            pass
        site.story(1, "Corrected.")
        check("it publishes a saved story", wait_for(lambda: b"Corrected." in published(www).get("2026/11/story-1/index.html", b"")))
        soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 6))
        site.story(7, "Secret.", f"embargo: {soon}\n")
        time.sleep(3)
        check("an embargoed story is not published", not any(b"Secret." in data for data in published(www).values()))
        check("it is when the embargo ends", wait_for(lambda: any(b"Secret." in data for data in published(www).values())))
        service.kill()


def check_crontab(site, www, env):
    for line in (line for block in blocks("crontab") for line in block.splitlines()):
        command = re.sub(r"^(\S+ ){5}", "", line).replace("/srv/herald/site", str(site.root))
        site.story(2, f"Before {len(hooks)} {command[:4]}.")
        run = shell(command, site, env)
        check(f"cron: {command[:60]}", run.returncode == 0, run.stderr)
        if "bulletin" in command:
            check("cron publishes", published(www) == site.built())
            check("and says nothing", run.stdout + run.stderr == "", run.stderr)
        else:
            check("the build hook is called", len(hooks) == 1)


def check_workflows(site, www, env):
    for text in blocks("yaml"):
        if not text.startswith("# ."):
            continue
        name = text.splitlines()[0].removeprefix("# ")
        site.story(2, f"Published by {name} {len(text)}.")
        commands = [command for command in steps(yaml.safe_load(text)) if command != INSTALL]
        for command in commands:
            run = shell(command, site, env)
            check(f"{name}: {command}", run.returncode == 0, run.stderr)
        if "bulletin publish" in commands:
            check(f"{name} publishes", published(www) == site.built())
        else:
            check(f"{name} builds", any(f"Published by {name}".encode() in data for data in site.built().values()))


def check_changes(site, env):
    (console,) = [block for block in blocks("console") if "bulletin changed" in block]
    commands = [line.removeprefix("$ ") for line in console.splitlines() if line.startswith("$ ")]
    for command in commands:
        run = shell(command, site, env)
        check(command, run.returncode == 0, run.stderr)
    check("changes are lines of JSON", run.stdout.startswith('{"reason":"changed-file","change":"added","path":'), run.stdout[:200])
    check("nothing changed since", shell(commands[-1], site, env).stdout == "")


main()
