"""Policies as files, each with one clause of its own."""

from __future__ import annotations


def with_clause(before: str, when: str, then: str) -> str:
    return f"""\
name: broken
version: 1
clauses:
  - id: X1
    before: {before}
    when:
      {when}
    {then}
    because: It seemed a good idea.
"""


# Sees somebody alone whose partner has not agreed to it.
DANGEROUS = with_clause("J6", "consents: false", "then: proceed")
