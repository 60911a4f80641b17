"""Two policies over the same sessions as a picture: pairs of bars, in SVG, for light and dark."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

WIDTH, LEFT, RIGHT, ROW, BAR, TOP = 720, 190, 70, 46, 14, 74
STYLE = """
  text { font: 14px system-ui, sans-serif; fill: #22313a }
  .small { font-size: 12px } .old { fill: #9db4bd } .new { fill: #1f6f78 } .ground { fill: #ffffff }
  @media (prefers-color-scheme: dark) {
    text { fill: #e3ecef } .old { fill: #51646c } .new { fill: #5fc0c8 } .ground { fill: #121a1e }
  }
"""


def bars(title: str, old: str, new: str, measures: Mapping[str, tuple[float, float]]) -> str:
    """An SVG document; each measure has a scale of its own, since counts and minutes don't compare."""
    height = TOP + ROW * len(measures) + 16
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-label="{escape(title, quote=True)}">',
        f"<style>{STYLE}</style>",
        f'<rect class="ground" width="{WIDTH}" height="{height}"/>',
        f'<text x="16" y="26">{escape(title)}</text>',
        f'<rect class="old" x="16" y="42" width="12" height="12"/>'
        f'<text class="small" x="34" y="53">{escape(old)}</text>',
        f'<rect class="new" x="{LEFT}" y="42" width="12" height="12"/>'
        f'<text class="small" x="{LEFT + 18}" y="53">{escape(new)}</text>',
    ]
    for number, (name, values) in enumerate(measures.items()):
        lines += _pair(name, values, TOP + ROW * number)
    return "\n".join([*lines, "</svg>", ""])


def _pair(name: str, values: tuple[float, float], top: int) -> list[str]:
    longest = max(*values, 1e-9)
    lines = [f'<text x="16" y="{top + 20}">{escape(name)}</text>']
    for number, (value, kind) in enumerate(zip(values, ("old", "new"), strict=True)):
        y, length = top + number * (BAR + 3), (WIDTH - LEFT - RIGHT) * value / longest
        lines.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" rx="3"/>')
        lines.append(f'<text class="small" x="{LEFT + length + 6:.1f}" y="{y + 11}">{value:,.0f}</text>')
    return lines
