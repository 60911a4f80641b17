"""What is let through to the shared document's library: plain text in the plan's parts, and nothing that costs more."""

from __future__ import annotations

import random
import resource
import time

import pytest
from pycrdt import Array, Doc, Map, Text

from server.adapters.shared_text import YjsText
from server.adapters.yjs_guard import Malformed, check_update, check_vector
from server.application.shared_text import UpdateRefused
from server.domain.relapse import SECTIONS


def written(seed: int) -> tuple[Doc[Text], list[bytes]]:
    """A document after many changes, and each of them as an update."""
    chance, doc, updates = random.Random(seed), Doc[Text](), []
    doc.observe(lambda event: updates.append(event.update))
    for _ in range(60):
        text = doc.get(chance.choice(SECTIONS[1:]), type=Text)
        at = chance.randrange(len(str(text)) + 1)
        if chance.random() < 0.3:
            del text[at : min(at + 3, len(str(text)))]
        else:
            text.insert(at, chance.choice(("Fridays", "\n", " ")))
        first = doc.get(SECTIONS[0], type=Text)
        first += chance.choice(("ü", "🙂", "文"))
    return doc, updates


@pytest.mark.parametrize("seed", range(5))
def test_everything_that_is_typed_passes_in_any_order(seed: int) -> None:
    doc, updates = written(seed)
    ours = YjsText()
    random.Random(seed).shuffle(updates)
    for update in (*updates, *updates, doc.get_update()):
        check_update(update)
        ours.merge(update)
    check_vector(doc.get_state())
    assert ours.texts() == {name: str(doc.get(name, type=Text)) for name in SECTIONS}


def test_what_is_not_plain_text_in_a_part_of_the_plan_is_refused() -> None:
    for name, value in (("triggers", Map({"a": 1})), ("triggers", Array([1])), ("secrets", Text("words"))):
        doc: Doc[Text] = Doc()
        doc[name] = value  # type: ignore[assignment]
        with pytest.raises(Malformed):
            check_update(doc.get_update())
    doc = Doc()
    text = doc.get("triggers", type=Text)
    text += "bold"
    text.format(0, 4, {"bold": True})
    with pytest.raises(Malformed):
        check_update(doc.get_update())


def test_broken_bytes_cost_neither_time_nor_memory_and_change_nothing() -> None:
    chance, (doc, updates) = random.Random(7), written(7)
    ours = YjsText(doc.get_update())
    before, began, held = ours.texts(), time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(1500):
        broken = bytearray(chance.choice(updates))
        for _ in range(chance.randrange(1, 5)):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        for given in (bytes(broken), bytes(broken[: chance.randrange(len(broken))]), chance.randbytes(30)):
            copy = YjsText(doc.get_update()) if chance.random() < 0.02 else ours
            try:
                check_update(given)
            except Malformed:
                with pytest.raises(UpdateRefused):
                    ours.merge(given)
            else:
                if copy is not ours:
                    copy.merge(given)
    assert ours.texts() == before
    assert time.process_time() - began < 20
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - held < 100 * 1024  # kB
