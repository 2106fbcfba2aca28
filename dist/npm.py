#!/usr/bin/env python3
"""Makes npm packages: `bulletin-ssg`, and one for a platform that carries a binary. npm installs only the one that fits.

usage: npm.py BINARY TARGET LICENSES FOLDER        packs with `npm pack`
"""
import json
import os
import shutil
import subprocess
import sys
import tempfile

import crates

NAME = "bulletin-ssg"
# What Node.js calls the platforms. Static binaries need no `libc`.
PLATFORMS = {
    "x86_64-unknown-linux-musl": ("linux", "x64"),
    "aarch64-unknown-linux-musl": ("linux", "arm64"),
}


def main():
    binary, target, licenses, folder = sys.argv[1:]
    package = crates.own(crates.metadata(target))
    system, cpu = PLATFORMS[target]
    shared = {
        "version": package["version"],
        "description": package["description"],
        "license": f"({package['license']})",
        "keywords": package["keywords"],
    }
    names = sorted(f"{NAME}-{system}-{cpu}" for system, cpu in PLATFORMS.values())
    main_package = {"name": NAME, **shared, "bin": {"bulletin": "bulletin.js"}, "engines": {"node": ">=16"}}
    main_package |= {"optionalDependencies": {name: package["version"] for name in names}}
    texts = {name: os.path.join(crates.ROOT, name) for name in ("LICENSE-APACHE", "LICENSE-MIT")}
    here = os.path.join(crates.ROOT, "dist/npm")
    pack(folder, main_package, texts | {name: os.path.join(here, name) for name in ("README.md", "bulletin.js")})

    brought = f"The program for {NAME}."
    # Yarn's Plug'n'Play must unpack it, because a file in an archive cannot be run.
    one = {"name": f"{NAME}-{system}-{cpu}", **shared, "description": brought, "os": [system], "cpu": [cpu], "preferUnplugged": True}
    pack(folder, one, texts | {"THIRD-PARTY.txt": licenses, "bulletin": binary})


def pack(folder, package, files):
    with tempfile.TemporaryDirectory() as work:
        for name, path in files.items():
            shutil.copyfile(path, os.path.join(work, name))
            os.chmod(os.path.join(work, name), 0o755 if name in ("bulletin", "bulletin.js") else 0o644)
        with open(os.path.join(work, "package.json"), "w") as file:
            json.dump(package | {"files": sorted(files)}, file, indent=2)
        command = ["npm", "pack", "--silent", "--pack-destination", os.path.abspath(folder)]
        subprocess.run(command, cwd=work, stdout=subprocess.DEVNULL, check=True)
    print(os.path.join(folder, f"{package['name']}-{package['version']}.tgz"))


if __name__ == "__main__":
    main()
