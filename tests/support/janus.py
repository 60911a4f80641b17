"""A real Janus of a test's own, with its videoroom and nothing else."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.ports import free_port
from tests.support.programs import program, running

SECRET, ADMIN_SECRET = "what Dyad says to Janus", "what it says to ask what Janus sees"
PLUGINS = ("audiobridge", "duktape", "echotest", "lua", "nosip", "recordplay", "sip", "streaming", "textroom",
           "videocall", "voicemail")  # fmt: skip
TRANSPORTS = ("http", "mqtt", "nanomsg", "pfunix", "rabbitmq")


@dataclass(frozen=True, slots=True)
class Janus:
    folder: Path
    port: int
    admin_port: int

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def admin_url(self) -> str:
        return f"ws://127.0.0.1:{self.admin_port}"

    @property
    def settings(self) -> dict[str, str]:
        """What Dyad is told to use it."""
        return {
            "media": "janus",
            "janus_url": self.url,
            "janus_secret": SECRET,
            "janus_admin_url": self.admin_url,
            "janus_admin_secret": ADMIN_SECRET,
        }

    @contextlib.contextmanager
    def running(self) -> Iterator[subprocess.Popen[bytes]]:
        """Again on the same ports, as often as one likes."""
        command = [program("janus"), "-F", str(self.folder), "-C", str(self.folder / "janus.jcfg")]
        with running(command, port=self.port, log=self.folder / "janus.log") as process:
            yield process


def janus_in(folder: Path, *, lite: bool = True) -> Janus:
    """One that is set up there, and does not run yet."""
    janus = Janus(folder, free_port(), free_port())
    (folder / "janus.jcfg").write_text(f"""
general: {{
  debug_level = 4
  api_secret = "{SECRET}"
  admin_secret = "{ADMIN_SECRET}"
}}
nat: {{ ice_lite = {str(lite).lower()}, ice_keepalive_conncheck = true }}
plugins: {{ disable = "{",".join(f"libjanus_{name}.so" for name in PLUGINS)}" }}
transports: {{ disable = "{",".join(f"libjanus_{name}.so" for name in TRANSPORTS)}" }}
""")
    (folder / "janus.transport.websockets.jcfg").write_text(f"""
general: {{ json = "compact", ws = true, ws_ip = "127.0.0.1", ws_port = {janus.port} }}
admin: {{ admin_ws = true, admin_ws_ip = "127.0.0.1", admin_ws_port = {janus.admin_port} }}
""")
    return janus
