"""Write src/protocol.ts from the server's own models: commands, views, and the words that the policy uses as keys.

../.venv/bin/python scripts/generate_types.py          # write
../.venv/bin/python scripts/generate_types.py --check  # exit 1 when the file on disk differs
"""

from __future__ import annotations

import dataclasses
import enum
import sys
import types
import typing
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = ROOT / "web" / "src" / "protocol.ts"
sys.path.insert(0, str(ROOT))

from server.domain.attendance import CLAUSES, model  # noqa: E402
from server.domain.session import views  # noqa: E402
from signaling.protocol import answers, messages  # noqa: E402

POLICY = (
    model.Kind,
    model.Focus,
    model.AttendanceClass,
    model.PartnerState,
    model.TherapistState,
    model.Reason,
    model.SoloApproval,
    model.Action,
    model.Outcome,
    model.FollowUp,
)
VIEWS = (
    views.Place,
    views.Status,
    views.Link,
    views.Evidence,
    views.MomentKind,
    views.MomentState,
    views.OptionWhy,
)
# Fields that the views keep as plain text so as not to depend on the policy; the page may know what is in them.
NARROWED = {
    ("PartnerRow", "state"): "PartnerState",
    ("HelperRow", "state"): "PartnerState",
    ("PartnerRow", "reason"): "Reason | null",
    ("PartnerRow", "outcome"): "Outcome | null",
    ("Option", "action"): "Action",
    ("CardView", "recommended"): "Action",
    ("CardView", "default"): "Action",
    ("Why", "action"): "Action",
    ("SessionCard", "kind"): "Kind",
    ("Host", "state"): "TherapistState",
    ("TherapistView", "approval"): "SoloApproval",
    ("TherapistView", "attendance"): "AttendanceClass",
    ("TherapistView", "override"): "AttendanceClass | null",
    ("TherapistView", "focus"): "readonly Focus[]",
    ("TherapistView", "follow_ups"): "readonly FollowUp[]",
    ("PartnerView", "declared"): "Reason | null",
    ("Check", "camera"): "CheckResult",
    ("Check", "microphone"): 'CheckResult | "silent"',
    ("Check", "speaker"): "CheckResult",
    ("Check", "connection"): 'CheckResult | "relay"',
}
HEAD = """\
// Written by web/scripts/generate_types.py from the server's models. Do not edit: run it again.

export const PROTOCOL_VERSION = {version};

/** An RFC 3339 instant. */
export type Instant = string;
export type CheckResult = {check};
"""


def main() -> int:
    text = "\n".join(parts())
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(text, encoding="utf-8")
        return 0
    if TARGET.is_file() and TARGET.read_text(encoding="utf-8") == text:
        return 0
    sys.stderr.write("src/protocol.ts does not match the server's models: run scripts/generate_types.py\n")
    return 1


def parts() -> Iterator[str]:
    yield HEAD.format(version=answers.PROTOCOL_VERSION, check=ts(messages.CheckResult, ""))
    for cls in (*POLICY, *VIEWS):
        yield from union(cls.__name__, [member.value for member in cls])
    yield from union("Clause", clauses())
    for cls in dataclass_order():
        yield from interface(cls)
    yield "/** What a page holds: the view, and the server's policy clock when it was sent. */"
    yield "export type Sent<V> = V & { readonly role: string; readonly now: Instant; readonly speed: number };"
    yield ""
    yield "/** Fields of each command beside `cmd_id`. */"
    yield "export interface Commands {"
    for name, cls in messages.CLIENT_EVENTS.items():
        yield f"  {name}: {command(cls)};"
    yield "}"
    yield ""


def union(name: str, values: list[str]) -> Iterator[str]:
    plural = {
        "AttendanceClass": "ATTENDANCE_CLASSES",
        "Kind": "KINDS",
        "Focus": "FOCUSES",
        "SoloApproval": "APPROVALS",
        "Status": "STATUSES",
    }.get(name)
    constant = plural or "".join(f"_{c}" if c.isupper() and i else c for i, c in enumerate(name)).upper() + "S"
    listed = ", ".join(f'"{value}"' for value in values)
    yield f"export const {constant} = [{listed}] as const;"
    yield f"export type {name} = (typeof {constant})[number];"
    yield ""


def clauses() -> list[str]:
    """Every clause of the policy."""
    return sorted(CLAUSES, key=lambda clause: (clause[0], int(clause[1:])))


def dataclass_order() -> list[type]:
    """The views' dataclasses, as they come in the source."""
    return [cls for cls in vars(views).values() if isinstance(cls, type) and dataclasses.is_dataclass(cls)]


def interface(cls: type) -> Iterator[str]:
    hints = typing.get_type_hints(cls)
    yield f"export interface {cls.__name__} {{"
    for field in dataclasses.fields(cls):  # type: ignore[arg-type]
        known = NARROWED.get((cls.__name__, field.name))
        yield f"  readonly {field.name}: {known or ts(hints[field.name], 'readonly ')};"
    yield "}"
    yield ""


def command(cls: type[messages.Message]) -> str:
    fields = [
        f"{name}{'' if info.is_required() else '?'}: {ts(info.annotation, '')}"
        for name, info in cls.model_fields.items()
        if name != "cmd_id"
    ]
    return f"{{ {'; '.join(fields)} }}" if fields else "Record<string, never>"


def ts(hint: object, readonly: str) -> str:
    """The TypeScript of a Python annotation."""
    plain = {str: "string", int: "number", float: "number", bool: "boolean", datetime: "Instant", type(None): "null"}
    if hint in plain:
        return plain[typing.cast(type, hint)]
    if isinstance(hint, type) and (dataclasses.is_dataclass(hint) or issubclass(hint, enum.Enum)):
        return hint.__name__
    origin, args = typing.get_origin(hint), typing.get_args(hint)
    if origin is typing.Annotated:
        return ts(args[0], readonly)
    if origin is typing.Literal:
        return " | ".join(f'"{arg}"' if isinstance(arg, str) else str(arg) for arg in args)
    if origin in (typing.Union, types.UnionType):
        return " | ".join(ts(arg, readonly) for arg in args)
    if origin is list:
        return f"({ts(args[0], readonly)})[]"
    if origin is dict:
        return f"Record<{ts(args[0], readonly)}, {ts(args[1], readonly)}>"
    if origin is tuple and len(args) == 2 and args[1] is Ellipsis:
        return f"{readonly}{ts(args[0], readonly)}[]"
    raise TypeError(f"no TypeScript is known for {hint!r}")


if __name__ == "__main__":
    sys.exit(main())
