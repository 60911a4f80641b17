"""The chain (D6): whatever is altered, removed or swapped is found, and named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import pytest

from server.domain.chain import (
    NO_HEAD,
    NOTHING,
    READS,
    START,
    Broken,
    Head,
    Line,
    Place,
    Seal,
    examine,
    follow,
    line_hash,
    sealed,
    walk,
)

LENGTH = 10_000


def log(session: str, length: int) -> list[Line]:
    """A log as the record writes it: a body here and there the same as before, a command on every third line."""
    lines, hash = [], NOTHING
    for seq in range(1, length + 1):
        cmd = f"c{seq}" if seq % 3 == 0 else None
        line = Line(session, seq, 1_767_600_000_000_000 + seq // 2, f"kind{seq % 7}", f'{{"n": {seq % 5}}}', cmd)
        hash = line_hash(hash, line)
        lines.append(replace(line, hash=hash))
    return lines


def seals(*lines: Line) -> list[Seal]:
    found, head = [], NO_HEAD
    for line in lines:
        assert line.hash is not None
        found.append(sealed(head, line.session, line.seq, line.hash))
        head = Head(found[-1].n, found[-1].chain)
    return found


@cache
def long() -> tuple[list[Line], list[Place]]:
    """The long log, and the place that a walk has come to before each of its lines."""
    lines, places = log("s", LENGTH), [START]
    for line in lines:
        came = follow(places[-1], line)
        assert isinstance(came, Place)
        places.append(came)
    return lines, places


def first_broken(lines: Sequence[Line], place: Place) -> Broken | None:
    """From where nothing has been touched: what comes before is as it was, so it needs no second look."""
    for came in walk(lines, place):
        if isinstance(came, Broken):
            return came
    return None


ALTERED = {
    "at": lambda line: replace(line, at=line.at + 1),
    "kind": lambda line: replace(line, kind=line.kind + "x"),
    "body": lambda line: replace(line, body=line.body + " "),
    "cmd": lambda line: replace(line, cmd="" if line.cmd is None else None),
    "hash": lambda line: replace(line, hash=bytes([line.hash[0] ^ 1]) + line.hash[1:]),
    "hash taken away": lambda line: replace(line, hash=None),
}


@pytest.mark.parametrize("what", ALTERED)
def test_every_line_of_a_long_log_altered_in_every_field_is_named(what: str) -> None:
    lines, places = long()
    for n, line in enumerate(lines):
        broken = first_broken([ALTERED[what](line), *lines[n + 1 : n + 2]], places[n])
        assert broken == Broken("s", line.seq, "unchained" if what == "hash taken away" else "altered")


@pytest.mark.parametrize("field", ["seq", "session"])
def test_every_line_moved_to_another_number_or_log_is_missed(field: str) -> None:
    lines, places = long()
    for n, line in enumerate(lines[:-1]):
        assert first_broken(lines[n + 1 : n + 2], places[n]) == Broken("s", line.seq, "missing")
    moved = replace(lines[-1], seq=LENGTH + 1) if field == "seq" else replace(lines[-1], session="t")
    assert examine([*lines[:-1], moved], seals(lines[-1])).broken == Broken("s", LENGTH, "missing")


def test_every_line_removed_is_missed() -> None:
    lines, places = long()
    for n, line in enumerate(lines[:-1]):
        assert first_broken(lines[n + 1 : n + 2], places[n]) == Broken("s", line.seq, "missing")
    assert examine(lines[:-1], seals(lines[-1])).broken == Broken("s", LENGTH, "missing")


@pytest.mark.parametrize("distance", [1, 7, LENGTH // 2])
def test_every_two_lines_that_changed_places_are_found(distance: int) -> None:
    """With everything but their number, and their hashes too."""
    lines, places = long()
    for n, line in enumerate(lines[:-distance]):
        other = lines[n + distance]
        for swapped in (replace(other, seq=line.seq), replace(other, seq=line.seq, hash=line.hash)):
            assert first_broken([swapped], places[n]) == Broken("s", line.seq, "altered")


def test_a_line_altered_with_its_own_hash_made_anew_breaks_the_next_link() -> None:
    lines, places = long()
    for n, line in enumerate(lines[:-1]):
        forged = replace(line, body="{}")
        forged = replace(forged, hash=line_hash(places[n].hash, forged))
        assert first_broken([forged, lines[n + 1]], places[n]) == Broken("s", line.seq + 1, "altered")


def test_the_whole_is_counted_and_sound() -> None:
    lines = [*log(READS, 2), *log("s1", 3), *log("s2", 4)]
    kept = seals(lines[4], lines[1], lines[-1])
    found = examine(lines, kept)
    assert (found.events, found.sessions, found.reads, found.broken) == (7, 2, 2, None)
    assert found.head == Head(3, kept[-1].chain)
    assert examine([], []).broken is None


def three() -> tuple[list[Line], list[Seal]]:
    logs = [log(name, 3) for name in ("s1", "s2", "s3")]
    return [line for lines in logs for line in lines], seals(*(lines[-1] for lines in logs))


@pytest.mark.parametrize("gone", ["s1", "s2", "s3"])
def test_a_log_that_is_gone_as_a_whole_is_missed(gone: str) -> None:
    lines, kept = three()
    assert examine([line for line in lines if line.session != gone], kept).broken == Broken(gone, 1, "missing")


@pytest.mark.parametrize("cut", ["s1", "s2", "s3"])
def test_a_log_that_ends_too_early_is_missed(cut: str) -> None:
    lines, kept = three()
    short = [line for line in lines if line.session != cut or line.seq < 2]
    assert examine(short, kept).broken == Broken(cut, 2, "missing")


def test_everything_gone_is_missed_and_the_first_is_named() -> None:
    _, kept = three()
    assert examine([], kept).broken == Broken("s1", 1, "missing")


def forged(lines: list[Line]) -> Iterator[Line]:
    """The same logs with one word changed and every hash made anew: sound in themselves."""
    hash = NOTHING
    for line in lines:
        hash = NOTHING if line.seq == 1 else hash
        changed = replace(line, body='{"forged": true}') if (line.session, line.seq) == ("s2", 2) else line
        hash = line_hash(hash, changed)
        yield replace(changed, hash=hash)


def test_a_log_made_anew_from_a_line_on_is_found_by_its_seal() -> None:
    lines, kept = three()
    assert examine(forged(lines), kept).broken == Broken("s2", 3, "altered")


def test_a_record_made_anew_as_a_whole_is_found_by_a_head_kept_elsewhere_and_only_by_that() -> None:
    lines, kept = three()
    head = Head(kept[-1].n, kept[-1].chain)
    new = list(forged(lines))
    seals_too = seals(*(line for line in new if line.seq == 3))
    assert examine(new, seals_too).broken is None
    assert examine(new, seals_too, head).broken == Broken(None, 3, "head_differs")
    assert examine(new, seals_too, Head(3, head.chain[:6])).broken == Broken(None, 3, "head_differs")
    assert examine(lines, kept, Head(3, head.chain[:6])).broken is None


def test_a_head_kept_elsewhere_still_holds_when_the_record_went_on() -> None:
    lines, kept = three()
    more = log("s3", 5)
    longer = [*lines[:6], *more]
    assert (
        examine(longer, [*kept, sealed(Head(3, kept[2].chain), "s3", 5, more[4].hash or b"")], head_of(kept)).broken
        is None
    )
    assert examine(lines[:6], kept[:2], head_of(kept)).broken == Broken(None, 3, "seal_missing")


def head_of(kept: list[Seal]) -> Head:
    return Head(kept[-1].n, kept[-1].chain)


@pytest.mark.parametrize("n", [1, 2, 3])
def test_every_seal_altered_removed_or_swapped_is_named(n: int) -> None:
    lines, kept = three()
    one = kept[n - 1]
    for change in ({"session": "s9"}, {"seq": 2}, {"hash": NOTHING}, {"chain": NOTHING}):
        tampered = [*kept[: n - 1], replace(one, **change), *kept[n:]]
        assert examine(lines, tampered).broken == Broken(None, n, "seal_altered")
    without = [*kept[: n - 1], *kept[n:]]
    assert examine(lines, without, head_of(kept)).broken == Broken(None, n, "seal_missing")


def test_nothing_moves_from_one_field_to_its_neighbour() -> None:
    one = Line("s", 1, 23, "ab", "c", None)
    others = [
        Line("s", 12, 3, "ab", "c", None),
        Line("s", 1, 23, "a", "bc", None),
        Line("s", 1, 23, "ab", "", "c"),
        Line("s", 1, 23, "ab", "c", ""),
        Line("s1", 1, 23, "ab", "c", None),
        Line("s", 1, 23, "ab", "c-", None),
        Line("s", 1, 23, "ab", "c", "-"),
    ]
    assert len({line_hash(NOTHING, line) for line in [one, *others]}) == 1 + len(others)


def test_the_form_never_changes_by_accident() -> None:
    """A record written today is verified in years: another form is another version."""
    line = Line("demo-1", 1, 1_767_603_600_000_000, "Arrived", '{"who":"a","note":"ü"}', None)
    assert line_hash(NOTHING, line).hex() == "98bb203a88b558a555ebdadf046f3a70283c53f878d802109968ce3d25ef4be2"
