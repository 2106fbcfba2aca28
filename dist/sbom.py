#!/usr/bin/env python3
"""Prints the bill of materials of a binary: CycloneDX 1.6 as JSON (https://cyclonedx.org/docs/1.6/json/).

usage: sbom.py TARGET        SOURCE_DATE_EPOCH is the time in it
"""
import datetime
import json
import os
import sys
import tomllib
import uuid

import crates


def main():
    target = sys.argv[1]
    data = crates.metadata(target)
    packages, own = crates.shipped(data), crates.own(data)
    checksums = locked()
    others = sorted((package for package in packages.values() if package is not own), key=purl)
    made = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
    bill = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        # The same content has the same number.
        "serialNumber": uuid.uuid5(uuid.NAMESPACE_URL, f"{purl(own)} {target} {' '.join(map(purl, others))}").urn,
        "version": 1,
        "metadata": {
            "timestamp": made.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": component(own, "application", None) | {"properties": [{"name": "target", "value": target}]},
        },
        "components": [component(package, "library", checksums[package["name"], package["version"]]) for package in others],
        "dependencies": dependencies(data, packages),
    }
    print(json.dumps(bill, indent=1))


def locked():
    """The SHA-256 of each crate file, by name and version."""
    with open(os.path.join(crates.ROOT, "Cargo.lock"), "rb") as file:
        return {(one["name"], one["version"]): one.get("checksum") for one in tomllib.load(file)["package"]}


def purl(package):
    return f"pkg:cargo/{package['name']}@{package['version'].replace('+', '%2B')}"


def component(package, kind, checksum):
    made = {
        "type": kind,
        "bom-ref": purl(package),
        "name": package["name"],
        "version": package["version"],
        "licenses": [{"expression": crates.expression(package)}],
        "purl": purl(package),
    }
    if package["description"]:
        made["description"] = " ".join(package["description"].split())
    if checksum:
        made["hashes"] = [{"alg": "SHA-256", "content": checksum}]
    if (package["repository"] or "").startswith("https://"):
        made["externalReferences"] = [{"type": "vcs", "url": package["repository"]}]
    return made


def dependencies(data, packages):
    found = []
    for node in data["resolve"]["nodes"]:
        if node["id"] in packages:
            uses = {dep["pkg"] for dep in node["deps"] if any(kind["kind"] != "dev" for kind in dep["dep_kinds"])}
            found.append({"ref": purl(packages[node["id"]]), "dependsOn": sorted(purl(packages[use]) for use in uses)})
    return sorted(found, key=lambda entry: entry["ref"])


if __name__ == "__main__":
    main()
