"""What is told of the service while it runs: logs and metrics, neither with anything of a person."""

from server.telemetry.logs import configure, log, place_of

__all__ = ["configure", "log", "place_of"]
