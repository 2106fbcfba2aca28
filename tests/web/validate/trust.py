"""Checks robots.txt, security.txt (RFC 9116), trust.txt, humans.txt and ads.txt, and that the settings are complete."""

import re

from protego import Protego

from .site import instant

SECURITY = {"Acknowledgments", "Canonical", "Contact", "Encryption", "Expires", "Hiring", "Policy", "Preferred-Languages", "CSAF"}
TRUST = {"member", "belongto", "control", "controlledby", "social", "vendor", "customer", "disclosure", "contact", "datatrainingallowed"}
FILES = {"security_txt": ".well-known/security.txt", "trust_txt": "trust.txt", "humans_txt": "humans.txt", "ads_txt": "ads.txt"}


def check(site, report):
    """The existing files, and the expected ones."""
    missing = [f"{path} is missing" for key, path in FILES.items() if site.settings.get(key) and not site.has(path)]
    report("trust-files", site.where(""), missing)
    report("robots", site.where("robots.txt"), robots(site) if site.has("robots.txt") else ["robots.txt is missing"])
    if site.has(".well-known/security.txt"):
        report("security-txt", site.where(".well-known/security.txt"), security(site))
    if site.has("trust.txt"):
        report("trust-txt", site.where("trust.txt"), trust(site))
    for key in ("humans_txt", "ads_txt"):
        if site.settings.get(key) and site.has(FILES[key]):
            same = site.read(FILES[key]).decode().strip() == site.settings[key].strip()
            report("trust-texts", site.where(FILES[key]), [] if same else ["not the text of the settings"])


def _lines(site, path):
    text = site.read(path).decode()
    return [line.rstrip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def robots(site):
    """RFC 9309 and the sitemaps: crawlers must be allowed to read what the sitemaps list."""
    lines = _lines(site, "robots.txt")
    for line in lines:
        if not re.fullmatch(r"(User-agent|Allow|Disallow|Sitemap): ?\S.*|Disallow:", line):
            yield f"`{line}` is no rule"
    heads = [line.split(":")[0] for line in lines if not line.startswith("Sitemap:")]
    if heads and heads[0] != "User-agent" or heads and heads[-1] == "User-agent":
        yield "a rule for nobody, or nobody's rule"
    parsed = Protego.parse("\n".join(lines))
    maps = list(parsed.sitemaps)
    for path in ("sitemap.xml", "sitemaps/news.xml"):
        # Without news there is no news sitemap.
        if site.base + path not in maps and site.has(path):
            yield f"no sitemap {site.base}{path}"
    yield from (f"there is no {url}" for url in maps if not site.file_of(url))
    yield from (f"{url} is named {maps.count(url)} times" for url in set(maps) if maps.count(url) > 1)
    rules = site.settings.get("robots") or []
    named = {agent for rule in rules for agent in _list(rule.get("agent"))}
    if "*" not in named and not parsed.can_fetch(site.base, "Anybot"):
        yield "crawlers that no rule names may not read the front page"
    for rule in rules:
        for agent in _list(rule.get("agent")):
            if "/" in _list(rule.get("disallow")) and parsed.can_fetch(site.base, agent):
                yield f"{agent} may read the front page"
            for path in _list(rule.get("allow")):
                hosts = (site.base.rstrip("/") + path, "/".join(site.base.split("/", 3)[:3]) + path)
                if not any(parsed.can_fetch(url, agent) for url in hosts):
                    yield f"{agent} may not read {path}"


def _list(value):
    return value if isinstance(value, list) else [value] if value else []


def security(site):
    """RFC 9116 §2.5."""
    fields = {}
    for line in _lines(site, ".well-known/security.txt"):
        name, colon, value = line.partition(": ")
        if not colon or not value.strip():
            yield f"`{line}` is no field"
        elif name not in SECURITY:
            yield f"nobody knows {name}"
        fields.setdefault(name, []).append(value.strip())
    if not fields.get("Contact"):
        yield "no Contact"
    for name in ("Expires", "Preferred-Languages"):
        if len(fields.get(name, [])) != 1 and (name == "Expires" or name in fields):
            yield f"{len(fields.get(name, []))} of {name}"
    expires = instant((fields.get("Expires") or [""])[0])
    if not expires or expires <= site.as_of:
        yield f"expires {fields.get('Expires')}"
    for name in set(fields) - {"Expires", "Preferred-Languages"}:
        for value in fields[name]:
            if not re.fullmatch(r"(https://|mailto:|tel:|openpgp4fpr:|dns:)\S+", value):
                yield f"{name}: `{value}` is no URI of a safe kind"
    if site.base + ".well-known/security.txt" not in fields.get("Canonical", []):
        yield f"Canonical is {fields.get('Canonical')}"
    for value in fields.get("Preferred-Languages", []):
        if not re.fullmatch(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*(, ?[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*)*", value):
            yield f"Preferred-Languages: {value}"


def trust(site):
    """draft-org-trust-relationship-protocol: `key=value` lines."""
    for line in _lines(site, "trust.txt"):
        key, equals, value = line.partition("=")
        if not equals or key.strip() not in TRUST or not value.strip():
            yield f"`{line}` says nothing that is known"
        elif key.strip() == "datatrainingallowed":
            if value.strip() not in ("yes", "no"):
                yield f"`{line}`: yes or no"
        elif key.strip() != "contact" and not re.fullmatch(r"https?://\S+", value.strip()):
            yield f"`{line}` has no URL"
