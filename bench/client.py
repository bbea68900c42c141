"""What a call costs on our side of the wire: this project's client beside the plain one and, if given, its peers.

    python bench/client.py [--calls 1000] [--in-flight 200] [--repeat 5] [--peers DIR]

All in one run: 200 ms of latency, replies of 3.4 KB, every client a process of its own, in turn; medians of the
repeats, ratios to the plain client taken within each repeat. Ours does all that belongs to a question: it renders
the prompt, finds its identity, looks it up, asks, keeps the reply with its request, and checks the reply against its
schema; the plain client sends bodies of the same size and reads the text. DIR holds environments named `instructor`
and `pydantic-ai`. Exits 1 when ours takes more than 0.75 of the plain client's wall time or CPU time.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from pathlib import Path

from workers.running import samples, worker

from tests.loopback import Loopback

LATENCY = 0.2
BOUND = 0.75
CLIENTS = {"plain": "plain.py", "ours": "ours.py"}
PEERS = {"instructor": "with_instructor.py", "pydantic-ai": "with_pydantic_ai.py"}
Row = dict[str, float]


def measured(arguments: argparse.Namespace, clients: dict[str, tuple[str, Path | None]]) -> dict[str, list[Row]]:
    """The rows of every client, one a repeat. Exits when a call failed or the server saw another number of them."""
    rows: dict[str, list[Row]] = {name: [] for name in clients}
    with tempfile.TemporaryDirectory() as folder:
        file = samples(Path(folder))
        contents = json.loads(file.read_text(encoding="utf-8"))["replies"]
        with Loopback(latency_seconds=LATENCY, contents=contents, by_question=False) as server:
            given = ["--base-url", server.base_url, "--samples", file]
            given += ["--calls", arguments.calls, "--in-flight", arguments.in_flight]
            for _ in range(arguments.repeat):
                for name, (script, python) in clients.items():
                    server.change(reset=True)
                    before = server.cpu_seconds()
                    row = worker(script, *given, python=python)
                    seen = server.stats()
                    if row["good"] != arguments.calls or not seen.completed == seen.requests == arguments.calls + 1:
                        sys.exit(f"{name}: {row['good']} of {arguments.calls} calls were good; the server saw {seen}")
                    row["server"] = server.cpu_seconds() - before
                    row["kilobytes"] = seen.bytes_in / seen.requests / 1000
                    rows[name].append(row)
    return rows


def against_plain(rows: dict[str, list[Row]], name: str, key: str) -> float:
    """Median over the repeats of the ratio to the plain client in the same repeat."""
    return statistics.median(r[key] / p[key] for r, p in zip(rows[name], rows["plain"], strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=1000)
    parser.add_argument("--in-flight", type=int, default=200)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--peers", type=Path, help="folder of environments: instructor/bin/python, pydantic-ai/...")
    arguments = parser.parse_args()
    clients: dict[str, tuple[str, Path | None]] = {name: (script, None) for name, script in CLIENTS.items()}
    if arguments.peers is not None:
        pythons = {name: arguments.peers.resolve() / name / "bin" / "python" for name in PEERS}
        clients |= {name: (PEERS[name], python) for name, python in pythons.items() if python.exists()}
    rows = measured(arguments, clients)
    ideal = arguments.calls * LATENCY / arguments.in_flight
    print(f"{arguments.calls} calls, {arguments.in_flight} in flight, {1000 * LATENCY:.0f} ms, ideal {ideal:.2f} s\n")
    print("| client | wall s | x ideal | x plain | CPU ms/call | x plain | peak MB | KB sent a call | server CPU s |")
    print("|---|---|---|---|---|---|---|---|---|")
    for name, mine in rows.items():
        wall, cpu, peak, sent, server = (
            statistics.median(r[key] for r in mine) for key in ("wall", "cpu", "peak_mb", "kilobytes", "server")
        )
        print(
            f"| {name} | {wall:.2f} | {wall / ideal:.2f} | {against_plain(rows, name, 'wall'):.2f} "
            f"| {1000 * cpu / arguments.calls:.2f} | {against_plain(rows, name, 'cpu'):.2f} | {peak:.0f} "
            f"| {sent:.1f} | {server:.2f} |"
        )
    ours = {key: against_plain(rows, "ours", key) for key in ("wall", "cpu")}
    print(f"\nours against plain: wall {ours['wall']:.2f}, CPU {ours['cpu']:.2f}; bound {BOUND}")
    sys.exit(1 if max(ours.values()) > BOUND else 0)


if __name__ == "__main__":
    main()
