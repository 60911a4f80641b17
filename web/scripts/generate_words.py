"""Write what the pages say from the catalogues that the mail is written from: python web/scripts/generate_words.py"""

from __future__ import annotations

import json
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CATALOGUES = ROOT / "server" / "adapters" / "mail" / "templates"
TARGET = ROOT / "web" / "src" / "words" / "catalogue.ts"


def text() -> str:
    """The TypeScript of both catalogues."""
    said = {}
    for language in ("en", "es"):
        raw = tomllib.loads((CATALOGUES / f"words.{language}.toml").read_text("utf-8"))
        said[language] = raw["page"]
    lines = ["// Made by `make generate` from the catalogues of the mail. Change them there.", ""]
    lines.append("export const CATALOGUE = {")
    for language, page in said.items():
        lines.append(f"  {language}: {{")
        lines += [f"    {key}: {json.dumps(value, ensure_ascii=False)}," for key, value in page.items()]
        lines.append("  },")
    lines += ["} as const;", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    if "--check" in sys.argv:
        sys.exit(0 if TARGET.read_text("utf-8") == text() else f"{TARGET.name} is stale: run make generate")
    TARGET.write_text(text(), "utf-8")
