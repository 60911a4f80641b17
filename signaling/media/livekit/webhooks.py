"""What LiveKit posts of its own accord: events as JSON, with the digest of their body in a token of its own."""

from __future__ import annotations

from google.protobuf import json_format
from livekit.protocol.webhook import WebhookEvent

from signaling.media.livekit.tokens import Keys, NotSigned


def event_of(body: bytes, authorization: str, keys: Keys) -> WebhookEvent:
    """Raises `NotSigned`, and looks at nothing that is not LiveKit's."""
    keys.check(authorization.removeprefix("Bearer "), body)
    try:
        return json_format.Parse(body, WebhookEvent(), ignore_unknown_fields=True)
    except json_format.ParseError as no:
        raise NotSigned("no event of LiveKit's") from no
