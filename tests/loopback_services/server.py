"""The services on one loopback port, each under a path of its own, failing by script.

    with ServicesServer(EVERYTHING) as server:
        server.fail("crossref", Fault(429, headers={"retry-after": "0"}), times=2)

Every request is noted with its moment. Real HTTP on 127.0.0.1, port 0; nothing is slow unless a fault says so.
"""

from __future__ import annotations

import json
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.loopback_services.formats import converted, core_result, crossref_work, jats, pubmed_set, unpaywall_object
from tests.loopback_services.library import Paper

CROSSREF_LIMITS = {"x-rate-limit-limit": "1000", "x-rate-limit-interval": "1s", "x-concurrency-limit": "3"}


@dataclass(frozen=True)
class Fault:
    """What is sent instead of the answer. `cut` closes the connection after half of the body."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    kind: str = "application/json"
    cut: bool = False
    seconds: float = 0.0


@dataclass(frozen=True)
class Asked:
    """One request as a service saw it."""

    service: str
    method: str
    path: str
    parameters: Mapping[str, str]
    headers: Mapping[str, str]
    body: str
    at: float


class ServicesServer:
    """All services over one library, which may be changed while they run."""

    def __init__(self, papers: Iterable[Paper]) -> None:
        self.papers = list(papers)
        self.files: dict[str, Fault] = {}
        self.asked: list[Asked] = []
        self._faults: dict[str, list[Fault]] = defaultdict(list)
        self._lock = threading.Lock()
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._http.daemon_threads = True
        self._thread = threading.Thread(target=self._http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def settings(self) -> dict[str, str]:
        """The environment that sends everything here."""
        return {
            "MECHSYN_CROSSREF_URL": f"{self.url}/crossref/v1",
            "MECHSYN_NCBI_URL": f"{self.url}/pubmed/eutils",
            "MECHSYN_PMC_IDS_URL": f"{self.url}/idconv/api/v1/articles",
            "MECHSYN_EUROPE_PMC_URL": f"{self.url}/europe_pmc/rest",
            "MECHSYN_UNPAYWALL_URL": f"{self.url}/unpaywall/v2",
        }

    def fail(self, service: str, fault: Fault, times: int = 1) -> None:
        """The next `times` requests to a service get `fault`."""
        with self._lock:
            self._faults[service] += [fault] * times

    def of(self, service: str) -> list[Asked]:
        """The requests to one service."""
        return [a for a in self.asked if a.service == service]

    def change(self, old: Paper, new: Paper) -> None:
        """Something was published about a paper meanwhile."""
        self.papers[self.papers.index(old)] = new

    def answer(self, asked: Asked) -> Fault:
        """What is sent."""
        with self._lock:
            self.asked.append(asked)
            waiting = self._faults[asked.service]
            if waiting:
                return waiting.pop(0)
        rest = asked.path.removeprefix(f"/{asked.service}")
        if asked.service == "files":
            return self.files.get(rest.lstrip("/"), Fault(404))
        return getattr(self, f"_{asked.service}")(asked, rest)

    def _held(self, service: str) -> list[Paper]:
        return [p for p in self.papers if service in p.held_by]

    def _crossref(self, asked: Asked, rest: str) -> Fault:
        doi = unquote(rest.removeprefix("/v1/works/")).lower()
        paper = next((p for p in self._held("crossref") if p.doi == doi), None)
        if paper is None:
            return Fault(404, b"Resource not found.", CROSSREF_LIMITS, "text/plain")
        return Fault(200, _json(crossref_work(paper)), CROSSREF_LIMITS)

    def _pubmed(self, asked: Asked, rest: str) -> Fault:
        form = dict(parse_qsl(asked.body)) if asked.method == "POST" else asked.parameters
        if rest != "/eutils/efetch.fcgi" or form.get("db") != "pubmed":
            return Fault(400, b'{"error":"unknown utility"}')
        wanted = form.get("id", "").split(",")
        return Fault(200, pubmed_set(p for p in self._held("pubmed") if p.pmid in wanted), kind="text/xml")

    def _idconv(self, asked: Asked, rest: str) -> Fault:
        ids, kind = asked.parameters["ids"].split(","), asked.parameters["idtype"]
        return Fault(200, _json(converted(self._held("idconv"), ids, kind)))

    def _europe_pmc(self, asked: Asked, rest: str) -> Fault:
        held = self._held("europe_pmc")
        if rest.endswith("/fullTextXML"):
            article = rest.split("/")[-2]
            paper = next((p for p in held if p.body and p.pmcid == article), None)
            return Fault(200, jats(paper), kind="application/xml") if paper is not None else Fault(404)
        query = asked.parameters.get("query", "")
        found = [
            p
            for p in held
            if (p.doi and query == f'DOI:"{p.doi}"')
            or (p.pmid and query == f"EXT_ID:{p.pmid} AND SRC:MED")
            or (p.pmcid and query == f"PMCID:{p.pmcid}")
        ]
        results = [core_result(p) for p in found]
        return Fault(200, _json({"version": "6.9", "hitCount": len(results), "resultList": {"result": results}}))

    def _unpaywall(self, asked: Asked, rest: str) -> Fault:
        if not asked.parameters.get("email"):
            said = {"HTTP_status_code": 422, "error": True, "message": "Email address required in API call"}
            return Fault(422, _json(said))
        doi = unquote(rest.removeprefix("/v2/")).lower()
        paper = next((p for p in self.papers if p.doi == doi and not p.preprint), None)
        if paper is None:
            said = {"HTTP_status_code": 404, "error": True, "message": f"'{doi}' isn't in Unpaywall"}
            return Fault(404, _json(said))
        return Fault(200, _json(unpaywall_object(paper)))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _json(said: Mapping[str, Any]) -> bytes:
    return json.dumps(said).encode()


def _handler(server: ServicesServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _take(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode()
            service = parts.path.split("/")[1]
            headers = {k.lower(): v for k, v in self.headers.items()}
            asked = Asked(
                service, self.command, parts.path, dict(parse_qsl(parts.query)), headers, body, time.monotonic()
            )
            self._send(server.answer(asked))

        do_GET = do_POST = _take  # noqa: N815 - the names that http.server calls

        def _send(self, fault: Fault) -> None:
            time.sleep(fault.seconds)
            self.send_response(fault.status)
            self.send_header("content-type", fault.kind)
            for name, value in fault.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(fault.body)))
            self.end_headers()
            self.wfile.write(fault.body[: len(fault.body) // 2] if fault.cut else fault.body)
            self.close_connection = self.close_connection or fault.cut

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's name
            del format, args

    return Handler
