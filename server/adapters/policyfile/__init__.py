"""A programme's attendance policy as a YAML file (server/POLICY.md tells the format)."""

from server.adapters.policyfile.nodes import PolicyRefused, Problem
from server.adapters.policyfile.reading import EXAMPLE, MAX_BYTES, read_policy
from server.adapters.policyfile.writing import written

__all__ = ["EXAMPLE", "MAX_BYTES", "PolicyRefused", "Problem", "read_policy", "written"]
