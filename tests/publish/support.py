"""Shared by the checks of publishing: servers, sites, and runs of the program."""

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import time

BULLETIN = os.environ.get("BULLETIN", "bulletin")
_failures = []


def check(what, holds, detail=""):
    """Prints a line for a check."""
    print(f"{'ok' if holds else 'FAIL'}  {what}" + (f"\n      {detail}" if detail and not holds else ""), flush=True)
    if not holds:
        _failures.append(what)


def finish():
    """Ends the script: exit code 1 if a check failed."""
    print(f"{len(_failures)} failed", flush=True)
    sys.exit(1 if _failures else 0)


def free_port():
    """A port of the loopback interface that nobody uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def server(command, port, log, seconds=10, **options):
    """Runs a server until the end of the block, and waits until it answers, at most so many seconds."""
    with open(log, "ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, **options)
    try:
        for _ in range(20 * seconds):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            if process.poll() is not None:
                raise RuntimeError(f"{command[0]} ended: {pathlib.Path(log).read_text()}")
            time.sleep(0.05)
        else:
            raise RuntimeError(f"{command[0]} does not answer")
        yield process
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(10)
        if process.poll() is None:
            process.kill()


class Site:
    """A site with stories of a few hundred words."""

    def __init__(self, root, settings, stories):
        self.root = pathlib.Path(root)
        self.root.mkdir(parents=True)
        self.write("bulletin.yaml", settings)
        for number in range(stories):
            self.story(number, f"Text of story {number}.")

    def write(self, path, text):
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)

    def story(self, number, text, keys=""):
        body = "\n\n".join(f"{text} Paragraph {part} of {number}." for part in range(20))
        self.write(f"content/story-{number}.md", f"---\ntitle: Story {number}\ndate: 2026-11-01\n{keys}---\n{body}\n")

    def command(self, *arguments):
        return [BULLETIN, *arguments, "--site", str(self.root)]

    def run(self, *arguments, env=None):
        """Runs the program. Returns the finished process with its output as text."""
        return subprocess.run(self.command(*arguments), env=env, capture_output=True, text=True, timeout=120)

    def built(self):
        """The files of the last build."""
        return tree(self.root / "public", {".bulletin-files"})


def tree(root, without=frozenset()):
    """The bytes of all files below a folder, by path."""
    root = pathlib.Path(root)
    files = {str(path.relative_to(root)): path.read_bytes() for path in root.rglob("*") if path.is_file()}
    return {path: data for path, data in files.items() if path not in without}
