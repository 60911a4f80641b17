"""A policy file: what it may say, and where it is told to be wrong."""

from __future__ import annotations

import contextlib
import time
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.adapters.policyfile import EXAMPLE, MAX_BYTES, PolicyRefused, read_policy
from server.domain.attendance import DEFAULT_POLICY, Action, Condition, Focus, Policy, fingerprint
from server.domain.attendance.own import WORDS, Takes, Word

HEAD = "name: harbour\nversion: 1\n"
CLAUSE = """\
clauses:
  - id: H1
    before: J10
    when: {present: 1}
    then: reschedule
    because: It needs both.
"""


def test_the_example_says_what_it_seems_to_say() -> None:
    policy = read_policy(EXAMPLE.read_text(encoding="utf-8"))
    assert policy.name == "harbour@1"
    assert (policy.no_show_after, policy.solo_streak_limit) == (timedelta(minutes=20), 3)
    assert policy.reconnect_grace == DEFAULT_POLICY.reconnect_grace
    (clause,) = policy.own
    assert (clause.id, clause.before, clause.action) == ("H1", "J9", Action.ASK)
    assert clause.when == (Condition("focus", (Focus.COPING_SKILLS,)), Condition("solo_streak_at_least", 1))


def test_a_file_that_changes_nothing_is_the_default_policy_by_another_name() -> None:
    assert fingerprint(read_policy(HEAD)) == fingerprint(DEFAULT_POLICY)
    assert read_policy(HEAD) == Policy("harbour@1")


@pytest.mark.parametrize(
    ("text", "line", "column", "message"),
    [
        ("", 1, 1, "the file is empty"),
        ("name: [", 1, 8, "not YAML"),
        ("- name", 1, 1, "`name: value`"),
        ("name: harbour\n", 1, 1, "`version` is missing"),
        ("name: default\nversion: 1\n", 1, 7, "not `default`"),
        ("name: Harbour Clinic\nversion: 1\n", 1, 7, "small letters"),
        ("name: a\nversion: 1.5\n", 2, 10, "a whole number from 1 to 999999"),
        (HEAD + "version: 2\n", 3, 1, "`version` stands here twice"),
        (HEAD + "policies: 1\n", 3, 1, "`policies` is not known here"),
        (HEAD + "parameters:\n  no_show: 5 min\n", 4, 3, "`no_show` is not known here"),
        (HEAD + "parameters:\n  card_after: 10\n", 4, 15, "a duration is wanted"),
        (HEAD + "parameters:\n  card_after: 0 s\n", 4, 15, "longer than nothing"),
        (HEAD + "parameters:\n  card_after: 9 days\n", 4, 15, "at most 7 days"),
        (HEAD + "parameters:\n  card_after: 20 min\n", 4, 3, "`card_after` must not be more than `no_show_after`"),
        (HEAD + "parameters:\n  solo_streak_limit: 0\n", 4, 22, "a whole number from 1 to 100"),
        (HEAD + "clauses: 5\n", 3, 10, "`clauses` is a list"),
        (HEAD + CLAUSE.replace("H1", "J4"), 4, 9, "J4 is a clause of every policy"),
        (HEAD + CLAUSE.replace("H1", "our"), 4, 9, "a capital letter"),
        (HEAD + CLAUSE.replace("J10", "A1"), 5, 13, "`before` names the clause"),
        (HEAD + CLAUSE.replace("present: 1", "mood: good"), 6, 12, "`mood` is not known here"),
        (HEAD + CLAUSE.replace("present: 1", "present: one"), 6, 21, "a whole number"),
        (HEAD + CLAUSE.replace("present: 1", "declared: yes"), 6, 22, "true or false"),
        (HEAD + CLAUSE.replace("present: 1", "focus: [open, open]"), 6, 19, "each once"),
        (HEAD + CLAUSE.replace("{present: 1}", "{}"), 6, 11, "at least one thing"),
        (HEAD + CLAUSE.replace("reschedule", "hold"), 7, 11, "`hold` is not known here"),
        (HEAD + CLAUSE.replace("reschedule", "ask"), 4, 5, "`options` is missing"),
        (HEAD + CLAUSE.replace("reschedule", "wait"), 4, 5, "`until` is missing"),
        (HEAD + CLAUSE + "    until: 5 min\n", 9, 5, "`until` is not known here"),
        (HEAD + CLAUSE + CLAUSE.removeprefix("clauses:\n"), 9, 5, "there are two clauses H1"),
        (HEAD + CLAUSE.replace("    because: It needs both.\n", ""), 4, 5, "`because` is missing"),
        ("name: &x a\nversion: *x\n", 1, 7, "anchors and aliases"),
        ("name: !!python/object:os.system a\nversion: x\n", 2, 10, "a whole number"),
    ],
)
def test_a_fault_is_told_with_its_place(text: str, line: int, column: int, message: str) -> None:
    with pytest.raises(PolicyRefused) as refused:
        read_policy(text)
    told = [(p.line, p.column) for p in refused.value.problems if message in p.message]
    assert told == [(line, column)], str(refused.value)


def test_all_faults_are_told_at_once_and_in_order() -> None:
    with pytest.raises(PolicyRefused) as refused:
        read_policy("name: X\nversion: none\nparameters:\n  first_nudge: soon\n")
    assert [problem.line for problem in refused.value.problems] == [1, 2, 4]


@pytest.mark.parametrize(
    "text",
    ["[", "{", "a: ", "- ", "? ", "[[],", "{a: ", "[],", "- - - -\n", "a: b\n", "- a\n", "x: &a [*a]\n", "\x00", "y"],
)
@pytest.mark.parametrize("before", ["", "[", "a:\n - ", HEAD])
def test_a_file_of_the_greatest_size_is_refused_in_time(before: str, text: str) -> None:
    began = time.process_time()
    with pytest.raises(PolicyRefused):
        read_policy((before + text * MAX_BYTES)[:MAX_BYTES])
    assert time.process_time() - began < 5


def test_a_file_that_is_too_long_is_refused() -> None:
    with pytest.raises(PolicyRefused, match="longer than 64 KiB"):
        read_policy("name: " + "y" * MAX_BYTES)


def test_sixty_clauses_that_use_every_word_are_read() -> None:
    when = ", ".join(f"{name}: {_everything(word)}" for name, word in WORDS.items())
    clause = CLAUSE.removeprefix("clauses:\n").replace("present: 1", when)
    text = HEAD + "clauses:\n" + "".join(clause.replace("H1", f"H{n}") for n in range(60))
    assert len(read_policy(text).own) == 60


def _everything(word: Word) -> str:
    if word.choices is not None:
        return f"[{', '.join(word.choices)}]"
    return {Takes.FLAG: "true", Takes.COUNT: "1", Takes.DURATION: "5 min"}[word.takes]


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_anything_else_is_refused_cleanly(text: str) -> None:
    with pytest.raises(PolicyRefused):
        read_policy(text)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_damaged_example_is_read_or_refused(data: st.DataObject) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    at = data.draw(st.integers(0, len(text)))
    damaged = text[:at] + data.draw(st.text(max_size=3)) + text[at + data.draw(st.integers(0, 3)) :]
    with contextlib.suppress(PolicyRefused):
        assert isinstance(read_policy(damaged), Policy)
