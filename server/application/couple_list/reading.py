"""From the bytes of a CSV file, as spreadsheets save it, to its lines by column.

A spreadsheet saves with commas, semicolons or tabs, in UTF-8 (with or without a mark), UTF-16 or Windows-1252,
depending on its country and its age: all of these are read. What can't be a list of couples is refused as a whole.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

from server.domain.programme import ProgrammeError

MOST_BYTES = 512 * 1024
MOST_LINES = 500
MOST_COLUMNS = 40
MOST_CHARACTERS = 300  # of a cell

PARTNER = ("name", "mail", "zone", "place", "language")
COLUMNS = ("therapist", "first_week", "keep_apart", *(f"{column}_{n}" for n in "12" for column in PARTNER))
OPTIONAL = frozenset({"keep_apart", "language_1", "language_2", "therapist"})

# The mark at the beginning tells spreadsheets that it is UTF-8.
TEMPLATE = "\ufeff" + "".join(
    ",".join(cells) + "\r\n"
    for cells in (
        COLUMNS,
        (
            *("Dr. Rivera", "2027-01-11", "no"),
            *("Alex", "alex@example.org", "America/New_York", "US-NY", "en"),
            *("Robin", "robin@example.org", "America/Chicago", "US-IL", "es"),
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Line:
    """`number` is that of the file, from 1; `cells` has every column, empty where nothing was said."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    lines: tuple[Line, ...]
    ignored: tuple[str, ...]  # columns that say nothing to us, by their own names


def read_table(data: bytes) -> Table:
    """Raises `ProgrammeError`."""
    if len(data) > MOST_BYTES:
        raise ProgrammeError("list_too_large", f"A list has up to {MOST_BYTES // 1024} KB.")
    text = _text(data)
    records = list(_records(text))
    if not records:
        raise ProgrammeError("list_empty", "There is nothing in this file.")
    head = [_column(cell) for cell in records[0][1]]
    _check_head(head)
    lines = tuple(
        Line(number, _cells(head, cells)) for number, cells in records[1:] if any(cell.strip() for cell in cells)
    )
    if not lines:
        raise ProgrammeError("list_empty", "There is no couple in this file, only its first line.")
    ignored = [records[0][1][n].strip() for n, name in enumerate(head) if name not in COLUMNS and name]
    return Table(lines, tuple(ignored))


def _text(data: bytes) -> str:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ["utf-16"] if marked else ["utf-8-sig", "cp1252"]:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise ProgrammeError("list_unreadable", "This isn't a CSV file. In your spreadsheet, choose Save as, then CSV.")


def _records(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each record with the number of the line it begins on. Raises `ProgrammeError`."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    before = 0
    if re.fullmatch(r"sep=[,;\t]", first.strip(" \"'")):  # what some spreadsheets put before everything else
        text, before = rest, 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    number = 1
    try:
        for cells in reader:
            if number > MOST_LINES + 1 and any(cells):
                raise ProgrammeError("list_too_long", f"Up to {MOST_LINES} lines at a time. Split the file.")
            if len(cells) > MOST_COLUMNS:
                raise ProgrammeError("list_unreadable", f"Line {number + before} has more than {MOST_COLUMNS} columns.")
            yield number + before, cells
            number = reader.line_num + 1
    except csv.Error:
        raise ProgrammeError(
            "list_unreadable", f"Line {number + before} can't be read: a quotation mark is missing."
        ) from None


def _delimiter(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _column(cell: str) -> str:
    return re.sub(r"[\s_-]+", "_", cell.strip().casefold())


def _check_head(head: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in head and name not in OPTIONAL]
    if missing:
        raise ProgrammeError(
            "columns_missing", f"The first line lacks {', '.join(missing)}. The template has them all."
        )
    twice = sorted({name for name in head if name in COLUMNS and head.count(name) > 1})
    if twice:
        raise ProgrammeError("columns_twice", f"The first line has {', '.join(twice)} twice.")


def _cells(head: list[str], cells: list[str]) -> dict[str, str]:
    found = dict.fromkeys(COLUMNS, "")
    for name, cell in zip(head, cells, strict=False):
        if name in found:
            found[name] = cell.strip()
    return found
