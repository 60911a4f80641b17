"""Who of a subscriber's pictures is sent, and in which size, when not all fit. Sound is never thinned. Pure."""

from __future__ import annotations

from collections.abc import Sequence

PICTURES = 6  # that one person of a group gets; sound is everyone's
SPARE = 1.2  # a picture that is not sent now comes when there is this much more room than it takes
OFF = -1


def allotted(bits: float, wishes: Sequence[tuple[Sequence[float], int]]) -> list[int]:
    """For each picture, the first the most wanted, the layer that it gets, or `OFF`.

    A wish is (bits/s of each layer, ascending; the layer it has now, or `OFF`). Everyone's smallest comes first.
    """
    got, left = [OFF] * len(wishes), bits
    for rise in range(max((len(layers) for layers, _ in wishes), default=0)):
        for number, (layers, now) in enumerate(wishes):
            if rise >= len(layers) or got[number] != rise - 1:
                continue
            costs = layers[rise] - (layers[rise - 1] if rise else 0.0)
            if costs * (1.0 if now >= rise else SPARE) <= left:
                got[number], left = rise, left - costs
    return got
