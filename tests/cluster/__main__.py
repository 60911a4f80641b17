"""`make cluster`: two nodes over a PostgreSQL and a Redis of their own, with a couple's session that is now.

Kill a node, pause it or end it: the people in the session go on at the other, and the node is started again.
`--json` prints one line as `dyad demo --json` does, with `nodes` beside it: address and process id of each.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import sys
import tempfile
from pathlib import Path

from server.demo import until_stopped
from tests.cluster.nodes import Cluster, NodeProcess, cluster

AGAIN = 3.0  # s until a node that ended is started again


async def _restarting(node: NodeProcess, quiet: bool) -> None:
    while True:
        assert node.process is not None
        await node.process.wait()
        if not quiet:
            print(f"  {node.name} ended; it is started again.", flush=True)
        await asyncio.sleep(AGAIN)
        await node.start()


def _shown(opened: Cluster) -> str:
    links = opened.links
    nodes = "\n".join(f"    {_pid(node):<8} {node.address}" for node in opened.nodes)
    return f"""
  Dyad runs on {len(opened.nodes)} nodes at {opened.base_url}. Open each link in a tab of its own.

    Dr. Rivera, therapist   {links.therapist}
    Alex, partner           {links.partner_a}
    Robin, partner          {links.partner_b}
    Treatment team          {links.team}

  The nodes, by process id; `kill -9`, `kill -STOP`, `kill -TERM` one and see what happens:
{nodes}

  Nobody else around?  dyad bot LINK
  Ctrl+C ends it.
"""


def _pid(node: NodeProcess) -> int:
    assert node.process is not None
    return node.process.pid


async def _run(port: int, count: int, as_json: bool) -> None:
    with tempfile.TemporaryDirectory(prefix="dyad-cluster-") as folder:
        if not as_json:
            print("Starting PostgreSQL, Redis and the nodes …", flush=True)
        async with cluster(Path(folder), count=count, port=port) as opened:
            nodes = [{"address": node.address, "pid": _pid(node)} for node in opened.nodes]
            print(json.dumps({**opened.links.as_json(), "nodes": nodes}) if as_json else _shown(opened), flush=True)
            watching = [asyncio.create_task(_restarting(node, as_json)) for node in opened.nodes]
            try:
                await until_stopped()
            finally:
                for task in watching:
                    task.cancel()
                await asyncio.gather(*watching, return_exceptions=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make cluster", description=__doc__)
    parser.add_argument("--port", type=int, default=8080, help="the port that the nodes share; 0 is any free one")
    parser.add_argument("--nodes", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(options.port, options.nodes, options.json))
    return 0


if __name__ == "__main__":
    sys.exit(main())
