"""A description with several BUNDLE groups as one description for each group, and back (RFC 9143)."""

from __future__ import annotations

import re
from collections.abc import Sequence

_GROUP = re.compile(r"^a=group:BUNDLE (.*?)\s*$", re.MULTILINE)
_MID = re.compile(r"^a=mid:(\S+)\s*$", re.MULTILINE)


def split(description: str) -> list[str]:
    """Each group with its sections, which keep their mids."""
    head, *sections = re.split(r"^(?=m=)", description, flags=re.MULTILINE)
    groups = [match[1].split() for match in _GROUP.finditer(head)]
    rest = _GROUP.sub("", head).replace("\r\n\r\n", "\r\n").replace("\n\n", "\n")
    return [
        rest + f"a=group:BUNDLE {' '.join(group)}\r\n" + "".join(one for one in sections if _mid(one) in group)
        for group in groups
    ]


def joined(descriptions: Sequence[str]) -> str:
    """One description of all these groups, with the session's lines of the first."""
    heads, sections = [], list[str]()
    for description in descriptions:
        head, *own = re.split(r"^(?=m=)", description, flags=re.MULTILINE)
        heads.append(head)
        sections += own
    groups = "".join(f"{match[0].rstrip()}\r\n" for head in heads for match in _GROUP.finditer(head))
    first = _GROUP.search(heads[0])
    assert first is not None
    return heads[0][: first.start()] + groups + heads[0][first.end() :].lstrip("\r\n") + "".join(sections)


def _mid(section: str) -> str:
    found = _MID.search(section)
    return found[1] if found else ""
