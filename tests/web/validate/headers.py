"""Parses `_headers` as Netlify and Cloudflare Pages do → skipped lines, conflicting headers, and missing protection and caching.

`../browser.mjs` checks in a browser that pages work under the policy.
"""

import re
from urllib.parse import quote, urlsplit

NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
# Cloudflare's limits for the number of rules and the length of a line.
RULES, LONGEST = 100, 2000
YEAR = 31536000
HOUR = 3600
NEEDED = ("content-security-policy", "x-content-type-options", "referrer-policy", "cache-control")


def check(site, report):
    """Checks the file, and the headers of each file of the site."""
    if not site.has("_headers"):
        report("headers-exist", site.where(""), ["_headers is missing"])
        return
    where = site.where("_headers")
    rules, faults = read(site.read("_headers").decode())
    report("headers-read", where, faults)
    report("headers-policy", where, policy(applied(rules, _path(site, "index.html"))[0].get("content-security-policy", "")))
    clashes, lacking, caching = {}, {}, {}
    for path in site.files:
        headers, twice = applied(rules, _path(site, path))
        for name in twice:
            clashes.setdefault(f"{name} is set by two rules for {path}", None)
        is_page = path in site.pages and path != "404.html" and not site.pages[path].is_redirect
        if is_page:
            for name in NEEDED:
                if name not in headers:
                    lacking.setdefault(f"{name} is not set for {path}", None)
        for fault in _caching(path, headers, is_page):
            caching.setdefault(fault, None)
    report("headers-once", where, list(clashes)[:5])
    report("headers-needed", where, list(lacking)[:5])
    report("headers-caching", where, list(caching)[:5])


def _path(site, path):
    return urlsplit(site.base).path + quote(re.sub(r"(^|/)index\.html$", r"\1", path))


def read(text):
    """The rules, as (pattern, headers, removed headers), and the problems of lines."""
    rules, faults = [], []
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if len(line) > LONGEST:
            faults.append(f"a line of {len(line)} characters")
        if not line[0].isspace():
            if not re.fullmatch(r"(https?://)?\S*", line) or line.count("*") > 1 or not line.startswith(("/", "http")):
                faults.append(f"`{line}` is no path")
            rules.append((line.strip(), {}, set()))
            continue
        name, colon, value = line.strip().partition(":")
        if not rules:
            faults.append(f"`{line.strip()}` stands below no path")
        elif name.startswith("! "):
            rules[-1][2].add(name[2:].strip().lower())
        elif not colon or not NAME.fullmatch(name) or not value.strip() or not value.isprintable():
            faults.append(f"`{line.strip()}` is no header")
        elif name.lower() in rules[-1][1]:
            faults.append(f"{rules[-1][0]} sets {name} twice")
        else:
            rules[-1][1][name.lower()] = value.strip()
    paths = [path for path, _, _ in rules]
    faults += [f"two rules for {path}" for path in set(paths) if paths.count(path) > 1]
    faults += [f"a rule without headers: {path}" for path, headers, detached in rules if not headers and not detached]
    if len(rules) > RULES:
        faults.append(f"{len(rules)} rules, more than {RULES}")
    return rules, faults


def applied(rules, path):
    """The headers of a path, and those set by two rules: hosts join their values with commas, which breaks both."""
    headers, twice = {}, []
    for pattern, given, detached in rules:
        wanted = re.escape(urlsplit(pattern).path).replace(r"\*", ".*")
        if not re.fullmatch(re.sub(r":[a-z_]\w*", "[^/]+", wanted, flags=re.I), path):
            continue
        for name in detached:
            headers.pop(name, None)
        twice += [name for name in given if name in headers]
        headers |= given
    return headers, twice


def policy(text):
    """The requirements of a strict content security policy (w3.org/TR/CSP3)."""
    given = [part.split() for part in text.split(";") if part.strip()]
    directives = {parts[0].lower(): parts[1:] for parts in given}
    if len(given) != len(directives):
        yield "a directive is there twice"
    if directives.get("default-src") not in (["'none'"], ["'self'"]):
        yield f"default-src is {directives.get('default-src')}"
    for name in ("base-uri", "form-action", "frame-ancestors"):
        if name not in directives:
            yield f"no {name}, which default-src does not stand for"
    for name, sources in directives.items():
        for source in sources:
            if source in ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "http:", "data:") and not (name == "img-src" and source == "data:"):
                yield f"{name} allows {source}"


def _caching(path, headers, is_page):
    """Files with a fingerprint in their names are cached for a year, pages for at most an hour."""
    value = headers.get("cache-control", "")
    age = re.search(r"\bmax-age=(\d+)", value)
    if re.search(r"\.[0-9a-f]{10}\.\w+$", path):
        if not age or int(age[1]) < YEAR or "immutable" not in value:
            yield f"{path}, which never changes, is kept so: `{value}`"
    elif is_page and (not age or int(age[1]) > HOUR or "immutable" in value):
        yield f"{path} is kept so: `{value}`"
