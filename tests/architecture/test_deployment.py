"""docker-compose.yml and Dockerfile name only what exists, and the programs accept the commands they are given.

No container engine is needed: Redis, coturn and the proxy of this machine are started with the very commands and
configuration of the compose file.
"""

from __future__ import annotations

import json
import re
import subprocess
import tomllib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import yaml
from aiohttp import web

from server.config import Settings
from tests.architecture.imports import ROOT
from tests.support.ports import free_port
from tests.support.programs import program, running

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
PROXY: str = COMPOSE["configs"]["caddyfile"]["content"]
NODES = ("server-1", "server-2")
ONCE = ("migrate",)  # runs to its end, and the nodes wait for it


def dockerfile() -> list[tuple[str, str]]:
    """Its instructions, in order: `("COPY", "web ./")`."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = (line.strip() for line in text.splitlines())
    return [(word, rest) for word, _, rest in (line.partition(" ") for line in lines if line and line[0] != "#")]


def copied_from_here() -> list[str]:
    copies = (rest.split() for word, rest in dockerfile() if word == "COPY" and not rest.startswith("--from"))
    return [source for words in copies for source in words[:-1]]


@pytest.mark.parametrize("source", copied_from_here())
def test_the_image_copies_files_that_exist_and_reach_the_build(source: str) -> None:
    assert (ROOT / source).exists()
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert f"!{source.partition('/')[0]}" in let_in


def test_the_image_runs_the_projects_own_command_and_not_as_root() -> None:
    last = dict(dockerfile())
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["scripts"]
    assert json.loads(last["ENTRYPOINT"])[0] in scripts
    assert last["USER"] not in ("root", "0")


def test_the_stages_copied_from_exist() -> None:
    stages = {rest.rpartition(" AS ")[2] for word, rest in dockerfile() if word == "FROM" and " AS " in rest}
    named = {match for _, rest in dockerfile() for match in re.findall(r"--from=(\S+)", rest)}
    assert named
    assert named <= stages


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - set(ONCE)))
def test_a_service_is_watched_restarted_and_confined(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"]
    assert service["restart"] == "unless-stopped"
    assert service["read_only"]
    assert "no-new-privileges:true" in service["security_opt"]


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_uses_is_declared(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
    assert {one["source"] for one in service.get("configs", [])} <= set(COMPOSE["configs"])
    assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
    assert set(service.get("depends_on", {})) <= set(SERVICES)
    if "build" in service:
        assert (ROOT / service["build"] / "Dockerfile").exists()


def test_secrets_come_from_files_that_are_never_committed() -> None:
    assert ".data/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("./.data/")
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if any(word in key for word in ("SECRET", "PASSWORD", "DATABASE_URL")):
                assert key.endswith("_FILE")
                assert value.removeprefix("/run/secrets/") in service["secrets"]


@pytest.mark.parametrize("name", [*NODES, *ONCE])
def test_the_server_knows_each_setting_it_is_given(name: str) -> None:
    """An unknown setting stops the server, so one here would be found at a programme's site."""
    known = {one.name for one in fields(Settings)}
    given = SERVICES[name]["environment"]
    assert {key.removeprefix("DYAD_").removesuffix("_FILE").lower() for key in given} <= known


def test_every_node_has_a_port_and_a_path_of_its_own() -> None:
    exposed = {port for word, rest in dockerfile() if word == "EXPOSE" for port in rest.split()}
    ways = set()
    for name in NODES:
        node = SERVICES[name]
        settings = node["environment"]
        assert node["ports"] == [f"{settings['DYAD_MEDIA_PORT']}:{settings['DYAD_MEDIA_PORT']}/udp"]
        assert f"{settings['DYAD_PORT']}/tcp" in exposed
        assert f":{settings['DYAD_PORT']}/" in node["healthcheck"]["test"][-1]
        path = settings["DYAD_NODE_ADDRESS"].removeprefix("${DYAD_BASE_URL}")
        assert f"handle_path {path}/* {{\n    reverse_proxy {name}:{settings['DYAD_PORT']}\n" in PROXY
        ways.add((settings["DYAD_MEDIA_PORT"], path))
    assert len(ways) == len(NODES)


def test_people_find_the_proxy_at_the_ports_of_the_web() -> None:
    assert SERVICES["proxy"]["ports"] == ["80:80/tcp", "443:443/tcp", "443:443/udp"]
    assert PROXY.startswith("${DYAD_BASE_URL} {")


@pytest.mark.asyncio
async def test_the_proxy_leads_to_the_home_of_a_session_and_past_a_node_that_is_down(tmp_path: Path) -> None:
    port, nodes = free_port(), {name: free_port() for name in NODES}
    config = PROXY.replace("${DYAD_BASE_URL}", f"http://127.0.0.1:{port}")
    for name, at in nodes.items():
        config = config.replace(f"{name}:8080", f"127.0.0.1:{at}")
    (tmp_path / "Caddyfile").write_text(f"{{\n  admin off\n}}\n{config}", encoding="utf-8")
    first, *rest = SERVICES["proxy"]["command"]
    command = [program(first), *(word.replace("/etc/caddy", str(tmp_path)) for word in rest)]
    environment = {"XDG_DATA_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "HOME": str(tmp_path)}
    async with _standing_in(nodes) as stand_ins:
        with running(["env", *(f"{k}={v}" for k, v in environment.items()), *command], port=port, log=tmp_path / "log"):
            async with aiohttp.ClientSession(f"http://127.0.0.1:{port}") as http:
                for name, number in zip(NODES, (1, 2), strict=True):
                    assert await _answer(http, f"/node/{number}/socket.io/") == f"{name} /socket.io/"
                await stand_ins["server-1"].cleanup()
                for _ in range(6):
                    assert await _answer(http, "/join") == "server-2 /join"


async def _answer(http: aiohttp.ClientSession, path: str) -> str:
    async with http.get(path) as answer:
        return await answer.text()


@asynccontextmanager
async def _standing_in(nodes: dict[str, int]) -> AsyncIterator[dict[str, web.AppRunner]]:
    """For each node a server that says its name, and which path it was asked for."""
    runners = {}
    for name, port in nodes.items():
        app = web.Application()
        app.router.add_get("/{path:.*}", _speaker(name))
        runners[name] = web.AppRunner(app, shutdown_timeout=0.1)
        await runners[name].setup()
        await web.TCPSite(runners[name], "127.0.0.1", port).start()
    try:
        yield runners
    finally:
        for runner in runners.values():
            await runner.cleanup()


def _speaker(name: str) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def speak(request: web.Request) -> web.Response:
        return web.Response(text=f"{name} {request.path}")

    return speak


def test_redis_accepts_its_command(tmp_path: Path) -> None:
    port = free_port()
    first, *rest = SERVICES["redis"]["command"]
    with running([program(first), *rest, "--port", str(port), "--dir", str(tmp_path)], port=port, log=tmp_path / "log"):
        client, *question = SERVICES["redis"]["healthcheck"]["test"][1:]
        asked = subprocess.run(
            [program(client), "-p", str(port), *question], capture_output=True, text=True, check=True
        )
        assert asked.stdout.strip() == "PONG"


def test_coturn_accepts_its_command(tmp_path: Path) -> None:
    program("turnserver")
    port = free_port()
    (tmp_path / "turn_secret").write_text("s3cret\n", encoding="utf-8")
    (script,) = SERVICES["coturn"]["command"]
    script = (
        script.replace("$$", "$").replace("/run/secrets/", f"{tmp_path}/").replace("/tmp/turnserver", f"{tmp_path}/ts")
    )
    script = f"DYAD_PUBLIC_ADDRESS=192.0.2.10\n{script.rstrip()} --listening-port={port} --listening-ip=127.0.0.1\n"
    shell = SERVICES["coturn"]["entrypoint"]
    log = tmp_path / "log"
    with running([*shell, script], port=port, log=log):
        health = SERVICES["coturn"]["healthcheck"]["test"][1].replace("3478", str(port))
        subprocess.run(["/bin/sh", "-c", health], check=True, timeout=5)
    assert "static-auth-secret=s3cret" in (tmp_path / "ts.conf").read_text(encoding="utf-8")
    assert (tmp_path / "ts.conf").stat().st_mode & 0o077 == 0
    assert not re.search(r"(?i)unknown|unrecognized|bad configuration", log.read_text(encoding="utf-8"))
