"""`dyad`, and `python -m server`."""

from __future__ import annotations

import gc


def main() -> None:
    gc.disable()  # nothing that is loaded turns to garbage, and looking for it takes a sixth of the start
    from server.cli import main as command

    gc.freeze()  # nor later: each search through all of it would hold up everybody
    gc.enable()
    command()


if __name__ == "__main__":
    main()
