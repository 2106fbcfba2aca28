#!/usr/bin/env python3
"""Prints the licenses of everything in a binary: crates, the Rust standard library, and musl's C library.

usage: licenses.py TARGET
"""
import html
import os
import re
import subprocess
import sys

import crates

MUSL = """musl as a whole is licensed under the following standard MIT license:

Copyright © 2005-2020 Rich Felker, et al.

Permission is hereby granted, free of charge, to any person obtaining
a copy of this software and associated documentation files (the
"Software"), to deal in the Software without restriction, including
without limitation the rights to use, copy, modify, merge, publish,
distribute, sublicense, and/or sell copies of the Software, and to
permit persons to whom the Software is furnished to do so, subject to
the following conditions:

The above copyright notice and this permission notice shall be
included in all copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND,
EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT.
IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY
CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT,
TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN CONNECTION WITH THE
SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""
LINE = "=" * 80


def main():
    target = sys.argv[1]
    data = crates.metadata(target)
    packages = [package for package in crates.shipped(data).values() if package is not crates.own(data)]
    packages.sort(key=lambda package: (package["name"], package["version"]))
    texts, without = {}, []
    for package in packages:
        files = crates.license_files(package)
        if not files:
            without.append(package)
        for path, text in files.items():
            # Copies that differ only in their line breaks are one text.
            texts.setdefault(" ".join(text.split()), (text.strip(), []))[1].append(f"{name(package)} ({path})")

    print("bulletin is made from these crates. Their sources are at https://crates.io/crates/NAME/VERSION.\n")
    for package in packages:
        print(f"{name(package)}: {crates.expression(package)}")
    if without:
        print("\nThese crates have no file with their license. Its text is below, under other crates:\n")
        for package in without:
            print(f"{name(package)}, by {', '.join(package['authors']) or 'its authors'}: {crates.expression(package)}")
    for text, of in sorted(texts.values(), key=lambda one: one[1]):
        print(f"\n{LINE}\n{chr(10).join(of)}\n{LINE}\n\n{text}")
    print(f"\n{LINE}\nThe Rust standard library\n{LINE}\n\n{standard_library()}")
    if "musl" in target:
        print(f"\n{LINE}\nmusl, the C library\n{LINE}\n\n{MUSL}", end="")


def name(package):
    return f"{package['name']} {package['version']}"


def standard_library():
    """The copyright notice that comes with the compiler, as text."""
    sysroot = subprocess.run(["rustc", "--print", "sysroot"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    path = os.path.join(sysroot, "share/doc/rust/COPYRIGHT-library.html")
    if not os.path.exists(path):
        return "Copyright (c) The Rust Project Contributors. MIT OR Apache-2.0, whose texts are above."
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"(?s)<(style|script|head)\b.*?</\1>", "", file.read())
    text = html.unescape(re.sub(r"<[^>]+>", "", text))
    lines = [line.rstrip() for line in text.splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


if __name__ == "__main__":
    main()
