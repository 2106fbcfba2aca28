#!/usr/bin/env python3
"""Checks a bill of materials against the schema of CycloneDX, and that its graph names only what it lists.

usage: check_sbom.py FILE
"""
import json
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

with open(sys.argv[1]) as file:
    text = file.read()
if error := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
    sys.exit(f"{sys.argv[1]} is not valid: {error}")
bill = json.loads(text)
listed = {bill["metadata"]["component"]["bom-ref"]} | {component["bom-ref"] for component in bill["components"]}
unknown = {use for entry in bill["dependencies"] for use in [entry["ref"], *entry["dependsOn"]]} - listed
if unknown:
    sys.exit(f"{sys.argv[1]} depends on what it does not list: {unknown}")
