"""Documents that lie are faults: what they point to exists, and what they list is all there is."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from server.bots import SCENARIOS, Scenario
from server.config import Settings
from tests.architecture.imports import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")
FOLDERS = ("server", "signaling", "tests", "web")
DOCUMENTS = [*ROOT.glob("*.md"), *(path for folder in FOLDERS for path in (ROOT / folder).glob("*.md"))]
LINK = re.compile(r"\]\(([^)#:]+)\)|src=\"([^\":]+)\"")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_what_a_document_points_to_exists(document: Path) -> None:
    targets = [one or other for one, other in LINK.findall(document.read_text(encoding="utf-8"))]
    assert [target for target in targets if not (document.parent / target).exists()] == []


def test_the_readme_points_to_its_pictures() -> None:
    assert README.count("web/pictures/") == len(set(re.findall(r"web/pictures/[a-z-]+\.png", README))) >= 6


def test_every_setting_is_in_the_readme() -> None:
    section = README.partition("| setting |")[2]
    listed = set(re.findall(r"DYAD_[A-Z_]+", "".join(line for line in section.splitlines() if line.startswith("| `"))))
    assert listed == {f"DYAD_{field.name.upper()}" for field in fields(Settings)}


def test_the_scenarios_of_the_readme_exist() -> None:
    used = re.findall(r"--scenario ([a-z:0-9-]+)", README)
    assert {Scenario.parse(one).name for one in used} <= {name.partition(":")[0] for name in SCENARIOS}
    assert len(used) >= 3


def test_every_target_of_make_that_the_readme_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert [
        name for name in re.findall(r"(?:`|^    )make ([a-z]+)", README, re.MULTILINE) if f"\n{name}:" not in makefile
    ] == []
