# SPDX-License-Identifier: MIT
"""proxy.py BIN_DIR OPERATIONS.md: origamid under a base path behind nginx, configured as the document says.

The lines of the document are taken as they stand, with TLS, a password, kept-alive upstream connections and a cache; only
addresses and the names of files are put in. BIN_DIR holds origami and origamid. Exit status 77: skipped.
"""

import base64
import gzip
import http.client
import json
import os
import pathlib
import re
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import time

PREFIX = "/origami"
USER = "Basic " + base64.b64encode(b"somebody:secret").decode()
REQUESTS = 300
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")

OPENSSL = shutil.which("openssl")
SAME = ("ETag", "Cache-Control", "Last-Modified", "Vary", "Content-Type", "Content-Encoding", "Content-Length", "Allow",
        "Retry-After", "Location", "Timing-Allow-Origin", "X-Content-Type-Options", "Access-Control-Allow-Origin",
        "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age",
        "Access-Control-Expose-Headers")

# What nginx itself wants in a folder of its own, and a second way in: a proxy that cuts its prefix off.
AROUND = """
user root; daemon off; worker_processes 1; pid WORK/nginx.pid; error_log WORK/nginx.log;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path WORK/body; proxy_temp_path WORK/proxy; fastcgi_temp_path WORK/f; uwsgi_temp_path WORK/u;
  scgi_temp_path WORK/s;
  add_header X-Cache $upstream_cache_status;
  include WORK/origami.conf;
  server { listen 127.0.0.1:SECOND; location /elsewhere/ { proxy_pass http://origami/origami/; } }
}
"""


def documented(operations, filled_in):
    """The document's block for nginx, in which each text of `filled_in` stands and is replaced."""
    block = re.search(r"```nginx\n(.*?)```", operations.read_text(encoding="utf-8"), re.DOTALL)[1]
    for text, instead in filled_in.items():
        assert text in block, f"{operations.name} has no {text} in its block for nginx"
        block = block.replace(text, str(instead))
    return block


def write_secrets(work):
    subprocess.run([OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
                    "-keyout", work / "key", "-out", work / "certificate"], check=True, stderr=subprocess.DEVNULL)
    hashed = subprocess.run([OPENSSL, "passwd", "-apr1", "secret"], check=True, capture_output=True, text=True).stdout
    (work / "users").write_text(f"somebody:{hashed}", encoding="ascii")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()


class Client:
    """One kept connection to one port; with the certificate's file it speaks TLS and says who asks."""

    def __init__(self, port, certificate=None):
        self.user = {"Authorization": USER} if certificate else {}
        if certificate:
            context = ssl.create_default_context(cafile=certificate)
            context.check_hostname = False
            self.connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
        else:
            self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, path, method="GET", status=200, **headers):
        fields = self.user | {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, path, headers=fields)
        answer = Answer(self.connection.getresponse())
        assert answer.status == status, f"{method} {path}: {answer.status}, not {status}"
        return answer


def check_pages(client, slide):
    """Every address in the pages is relative and leads somewhere, whatever the prefix."""
    for page in ("", f"viewer/{slide}"):
        text = client.ask(f"{PREFIX}/{page}").body.decode()
        links = [link for link in re.findall(r'(?:href|src)="([^"]*)"', text) if link]
        assert len(links) > 3, f"{page}: {links}"
        for link in links:
            assert not re.match(r"/|[a-z]+:", link), f"{page}: {link} is not relative"
            folder = f"{PREFIX}/{page}".rsplit("/", 1)[0]
            while link.startswith("../"):
                folder, link = folder.rsplit("/", 1)[0], link[3:]
            client.ask(f"{folder}/{link}")
    home = client.ask(PREFIX, status=301).headers["Location"]  # nginx sees to it itself
    assert home.startswith("https://") and home.endswith(f"{PREFIX}/"), home


def check_tiles(direct, proxied, tile):
    original = direct.ask(f"{PREFIX}{tile}")
    passed = proxied.ask(f"{PREFIX}{tile}")
    assert passed.body == original.body
    for name in ("ETag", "Cache-Control", "Last-Modified", "Access-Control-Allow-Origin", "Content-Length"):
        assert passed.headers[name] == original.headers[name], name
    head = proxied.ask(f"{PREFIX}{tile}", "HEAD")
    assert head.body == b"" and head.headers["Content-Length"] == str(len(original.body))
    tag = original.headers["ETag"]
    unchanged = proxied.ask(f"{PREFIX}{tile}", status=304, If_None_Match=tag)
    assert unchanged.body == b"" and unchanged.headers["ETag"] == tag
    proxied.ask(f"{PREFIX}{tile}", status=304, If_Modified_Since=original.headers["Last-Modified"])
    proxied.ask(f"{PREFIX}{tile}", status=200, If_None_Match='"another"')
    proxied.ask(f"{PREFIX}{tile}", "OPTIONS", status=204)


def check_matrix(direct, port, slide, tile):
    """Whatever a request is conditional on, the answer through nginx is the one without it; its cache has its own ways."""
    ways = [(direct, PREFIX), (Client(port), "/elsewhere")]
    original = direct.ask(f"{PREFIX}{tile}").headers
    tag, date = original["ETag"], original["Last-Modified"]
    conditions = [
        {}, {"If-None-Match": tag}, {"If-None-Match": f"W/{tag}"}, {"If-None-Match": "*"}, {"If-None-Match": '"x"'},
        {"If-None-Match": f'"x", {tag}'}, {"If-None-Match": '"x"', "If-Modified-Since": date},
        {"If-None-Match": tag, "If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"If-Modified-Since": date}, {"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"If-Modified-Since": "today"}, {"Accept-Encoding": "gzip"}, {"Origin": "http://elsewhere"},
        {"Origin": "http://elsewhere", "Access-Control-Request-Method": "GET"},
    ]
    paths = [tile, f"/dzi/{slide}.dzi", f"/slides/{slide}", "/slides", f"/slides/{slide}/thumbnail.jpg",
             f"/viewer/{slide}", "/assets/viewer.js", "/healthz", "/nothing", "/tiles/x/0/0_0.jpg", "/tiles/x/0/a_0.jpg"]
    codes = set()
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            for fields in conditions:
                answers = []
                for client, prefix in ways:
                    client.connection.request(method, f"{prefix}{path}", headers=fields)
                    answers.append(Answer(client.connection.getresponse()))
                compare(f"{method} {path} {fields}", *answers)
                codes.add(answers[0].status)
    assert codes >= {200, 204, 304, 400, 404, 405}, codes


def compare(what, without, through):
    assert through.status == without.status, f"{what}: {through.status}, not {without.status}"
    assert through.body == without.body, f"{what}: another body"
    for name in SAME:
        if name == "Content-Length" and without.status == 304:
            continue  # of what was not sent: nginx says nothing
        assert through.headers[name] == without.headers[name], \
            f"{what}: {name} is {through.headers[name]}, not {without.headers[name]}"


def check_cache(direct, proxied, tile):
    original = direct.ask(f"{PREFIX}{tile}")
    for expected in ("MISS", "HIT", "HIT"):
        answer = proxied.ask(f"{PREFIX}{tile}")
        assert answer.headers["X-Cache"] == expected, answer.headers["X-Cache"]
        assert answer.body == original.body
    proxied.ask(f"{PREFIX}{tile}", status=304, If_None_Match=original.headers["ETag"])


def check_cut_prefix(direct, port, tile):
    assert Client(port).ask(f"/elsewhere{tile}").body == direct.ask(f"{PREFIX}{tile}").body


def check_doors(proxied):
    """Nobody comes in without a password, and nobody reads the metrics."""
    proxied.ask(f"{PREFIX}/metrics", status=403)
    proxied.ask(f"{PREFIX}//metrics", status=403)
    known, proxied.user = proxied.user, {}
    proxied.ask(f"{PREFIX}/slides", status=401)
    proxied.user = known


def check_forgery(proxied, log):
    """What a client says about itself does not come through; what the proxy says does."""
    proxied.ask(f"{PREFIX}/forged", status=404, Forwarded="for=203.0.113.1", X_Forwarded_For="203.0.113.2",
                X_Request_Id="203.0.113.3")
    for _ in range(100):
        lines = [line for line in log.read_text(encoding="utf-8").splitlines() if "path=/origami/forged " in line]
        if lines:
            break
        time.sleep(0.1)
    assert lines and "203.0.113." not in lines[-1] and "client=127.0.0.1 " in lines[-1], lines
    assert re.search(r"request=[0-9a-f]{32} ", lines[-1]), lines


def check_gzip(proxied, slide):
    """The proxy may keep both codings of the one that says how long, and gives each to whom it belongs."""
    for path in (f"{PREFIX}/slides/{slide}", f"{PREFIX}/dzi/{slide}.dzi"):
        texts = set()
        for coding in ("gzip", "identity", "gzip", "identity"):
            answer = proxied.ask(path, Accept_Encoding=coding)
            assert "Accept-Encoding" in answer.headers["Vary"]
            assert answer.headers.get("Content-Encoding", "identity") == coding
            texts.add(gzip.decompress(answer.body) if coding == "gzip" else answer.body)
        assert len(texts) == 1, path


def connections_to(port):
    """Sockets of clients of the port, those that have closed lately among them."""
    wanted = f"0100007F:{port:04X}"
    lines = pathlib.Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]
    return sum(line.split()[2] == wanted for line in lines)


def check_kept_connection(proxied, port, tiles):
    before = connections_to(port)
    for i in range(REQUESTS):
        proxied.ask(f"{PREFIX}{tiles[i % len(tiles)]}&new={i}", "HEAD" if i % 3 == 0 else "GET")
        proxied.ask(f"{PREFIX}/nothing", status=404)
    opened = connections_to(port) - before
    assert opened <= 2, f"{opened} connections for {2 * REQUESTS} requests"


def wait_for(port, process):
    for _ in range(300):
        assert process.poll() is None, f"{process.args[0]} has ended"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nobody listens on port {port}")


def check_all(ports, work):
    direct, proxied = Client(ports["origamid"]), Client(ports["nginx"], work / "certificate")
    slide = json.loads(direct.ask(f"{PREFIX}/slides").body)["slides"][0]
    top = slide["levels"] - 1
    tiles = [f"/tiles/{slide['id']}/{top}/{x}_{y}.jpg?v={slide['generation']}" for y in range(3) for x in range(4)]
    check_forgery(proxied, work / "access.log")
    check_doors(proxied)
    check_pages(proxied, slide["id"])
    check_tiles(direct, proxied, tiles[5])
    check_matrix(direct, ports["second"], slide["id"], tiles[7])
    check_cache(direct, proxied, tiles[6])
    check_cut_prefix(direct, ports["second"], tiles[7])
    check_gzip(proxied, slide["id"])
    check_kept_connection(proxied, ports["origamid"], tiles)


def write_files(work, binaries, operations, ports):
    (work / "slides").mkdir()
    subprocess.run([binaries / "origami", "demo", "--size", "2000x1500", "-o", work / "slides/demo.tif"],
                   check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    os.utime(work / "slides/demo.tif", (0, 1700000000))  # one that was written just now gets no Last-Modified
    write_secrets(work)
    block = documented(operations, {
        "/var/cache/origami": work / "cache", "127.0.0.1:8080": f"127.0.0.1:{ports['origamid']}",
        "listen 443 ssl;": f"listen 127.0.0.1:{ports['nginx']} ssl;", "/etc/ssl/certs/slides.pem": work / "certificate",
        "/etc/ssl/private/slides.key": work / "key", "/etc/nginx/slides.htpasswd": work / "users"})
    (work / "origami.conf").write_text(block, encoding="utf-8")
    around = AROUND.replace("WORK", str(work)).replace("SECOND", str(ports["second"]))
    (work / "nginx.conf").write_text(around, encoding="ascii")


def main():
    if not NGINX or not OPENSSL:
        print("skipped: nginx or openssl is not installed", file=sys.stderr)
        return 77
    binaries, operations = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    ports = {name: free_port() for name in ("origamid", "nginx", "second")}
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        write_files(work, binaries, operations, ports)
        with subprocess.Popen([binaries / "origamid", "--slides", work / "slides", "--base-path", PREFIX,
                               "--listen", f"127.0.0.1:{ports['origamid']}", "--forwarded", "yes",
                               "--access-log", work / "access.log"]) as origamid, \
                subprocess.Popen([NGINX, "-e", work / "nginx.log", "-c", work / "nginx.conf"]) as nginx:
            try:
                wait_for(ports["origamid"], origamid)
                wait_for(ports["nginx"], nginx)
                check_all(ports, work)
            finally:
                nginx.terminate()
                origamid.terminate()
        assert origamid.returncode == 0, f"origamid ended with {origamid.returncode}"
    print(f"behind nginx: {2 * REQUESTS} requests over a kept connection, pages, tiles, conditions, HEAD, gzip, TLS, forgery")
    return 0


if __name__ == "__main__":
    sys.exit(main())
