"""The crates that a binary is made from, as `cargo metadata` lists them."""
import json
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LICENSE_FILES = ("license", "licence", "copying", "copyright", "notice", "unlicense")


def metadata(target):
    command = ["cargo", "metadata", "--locked", "--format-version=1", "--filter-platform", target]
    return json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)


def shipped(data):
    """The packages that the binary is made from, by id: all but those that only tests use, the program's own included."""
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    found, waiting = set(), [data["resolve"]["root"]]
    while waiting:
        one = waiting.pop()
        if one not in found:
            found.add(one)
            waiting += [dep["pkg"] for dep in nodes[one]["deps"] if any(kind["kind"] != "dev" for kind in dep["dep_kinds"])]
    return {package["id"]: package for package in data["packages"] if package["id"] in found}


def own(data):
    return next(package for package in data["packages"] if package["id"] == data["resolve"]["root"])


def expression(package):
    """The license in SPDX's notation. Old crates write `/` for `OR`."""
    license = package["license"]
    if not license:
        sys.exit(f"{package['name']} {package['version']} names no license")
    return license.replace(" / ", "/").replace("/", " OR ")


def license_files(package):
    """The texts of licenses in a crate, by path. Code that a crate copied has its own."""
    folder = os.path.dirname(package["manifest_path"])
    found = {}
    for where, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in ("tests", "benches", "examples", "target"))
        for name in sorted(files):
            if name.lower().startswith(LICENSE_FILES) and not name.endswith((".rs", ".tmpl", ".spdx")):
                with open(os.path.join(where, name), encoding="utf-8", errors="replace") as file:
                    found[os.path.relpath(os.path.join(where, name), folder)] = file.read()
    return found
