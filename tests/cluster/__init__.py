"""Several nodes as real processes over one record and a real Redis: to look at, to kill, and to be measured."""
