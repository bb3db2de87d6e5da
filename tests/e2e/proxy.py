# SPDX-License-Identifier: MIT
"""proxy.py BIN_DIR: origamid under a base path behind nginx, with kept-alive upstream connections and a cache.

BIN_DIR holds origami and origamid. Exit status 77: skipped.
"""

import gzip
import http.client
import json
import pathlib
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

PREFIX = "/pathology/slides"
REQUESTS = 300
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")

SAME = ("ETag", "Cache-Control", "Last-Modified", "Vary", "Content-Type", "Content-Encoding", "Content-Length", "Allow",
        "Retry-After", "Location", "Timing-Allow-Origin", "X-Content-Type-Options", "Access-Control-Allow-Origin",
        "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age",
        "Access-Control-Expose-Headers")

CONFIGURATION = """
user root; daemon off; worker_processes 1; pid WORK/nginx.pid; error_log WORK/nginx.log;
events { worker_connections 64; }
http {
  access_log off;
  client_body_temp_path WORK/body; proxy_temp_path WORK/proxy; fastcgi_temp_path WORK/f; uwsgi_temp_path WORK/u;
  scgi_temp_path WORK/s;
  proxy_cache_path WORK/cache keys_zone=tiles:1m;
  upstream origami { server 127.0.0.1:ORIGAMID; keepalive 1; }
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Host $host;
  server {
    listen 127.0.0.1:NGINX;
    location /pathology/ { proxy_pass http://origami; }
    location /cached/ { proxy_pass http://origami/pathology/slides/; proxy_cache tiles;
                        add_header X-Cache $upstream_cache_status; }
  }
}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()


class Client:
    """One kept connection to one port."""

    def __init__(self, port):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)

    def ask(self, path, method="GET", status=200, **headers):
        fields = {name.replace("_", "-"): value for name, value in headers.items()}
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
    home = client.ask(PREFIX, status=308).headers["Location"]
    assert home in ("slides/", f"{PREFIX}/"), home


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


def check_matrix(direct, proxied, slide, tile):
    """Whatever a request is conditional on, the answer through the proxy is the one without it."""
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
             f"/viewer/{slide}", "/assets/viewer.js", "/healthz", "/nothing", "/tiles/x/0/0_0.jpg", "/tiles/%61/0/0_0.jpg"]
    codes = set()
    for path in paths:
        for method in ("GET", "HEAD", "OPTIONS", "POST"):
            for fields in conditions:
                answers = []
                for client in (direct, proxied):
                    client.connection.request(method, f"{PREFIX}{path}", headers=fields)
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
        answer = proxied.ask(f"/cached{tile}")
        assert answer.headers["X-Cache"] == expected, answer.headers["X-Cache"]
        assert answer.body == original.body
    proxied.ask(f"/cached{tile}", status=304, If_None_Match=original.headers["ETag"])


def check_gzip(proxied, slide):
    """The proxy may keep both codings of the one that says how long, and gives each to whom it belongs."""
    for path in (f"{PREFIX}/slides/{slide}", f"/cached/dzi/{slide}.dzi"):
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
        proxied.ask(f"{PREFIX}{tiles[i % len(tiles)]}", "HEAD" if i % 3 == 0 else "GET")
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


def check_all(origamid_port, nginx_port):
    direct, proxied = Client(origamid_port), Client(nginx_port)
    slide = json.loads(direct.ask(f"{PREFIX}/slides").body)["slides"][0]
    top = slide["levels"] - 1
    tiles = [f"/tiles/{slide['id']}/{top}/{x}_{y}.jpg?v={slide['generation']}" for y in range(3) for x in range(4)]
    check_pages(proxied, slide["id"])
    check_tiles(direct, proxied, tiles[5])
    check_matrix(direct, proxied, slide["id"], tiles[7])
    check_cache(direct, proxied, tiles[6])
    check_gzip(proxied, slide["id"])
    check_kept_connection(proxied, origamid_port, tiles)


def main():
    if not NGINX:
        print("skipped: nginx is not installed", file=sys.stderr)
        return 77
    binaries = pathlib.Path(sys.argv[1])
    origamid_port, nginx_port = free_port(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        (work / "slides").mkdir()
        subprocess.run([binaries / "origami", "demo", "--size", "2000x1500", "-o", work / "slides/demo.tif"],
                       check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        text = CONFIGURATION.replace("WORK", folder).replace("ORIGAMID", str(origamid_port))
        (work / "nginx.conf").write_text(text.replace("NGINX", str(nginx_port)), encoding="ascii")
        with subprocess.Popen([binaries / "origamid", "--slides", work / "slides", "--base-path", PREFIX,
                               "--listen", f"127.0.0.1:{origamid_port}"]) as origamid, \
                subprocess.Popen([NGINX, "-e", work / "nginx.log", "-c", work / "nginx.conf"]) as nginx:
            try:
                wait_for(origamid_port, origamid)
                wait_for(nginx_port, nginx)
                check_all(origamid_port, nginx_port)
            finally:
                nginx.terminate()
                origamid.terminate()
        assert origamid.returncode == 0, f"origamid ended with {origamid.returncode}"
    print(f"behind nginx: {2 * REQUESTS} requests over a kept connection, pages, tiles, conditions, HEAD, gzip")
    return 0


if __name__ == "__main__":
    sys.exit(main())
