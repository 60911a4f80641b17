"""Ring 2: the real application on several nodes over one store in memory, on virtual time, with faults from a seed."""
