#!/usr/bin/env python3
"""Makes a wheel that carries a binary: `pip install bulletin-ssg` puts `bulletin` on the path.

usage: wheel.py BINARY TARGET LICENSES FOLDER        SOURCE_DATE_EPOCH is the time of its files
"""
import base64
import hashlib
import os
import sys
import time
import zipfile

import crates

NAME = "bulletin-ssg"
MODULE = "bulletin_ssg"
# A static binary runs with any C library. pip wants to hear of both, and of the oldest versions that it knows.
PLATFORMS = {
    "x86_64-unknown-linux-musl": "manylinux2014_x86_64.manylinux_2_17_x86_64.musllinux_1_1_x86_64",
    "aarch64-unknown-linux-musl": "manylinux2014_aarch64.manylinux_2_17_aarch64.musllinux_1_1_aarch64",
}


def main():
    binary, target, licenses, folder = sys.argv[1:]
    package = crates.own(crates.metadata(target))
    version, tag = package["version"], f"py3-none-{PLATFORMS[target]}"
    info = f"{MODULE}-{version}.dist-info"
    files = {
        f"{MODULE}-{version}.data/scripts/bulletin": read(binary),
        f"{MODULE}/__init__.py": read(crates.ROOT, "dist/python/__init__.py"),
        f"{MODULE}/__main__.py": read(crates.ROOT, "dist/python/__main__.py"),
        f"{info}/licenses/LICENSE-APACHE": read(crates.ROOT, "LICENSE-APACHE"),
        f"{info}/licenses/LICENSE-MIT": read(crates.ROOT, "LICENSE-MIT"),
        f"{info}/licenses/THIRD-PARTY.txt": read(licenses),
        f"{info}/METADATA": metadata(package),
        f"{info}/WHEEL": wheel(tag),
    }
    record = "".join(f"{path},sha256={digest(data)},{len(data)}\n" for path, data in sorted(files.items()))
    files[f"{info}/RECORD"] = f"{record}{info}/RECORD,,\n".encode()
    path = os.path.join(folder, f"{MODULE}-{version}-{tag}.whl")
    write(path, files)
    print(path)


def read(*path):
    with open(os.path.join(*path), "rb") as file:
        return file.read()


def digest(data):
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()


def metadata(package):
    """https://packaging.python.org/en/latest/specifications/core-metadata/"""
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {NAME}",
        f"Version: {package['version']}",
        f"Summary: {package['description']}",
        f"License-Expression: {package['license']}",
        "License-File: LICENSE-APACHE",
        "License-File: LICENSE-MIT",
        "License-File: THIRD-PARTY.txt",
        f"Keywords: {','.join(package['keywords'])}",
        "Classifier: Environment :: Console",
        "Classifier: Programming Language :: Rust",
        "Classifier: Topic :: Text Processing :: Markup :: Markdown",
        "Requires-Python: >=3.8",
        "Description-Content-Type: text/markdown",
        "",
    ]
    return "\n".join(lines).encode() + b"\n" + read(crates.ROOT, "dist/python/README.md")


def wheel(tag):
    interpreter, abi, platforms = tag.split("-")
    tags = "".join(f"Tag: {interpreter}-{abi}-{platform}\n" for platform in platforms.split("."))
    return f"Wheel-Version: 1.0\nGenerator: bulletin dist/wheel.py\nRoot-Is-Purelib: false\n{tags}".encode()


def write(path, files):
    made = time.gmtime(int(os.environ["SOURCE_DATE_EPOCH"]))[:6]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        # The specification wants the metadata last.
        for name in sorted(files, key=lambda name: (".dist-info/" in name, name.endswith("/RECORD"), name)):
            entry = zipfile.ZipInfo(name, made)
            entry.create_system = 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o100755 if "/scripts/" in name else 0o100644) << 16
            archive.writestr(entry, files[name])


if __name__ == "__main__":
    main()
