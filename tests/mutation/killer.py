"""Exit code 1 where the decision core is broken: quick, since it runs once for every mutant."""

from __future__ import annotations

import sys

from tests.domain.attendance import test_own, test_told
from tests.domain.attendance.test_twice import compare

FACTS = 6_000


def main() -> int:
    """1 where the second reading of the policy differs, or a word of the vocabulary or a sentence is wrong."""
    _, differing = compare(7, FACTS)
    if differing:
        return 1
    for word, value, yes, no in test_own.EXAMPLES:
        test_own.test_a_word_holds_where_it_says(word, value, yes, no)
    for name, test in {**vars(test_own), **vars(test_told)}.items():
        if name.startswith("test_") and not hasattr(test, "pytestmark"):
            test()
    return 0


if __name__ == "__main__":
    sys.exit(main())
