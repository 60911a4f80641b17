"""LiveKit's access tokens: JWTs by an API key and its secret, which say who may do what, for how long."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

FOR = 60  # s that a token is good for: each is used at once, and LiveKit itself renews what lasts
ALGORITHMS = ["HS256"]


class NotSigned(Exception):
    """What claims to come from LiveKit was not signed with our key, or too long ago."""


@dataclass(frozen=True, slots=True)
class Keys:
    key: str
    secret: str = field(repr=False)

    def token(self, grants: Mapping[str, object], identity: str = "") -> str:
        """One that grants this, from now on for a minute."""
        now = int(time.time())
        claims = {"iss": self.key, "sub": identity, "nbf": now - FOR, "exp": now + FOR, "video": dict(grants)}
        return jwt.encode({"alg": ALGORITHMS[0]}, claims, self._secret)

    def check(self, token: str, body: bytes) -> None:
        """Whether LiveKit signed this body. Raises `NotSigned`."""
        try:
            claims = jwt.decode(token, self._secret, algorithms=ALGORITHMS).claims
            registry = jwt.JWTClaimsRegistry(
                leeway=FOR, iss={"essential": True, "value": self.key}, exp={"essential": True}
            )
            registry.validate(claims)
        except (JoseError, ValueError) as no:
            raise NotSigned("not signed by this LiveKit") from no
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
        if not hmac.compare_digest(str(claims.get("sha256")), digest):
            raise NotSigned("another body was signed")

    @property
    def _secret(self) -> OctKey:
        return OctKey.import_key(self.secret)
