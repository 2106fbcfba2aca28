"""Object stores: a site is published to real servers, and what they have is compared with the build, byte for byte and header for header.

moto is truthful about conditions, s3s-fs about signatures and checksums, rclone ignores conditions, Azurite is Microsoft's own emulator. The HTTP client
is checked with certificates that are not valid, through a proxy, and over IPv6.
"""

import contextlib
import datetime
import os
import pathlib
import random
import re
import shutil
import socket
import socketserver
import subprocess
import tempfile
import threading
import time
import warnings

import boto3
import botocore.exceptions
from azure.storage.blob import BlobServiceClient, ContainerSasPermissions, generate_container_sas
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from support import BULLETIN, Site, check, finish, free_port, server

HERE = pathlib.Path(__file__).resolve().parent
BIN = HERE / ".venv/bin"
SECRET = "very-secret-key-0123456789"
# No credentials and no proxy of this machine.
CLEAN = {
    name: value
    for name, value in os.environ.items()
    if not name.startswith(("AWS_", "AZURE_", "GCS_", "GS_", "SSL_")) and "proxy" not in name.lower()
} | {"AWS_EC2_METADATA_DISABLED": "true"}
KEYS = CLEAN | {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}
# Buckets are in paths, whatever the name of the host.
MOTO = CLEAN | {"S3_IGNORE_SUBDOMAIN_BUCKETNAME": "true"}
ODD = ["odd name +100% 'q' & é=1,;@.txt", "/".join(["b" * 190] * 5) + "/c.txt"]

SETTINGS = """title: The Herald
base_url: https://herald.example/
redirects: {/old/: /atom.xml}
publish:
  production: {%s}
"""


class S3:
    """A bucket, as another program sees it."""

    def __init__(self, url, **options):
        config = boto3.session.Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1})
        self.client = boto3.client(
            "s3", endpoint_url=url, aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key=SECRET, region_name="us-east-1", config=config, **options
        )
        self.settings = f'to: s3, bucket: herald, prefix: news, region: us-east-1, endpoint: "{url}"'

    def create(self):
        self.client.create_bucket(Bucket="herald")

    def objects(self):
        """Bytes, type and cache headers by key, and when each was stored."""
        found, pages = {}, self.client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket="herald", Prefix="news/"):
            for entry in page.get("Contents", []):
                one = self.client.get_object(Bucket="herald", Key=entry["Key"])
                found[entry["Key"][5:]] = (one["Body"].read(), one["ContentType"], one.get("CacheControl"), one["ETag"], one["LastModified"])
        return found


class Azure:
    """A container, as another program sees it."""

    ACCOUNT = "devstoreaccount1"
    # The key that Azurite is documented to have: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
    KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw=="

    def __init__(self, url):
        self.container = BlobServiceClient(url, credential=self.KEY, retry_total=0).get_container_client("$web")
        self.settings = f'to: azure, account: {self.ACCOUNT}, prefix: news, endpoint: "{url}"'

    def create(self):
        self.container.create_container()

    def signature(self, permissions="racwdl", minutes=60):
        return generate_container_sas(
            self.ACCOUNT,
            "$web",
            account_key=self.KEY,
            permission=ContainerSasPermissions.from_string(permissions),
            expiry=datetime.datetime.now(datetime.UTC) + datetime.timedelta(minutes=minutes),
        )

    def objects(self):
        found = {}
        for blob in self.container.list_blobs(name_starts_with="news/"):
            one, kind = self.container.get_blob_client(blob.name), blob.content_settings
            found[blob.name[5:]] = (one.download_blob().readall(), kind.content_type, kind.cache_control, blob.etag, blob.last_modified)
        return found


def publish(name, site, env, *arguments, code=0):
    """Publishes, and checks the exit code and that no secret is in the output."""
    run = site.run("publish", *arguments, env=env)
    output = run.stdout + run.stderr
    secrets = [SECRET, Azure.KEY] + re.findall(r"sig=[^&]+", env.get("AZURE_STORAGE_SAS_TOKEN", ""))
    leaked = [secret for secret in secrets if secret in output]
    if run.returncode != code or leaked:
        check(f"{name}: exit code {code}, no secrets", False, f"exit code {run.returncode}\n{output}")
    return output


def same(name, store, site):
    """Checks that the store has the build and nothing else. Returns its objects."""
    objects, built = store.objects(), site.built()
    found = {key: value[0] for key, value in objects.items() if not key.startswith("_bulletin/")}
    different = [key for key in {**found, **built} if found.get(key) != built.get(key)]
    check(f"{name} ({len(built)} files)", not different and len(built) > 10, f"{different[:5]}")
    return objects


def new_site(folder, name, settings):
    site = Site(pathlib.Path(folder) / name, SETTINGS % settings, 5)
    for odd in ODD:
        site.write(f"static/{odd}", odd)
    site.write("static/cafe\u0301.txt", "NFD")
    return site


def exercise(folder, name, store, env, has_buckets=True):
    """First publication, one story, a header, a story that goes, a lost record, a second machine. Some servers make a missing bucket."""
    site = new_site(folder, name, store.settings)
    # Large enough to be streamed, and for the server to be asked first whether it takes it.
    (site.root / "static/film.bin").write_bytes(random.Random(1).randbytes(9_000_000))
    if has_buckets:
        output = publish(name, site, env, code=2)
        check(f"{name}: a missing bucket", "[publish/missing]" in output and "help:" in output, output)
    store.create()
    first_output = publish(name, site, env)
    first = same(f"{name}: first publication", store, site)
    expected = {"index.html": "text/html; charset=utf-8", "robots.txt": "text/plain; charset=utf-8", "atom.xml": "application/atom+xml"}
    kinds = {key: first[key][1] for key in expected}
    check(f"{name}: types", kinds == expected, f"{kinds}")
    check(f"{name}: cache headers", first["index.html"][2] == "public, max-age=0, must-revalidate", first["index.html"][2])
    check(f"{name}: odd names", all(odd in first for odd in [*ODD, "café.txt"]), f"{sorted(first)}")
    check(f"{name}: nothing to do", "Nothing to publish" in publish(name, site, env))

    site.story(3, "Corrected text.")
    publish(name, site, env)
    second = same(f"{name}: one change", store, site)
    kept = [key for key in first if first[key][4] == second[key][4]]
    check(f"{name}: what did not change is not sent ({len(kept)} kept)", "robots.txt" in kept and ODD[0] in kept, f"{kept}")

    site.write("static/_headers", "/robots.txt\n  Cache-Control: max-age=7\n")
    publish(name, site, env)
    third = same(f"{name}: a header", store, site)
    check(f"{name}: the header changed, the bytes did not", third["robots.txt"][:3] == (first["robots.txt"][0], first["robots.txt"][1], "max-age=7"), f"{third['robots.txt']}")

    gone = "2026/11/story-4/index.html"
    (site.root / "content/story-4.md").unlink()
    publish(name, site, env, "--yes")
    fourth = same(f"{name}: a story that goes", store, site)
    check(f"{name}: its page is gone", gone in third and gone not in fourth)

    other = pathlib.Path(folder) / f"{name}-other"
    shutil.copytree(site.root, other, ignore=shutil.ignore_patterns(".bulletin", "public"))
    other_site = object.__new__(Site)
    other_site.root = other
    check(f"{name}: another machine has nothing to do", "Nothing to publish" in publish(name, other_site, env))
    publish(name, other_site, env, "--repair")
    same(f"{name}: repair changes nothing", store, other_site)
    return site, other_site, first_output


def race(name, store, sites, env):
    """Two publications at once: afterwards the store has one of the two sites, and a publication that did not win says so."""
    for number, site in enumerate(sites):
        site.story(0, f"The text of machine {number}.")
    runs = [subprocess.Popen(site.command("publish"), env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for site in sites]
    outputs = [run.communicate(timeout=120)[0] for run in runs]
    losers = [output for run, output in zip(runs, outputs) if run.returncode != 0]
    told = all("publish/locked" in output or "publish/lost-race" in output for output in losers)
    check(f"{name}: of two at once, {2 - len(losers)} won", len(losers) < 2 and told, "\n".join(outputs))
    objects = {key: value[0] for key, value in store.objects().items() if not key.startswith("_bulletin/")}
    check(f"{name}: the store has one of the two sites", objects in [site.built() for site in sites])


def wrong_credentials(name, site, cases):
    for what, env, code in cases:
        output = publish(name, site, env, code=2)
        check(f"{name}: {what}", f"[{code}]" in output and "help:" in output, output)


def check_moto(folder):
    port, log = free_port(), folder / "moto.log"
    with server([BIN / "moto_server", "-H", "127.0.0.1", "-p", str(port)], port, log, env=MOTO):
        store = S3(f"http://127.0.0.1:{port}")
        site, other, output = exercise(folder, "moto", store, KEYS)
        redirect = store.client.head_object(Bucket="herald", Key="news/old/index.html").get("WebsiteRedirectLocation")
        check("moto: a redirect is stored with its page", redirect == "/atom.xml", f"{redirect}")
        check("moto: conditions are honored", "publish/no-conditions" not in output, output)
        before = log.read_text().count("list-type=2")
        site.story(1, "Another text.")
        publish("moto", site, KEYS)
        check("moto: one change needs no list", log.read_text().count("list-type=2") == before)
        race("moto", store, [site, other], KEYS)
        pages(folder, store)
        google(folder, store)


def pages(folder, store):
    """A list of more than one page, and more objects than one request deletes. The record is lost, so the bucket is listed."""
    site = new_site(folder, "pages", store.settings.replace("prefix: news", "prefix: pages"))
    for number in range(1200):
        site.write(f"static/many/{number}.txt", f"{number}")
    publish("moto", site, KEYS)
    store.client.delete_object(Bucket="herald", Key="pages/_bulletin/record")
    shutil.rmtree(site.root / ".bulletin")
    shutil.rmtree(site.root / "static/many")
    output = publish("moto", site, KEYS, "--yes")
    many = store.client.list_objects_v2(Bucket="herald", Prefix="pages/many/")
    check("moto: 1,200 listed objects are deleted", many["KeyCount"] == 0, output)


def google(folder, store):
    """The requests of Google's XML API with a token. moto knows neither its conditions nor its signatures, which are Google's own."""
    settings = f'to: gcs, bucket: herald, prefix: news, endpoint: "{store.client.meta.endpoint_url}"'
    site = new_site(folder, "gcs", settings)
    env = CLEAN | {"CLOUDSDK_AUTH_ACCESS_TOKEN": SECRET}
    output = publish("gcs", site, env, "--yes", "--repair")
    check("gcs: no lock is claimed without conditions", "publish/no-conditions" in output, output)
    same("gcs: publication, by the protocol of moto", store, site)
    site.story(3, "Corrected text.")
    publish("gcs", site, env)
    same("gcs: one change", store, site)
    output = publish("gcs", site, CLEAN, code=2)
    check("gcs: no credentials", "GCS_ACCESS_KEY_ID" in output and "[publish/credentials]" in output, output)


def check_s3s(folder):
    program = HERE / ".cargo/bin/s3s-fs"
    port, data = free_port(), folder / "s3s"
    data.mkdir()
    command = [program, "--access-key", "AKIDEXAMPLE", "--secret-key", SECRET, "--host", "127.0.0.1", "--port", str(port), data]
    with server(command, port, folder / "s3s.log", env=CLEAN):
        store = S3(f"http://127.0.0.1:{port}")
        # It cannot store these names.
        global ODD
        ODD, odd = ["odd name 'q' & é=1,;@.txt"], ODD
        site, _, _ = exercise(folder, "s3s-fs", store, KEYS, has_buckets=False)
        ODD = odd
        for checksum in ["md5", "none"]:
            text = SETTINGS % f"{store.settings}, checksum: {checksum}"
            site.write("bulletin.yaml", text)
            site.story(1, f"With the checksum {checksum}.")
            publish("s3s-fs", site, KEYS)
            same(f"s3s-fs: checksum {checksum}", store, site)
        cases = [
            ("a wrong secret key", KEYS | {"AWS_SECRET_ACCESS_KEY": "wrong"}, "publish/credentials"),
            ("a wrong access key", KEYS | {"AWS_ACCESS_KEY_ID": "AKIDOTHER"}, "publish/credentials"),
            ("no credentials", CLEAN | {"HOME": str(folder)}, "publish/credentials"),
        ]
        wrong_credentials("s3s-fs", site, cases)


def check_rclone(folder):
    port, data = free_port(), folder / "rclone-data"
    data.mkdir()
    command = [BIN / "rclone", "serve", "s3", "--auth-key", f"AKIDEXAMPLE,{SECRET}", "--addr", f"127.0.0.1:{port}", data]
    env = CLEAN | {"RCLONE_CONFIG": "/dev/null"}
    with server(command, port, folder / "rclone.log", env=env):
        store = S3(f"http://127.0.0.1:{port}")
        site, _, output = exercise(folder, "rclone", store, KEYS)
        check("rclone: no lock is claimed without conditions", "publish/no-conditions" in output, output)
        wrong_credentials("rclone", site, [("a wrong secret key", KEYS | {"AWS_SECRET_ACCESS_KEY": "wrong"}, "publish/credentials")])


def check_azurite(folder):
    port = free_port()
    command = [HERE / "node_modules/.bin/azurite-blob", "--silent", "--blobHost", "127.0.0.1", "--blobPort", str(port), "--location", folder / "azurite-data", "--skipApiVersionCheck"]
    with server(command, port, folder / "azurite.log", env=CLEAN):
        store = Azure(f"http://127.0.0.1:{port}/{Azure.ACCOUNT}")
        signed = CLEAN | {"AZURE_STORAGE_SAS_TOKEN": store.signature()}
        site, other, output = exercise(folder, "azurite", store, signed)
        check("azurite: conditions are honored", "publish/no-conditions" not in output, output)
        site.story(1, "With the account key.")
        publish("azurite", site, CLEAN | {"AZURE_STORAGE_KEY": Azure.KEY})
        same("azurite: with the key of the account", store, site)
        race("azurite", store, [site, other], signed)
        other_key = Azure.KEY.replace("Eby8", "AAAA")
        cases = [
            ("a signature that expired", CLEAN | {"AZURE_STORAGE_SAS_TOKEN": store.signature(minutes=-5)}, "publish/credentials"),
            ("a signature that only reads", CLEAN | {"AZURE_STORAGE_SAS_TOKEN": store.signature("rl")}, "publish/denied"),
            ("a wrong key", CLEAN | {"AZURE_STORAGE_KEY": other_key}, "publish/credentials"),
            ("no credentials", CLEAN, "publish/credentials"),
        ]
        site.story(1, "Not to be stored.")
        wrong_credentials("azurite", site, cases)


def certificate(folder, name, host, days=(-1, 30), issuer=None):
    """Writes a certificate and its key. Returns both paths, and what signs others."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.datetime.now(datetime.UTC)
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, host or "Test authority")])
    builder = x509.CertificateBuilder().subject_name(subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
    builder = builder.issuer_name(issuer[0] if issuer else subject)
    builder = builder.not_valid_before(now + datetime.timedelta(days[0])).not_valid_after(now + datetime.timedelta(days[1]))
    builder = builder.add_extension(x509.BasicConstraints(ca=host is None, path_length=None), critical=True)
    if host:
        builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
    signed = builder.sign(issuer[1] if issuer else key, hashes.SHA256())
    paths = folder / f"{name}.crt", folder / f"{name}.key"
    paths[0].write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()))
    return *paths, (subject, key)


class Proxy(socketserver.ThreadingTCPServer):
    """A proxy that connects to this machine, whatever the name of the host."""

    daemon_threads, allow_reuse_address = True, True

    class RequestHandlerClass(socketserver.BaseRequestHandler):
        def handle(self):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                part = self.request.recv(1)
                if not part:
                    return
                head += part
            self.server.asked.append(head.split(b" ")[1].decode())
            with socket.create_connection(("127.0.0.1", int(head.split(b" ")[1].rsplit(b":", 1)[1]))) as other:
                self.request.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
                back = threading.Thread(target=pump, args=(other, self.request), daemon=True)
                back.start()
                pump(self.request, other)
                back.join()

    def __init__(self):
        self.asked = []
        super().__init__(("127.0.0.1", 0), self.RequestHandlerClass)


def pump(source, target):
    with contextlib.suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def check_tls(folder):
    """A store with certificates, behind a proxy that knows the names of hosts."""
    authority, _, issuer = certificate(folder, "authority", None)
    for what, host, days, by, said in [
        ("a trusted certificate", "store.test", (-1, 30), issuer, None),
        ("a certificate that expired", "store.test", (-30, -2), issuer, "the certificate expired on"),
        ("a certificate that is not valid yet", "store.test", (2, 30), issuer, "the certificate is not valid before"),
        ("a certificate of another host", "other.test", (-1, 30), issuer, "the certificate is for another host: other.test"),
        ("a certificate of an unknown authority", "store.test", (-1, 30), None, "from a CA that this machine does not trust"),
    ]:
        crt, key, _ = certificate(folder, "host", host, days, by)
        port = free_port()
        command = [BIN / "moto_server", "-H", "127.0.0.1", "-p", str(port), "-c", crt, "-k", key]
        with server(command, port, folder / "tls.log", env=MOTO), Proxy() as proxy:
            threading.Thread(target=proxy.serve_forever, daemon=True).start()
            site = new_site(folder, f"tls-{what.replace(' ', '-')}", S3(f"https://store.test:{port}").settings)
            env = KEYS | {"SSL_CERT_FILE": str(authority), "HTTPS_PROXY": f"http://127.0.0.1:{proxy.server_address[1]}"}
            if said:
                output = publish("TLS", site, env, code=2)
                check(f"TLS: {what}", said in re.sub(r"\s+", " ", output) and "[publish/unreachable]" in output and "help:" in output, output)
            else:
                store = S3(f"https://127.0.0.1:{port}", verify=False)
                store.create()
                publish("TLS", site, env)
                same(f"TLS: {what}, through a proxy", store, site)
                check("TLS: the proxy was asked for the host", proxy.asked and proxy.asked[0] == f"store.test:{port}", f"{proxy.asked[:3]}")
                output = publish("TLS", site, env | {"SSL_CERT_FILE": "/dev/null", "SSL_CERT_DIR": str(folder / "none")}, code=2)
                check("TLS: a machine without certificates", "ca-certificates" in output, output)
                output = publish("TLS", site, env | {"NO_PROXY": "store.test"}, code=2)
                check("TLS: no proxy, so no such host", "the host name has no address" in output, output)
            proxy.shutdown()


def check_addresses(folder):
    """A host that has only an IPv6 address, a port where nobody listens, a server that is no store."""
    port = free_port()
    if pathlib.Path("/proc/net/if_inet6").exists():
        log = folder / "ipv6.log"
        with open(log, "ab") as out:
            process = subprocess.Popen([BIN / "moto_server", "-H", "::1", "-p", str(port)], stdout=out, stderr=out, env=MOTO)
        try:
            store = S3(f"http://[::1]:{port}")
            for _ in range(100):
                with contextlib.suppress(botocore.exceptions.EndpointConnectionError):
                    store.create()
                    break
                time.sleep(0.1)
            site = new_site(folder, "ipv6", store.settings)
            publish("IPv6", site, KEYS)
            same("IPv6: first publication", store, site)
        finally:
            process.terminate()
            process.wait(10)
    site = new_site(folder, "nobody", S3(f"https://127.0.0.1:{free_port()}").settings)
    output = publish("nobody", site, KEYS, code=2)
    check("a port where nobody listens", "the connection was refused" in output and "[publish/unreachable]" in output, output)


def main():
    check("bulletin is there", shutil.which(BULLETIN) is not None)
    warnings.filterwarnings("ignore", message="Unverified HTTPS request")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        check_moto(folder)
        check_s3s(folder)
        check_rclone(folder)
        check_azurite(folder)
        check_tls(folder)
        check_addresses(folder)
    finish()


if __name__ == "__main__":
    main()
