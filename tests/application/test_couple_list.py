"""A clinic that starts with a list: read as spreadsheets save it, looked at, added once."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from server.adapters.clock import VirtualClock
from server.adapters.codec import JsonCodec
from server.adapters.memory import MemoryStore
from server.application.chart import Outdated, Reader
from server.application.clinic import Clinic, NewPerson
from server.application.couple_list import MOST_BYTES, TEMPLATE, CoupleList, Look, State
from server.application.couple_list.reading import COLUMNS, MOST_LINES, read_table
from server.application.records import Records
from server.application.roles import NotAllowed
from server.domain.programme import DEFAULT_PROGRAMME, Couple, ProgrammeError

OFFICE = Reader("administrator", "administrator")
TEAM = Reader("team", "team")
HEAD = ",".join(COLUMNS)
GOOD = "Rivera,2027-01-11,,Alex,alex@x.org,America/New_York,US-NY,en,Robin,robin@x.org,Europe/Madrid,ES,es"
OTHER = "rivera@clinic.org,2027-01-18,yes,Núria,nuria@x.org,UTC,US-NY,,Max,max@x.org,UTC,US-NY,"


class Desk:
    """The office of a clinic with a programme and one therapist, over memory."""

    def __init__(self) -> None:
        self.store, clock = MemoryStore(), VirtualClock(datetime(2026, 11, 24, tzinfo=UTC))
        numbers = itertools.count()
        self.records = Records(self.store, JsonCodec(), clock)
        self.clinic = Clinic(self.records, self.store, self.store, clock, lambda: f"id-{next(numbers)}")
        self.list = CoupleList(self.clinic, self.records, self.store)

    async def open(self, *therapists: str) -> Desk:
        await self.clinic.set_programme(OFFICE, DEFAULT_PROGRAMME, 0)
        for name in therapists or ("Rivera",):
            await self.employ(name, f"{name.lower()}@clinic.org")
        return self

    async def employ(self, name: str, mail: str) -> None:
        await self.clinic.add_staff(OFFICE, NewPerson(name, mail, "UTC", ()), ())

    async def look(self, *lines: str, head: str = HEAD) -> Look:
        return await self.list.look(OFFICE, "\n".join((head, *lines)).encode())

    async def faults(self, line: str) -> dict[str, str]:
        (row,) = (await self.look(line)).rows
        assert (row.state is State.FAULTY) == bool(row.faults)
        return {fault.column: fault.message for fault in row.faults}

    async def couples(self) -> list[Couple]:
        return [kept.value for kept in await self.records.all(TEAM, Couple)]


@pytest.mark.asyncio
async def test_a_list_is_looked_at_first_and_then_added_with_a_link_for_each_partner() -> None:
    desk = await Desk().open()
    data = f"{HEAD}\n{GOOD}\n{OTHER}\n".encode()
    look = await desk.list.look(OFFICE, data)
    assert [(row.line, row.state, row.names, row.therapist) for row in look.rows] == [
        (2, State.NEW, ("Alex", "Robin"), "Rivera"),
        (3, State.NEW, ("Núria", "Max"), "Rivera"),
    ]
    assert await desk.couples() == []
    result = await desk.list.bring(OFFICE, data, look.seen, whole=True)
    assert (result.added, result.here, result.left_out) == (2, 0, 0)
    one, other = sorted(await desk.couples(), key=lambda couple: couple.starts_on)
    assert (one.starts_on, one.keep_apart, other.keep_apart) == (date(2027, 1, 11), False, True)
    robin = await desk.store.person(one.partners["b"])
    assert robin is not None
    assert (robin.email, robin.zone, robin.language) == ("robin@x.org", "Europe/Madrid", "es")
    now = datetime(2026, 11, 25, tzinfo=UTC)
    welcomed = [row.kind for row in await desk.store.take(now, 50)]
    assert welcomed == ["Welcome"] * 5


@pytest.mark.asyncio
async def test_the_same_list_again_adds_nobody_and_what_was_seen_before_is_not_added_after() -> None:
    desk = await Desk().open()
    data = f"{HEAD}\n{GOOD}\n".encode()
    await desk.list.bring(OFFICE, data, 0, whole=True)
    look = await desk.list.look(OFFICE, data)
    assert [row.state for row in look.rows] == [State.HERE]
    again = await desk.list.bring(OFFICE, data, look.seen, whole=True)
    assert (again.added, again.here) == (0, 1)
    with pytest.raises(Outdated):  # the second of two presses of the button
        await desk.list.bring(OFFICE, f"{HEAD}\n{GOOD}\n{OTHER}\n".encode(), 0, whole=True)
    swapped = GOOD.replace("alex@x.org", "@@").replace("robin@x.org", "ALEX@x.org").replace("@@", "Robin@X.org")
    assert [row.state for row in (await desk.look(swapped)).rows] == [State.HERE]
    assert len(await desk.couples()) == 1


@pytest.mark.asyncio
async def test_with_a_fault_anywhere_nobody_is_added_or_the_good_ones_as_is_chosen() -> None:
    desk = await Desk().open()
    data = f"{HEAD}\n{GOOD.replace('alex@x.org', 'alex')}\n{OTHER}\n".encode()
    with pytest.raises(ProgrammeError, match="nobody was added"):
        await desk.list.bring(OFFICE, data, 0, whole=True)
    assert await desk.couples() == []
    result = await desk.list.bring(OFFICE, data, 0, whole=False)
    assert (result.added, result.left_out, len(await desk.couples())) == (1, 1, 1)


@pytest.mark.parametrize(
    ("before", "after", "column"),
    [
        ("Rivera", "Somebody else", "therapist"),
        ("2027-01-11", "next week", "first_week"),
        ("2027-01-11", "2027-02-30", "first_week"),
        ("2027-01-11", "1/11/1997", "first_week"),
        ("2027-01-11", "4/5/2027", "first_week"),
        (",,Alex", ",perhaps,Alex", "keep_apart"),
        ("Alex", "", "name_1"),
        ("Alex", "A" * 81, "name_1"),
        ("Alex", "=HYPERLINK(1)", "name_1"),
        ("Alex", "@SUM(A1)", "name_1"),
        ("alex@x.org", "+alex@x.org", "mail_1"),
        ("alex@x.org", "alex x.org", "mail_1"),
        ("alex@x.org", "ROBIN@x.org", "mail_2"),
        ("America/New_York", "New York", "zone_1"),
        ("America/New_York", "../etc", "zone_1"),
        ("US-NY", "", "place_1"),
        (",es", ",fr", "language_2"),
    ],
)
@pytest.mark.asyncio
async def test_each_fault_is_told_by_its_column_in_words_that_repeat_nothing(
    before: str, after: str, column: str
) -> None:
    desk = await Desk().open()
    found = await desk.faults(GOOD.replace(before, after))
    assert list(found) == [column]
    if len(after) > 5:
        assert after not in found[column]


@pytest.mark.asyncio
async def test_every_fault_of_a_line_is_told_at_once() -> None:
    desk = await Desk().open("Rivera", "Marsh")
    found = await desk.faults("?" + "," * 12)
    wanted = {column for column in COLUMNS if column not in ("keep_apart", "language_1", "language_2")}
    assert set(found) == wanted


@pytest.mark.asyncio
async def test_a_mail_address_belongs_to_one_client() -> None:
    desk = await Desk().open()
    look = await desk.look(GOOD, OTHER.replace("max@x.org", "Alex@x.org"), GOOD)
    assert [row.state for row in look.rows] == [State.NEW, State.FAULTY, State.FAULTY]
    assert [fault.column for fault in look.rows[1].faults] == ["mail_2"]
    assert "line 2" in look.rows[1].faults[0].message
    await desk.list.bring(OFFICE, f"{HEAD}\n{GOOD}\n".encode(), 0, whole=True)
    found = await desk.faults(OTHER.replace("nuria@x.org", "robin@x.org"))
    assert list(found) == ["mail_1"]


@pytest.mark.asyncio
async def test_the_therapist_may_be_left_out_where_there_is_one_and_must_be_clear() -> None:
    desk = await Desk().open()
    assert await desk.faults(GOOD.replace("Rivera", "")) == {}
    await desk.employ("Rivera", "other@clinic.org")
    assert list(await desk.faults(GOOD)) == ["therapist"]
    assert list(await desk.faults(GOOD.replace("Rivera", ""))) == ["therapist"]
    assert await desk.faults(GOOD.replace("Rivera", "Other@clinic.org")) == {}


@pytest.mark.asyncio
async def test_dates_with_slashes_count_where_the_file_says_which_is_the_day() -> None:
    desk = await Desk().open()
    for dates, expected in (
        (("4/5/2027", "1/18/2027"), (date(2027, 4, 5), date(2027, 1, 18))),
        (("4/5/2027", "18/1/2027"), (date(2027, 5, 4), date(2027, 1, 18))),
        (("4/5/2027", "5.4.2027"), (None, date(2027, 4, 5))),
        (("13/1/2027", "1/13/2027"), (None, None)),
        (("4/4/2027", "5.4.2027"), (date(2027, 4, 4), date(2027, 4, 5))),
    ):
        look = await desk.look(GOOD.replace("2027-01-11", dates[0]), OTHER.replace("2027-01-18", dates[1]))
        assert tuple(row.starts_on for row in look.rows) == expected, dates


def encoded(text: str, encoding: str, before: bytes = b"") -> bytes:
    return before + text.encode(encoding)


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: encoded(text, "utf-8"),
        lambda text: encoded(text, "utf-8-sig"),
        lambda text: encoded(text, "cp1252"),
        lambda text: encoded(text, "utf-16"),
        lambda text: encoded(text, "utf-16-be", b"\xfe\xff"),
        lambda text: encoded(text.replace(",", ";"), "utf-8-sig"),
        lambda text: encoded(text.replace(",", "\t"), "utf-16"),
        lambda text: encoded("sep=;\r\n" + text.replace(",", ";"), "cp1252"),
        lambda text: encoded(text.replace("\n", "\r\n"), "utf-8"),
        lambda text: encoded(text.replace("\n", "\r"), "utf-8"),
        lambda text: encoded(text.replace("Núria", '"Núria"'), "utf-8"),
    ],
    ids=["utf-8", "mark", "windows", "utf-16", "big", "semicolons", "tabs", "sep", "crlf", "cr", "quotes"],
)
@pytest.mark.asyncio
async def test_whatever_a_spreadsheet_saves_is_read_the_same(saved: Callable[[str], bytes]) -> None:
    desk = await Desk().open()
    head = HEAD.replace("first_week", "First week").replace("name_1", "NAME 1")
    look = await desk.list.look(OFFICE, saved(f"{head}\n{GOOD}\n,,,,,,,,,,,,\n{OTHER}\n"))
    assert [row.state for row in look.rows] == [State.NEW, State.NEW]
    assert look.rows[1].names == ("Núria", "Max")


@pytest.mark.asyncio
async def test_lines_are_numbered_as_the_file_has_them_and_columns_come_in_any_order() -> None:
    desk = await Desk().open()
    names = [*reversed(COLUMNS), "Phone"]
    cells = dict(zip(COLUMNS, GOOD.split(","), strict=True)) | {"Phone": '"one\ntwo"'}
    broken = cells | {"zone_1": "nowhere", "mail_1": "m@x.org", "mail_2": "n@x.org"}
    look = await desk.look(*(",".join(row[name] for name in names) for row in (cells, broken)), head=",".join(names))
    assert look.ignored == ("Phone",)
    assert [(row.line, row.state) for row in look.rows] == [(2, State.NEW), (4, State.FAULTY)]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "list_empty"),
        (HEAD.encode(), "list_empty"),
        (b"x" * (MOST_BYTES + 1), "list_too_large"),
        (b"PK\x03\x04\x00\x00", "list_unreadable"),
        (f'{HEAD}\n"open'.encode(), "list_unreadable"),
        (b"name,mail\nAlex,alex@x.org", "columns_missing"),
        (f"{HEAD},mail_1\n{GOOD},x".encode(), "columns_twice"),
        ("\n".join([HEAD, *[GOOD] * (MOST_LINES + 1)]).encode(), "list_too_long"),
        ((HEAD + "\n" + "," * 60).encode(), "list_unreadable"),
    ],
)
def test_what_is_no_list_is_refused_as_a_whole(data: bytes, code: str) -> None:
    with pytest.raises(ProgrammeError) as no:
        read_table(data)
    assert no.value.code == code


@pytest.mark.asyncio
async def test_the_template_is_a_list_that_works_once_its_therapist_is_there() -> None:
    desk = await Desk().open()
    await desk.employ("Dr. Rivera", "dr@clinic.org")
    look = await desk.list.look(OFFICE, TEMPLATE.encode())
    assert [row.state for row in look.rows] == [State.NEW]


@pytest.mark.asyncio
async def test_only_the_office_brings_lists_and_only_to_a_clinic_with_a_programme() -> None:
    desk = Desk()
    with pytest.raises(ProgrammeError):
        await desk.list.look(OFFICE, f"{HEAD}\n{GOOD}".encode())
    await desk.open()
    for reader in (Reader("rivera", "therapist"), Reader("alex", "client")):
        with pytest.raises(NotAllowed):
            await desk.list.look(reader, f"{HEAD}\n{GOOD}".encode())
