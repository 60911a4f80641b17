"""Access tokens as LiveKit's documents have them; nothing here is Dyad's, so that neither can be wrong for both."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any


class Unauthorized(Exception):
    pass


def verified(token: str, key: str, secret: str) -> dict[str, Any]:
    """The claims. Raises `Unauthorized`."""
    try:
        head, claims, signature = token.split(".")
        algorithm = json.loads(_bytes(head))["alg"]
        told: dict[str, Any] = json.loads(_bytes(claims))
        if algorithm != "HS256" or not hmac.compare_digest(_bytes(signature), _sign(f"{head}.{claims}", secret)):
            raise Unauthorized("invalid token")
    except (ValueError, KeyError) as no:
        raise Unauthorized("malformed token") from no
    if told.get("iss") != key:
        raise Unauthorized("unknown key")
    if not told.get("nbf", 0) <= time.time() < told["exp"]:
        raise Unauthorized("expired, or not yet good")
    return told


def signed(body: bytes, key: str, secret: str) -> str:
    """A webhook's token."""
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    now = int(time.time())
    claims = {"iss": key, "nbf": now, "exp": now + 300, "sha256": digest}
    text = ".".join(_text(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{text}.{_text(_sign(text, secret))}"


def _sign(text: str, secret: str) -> bytes:
    return hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest()


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
