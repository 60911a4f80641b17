"""Proofs about a policy by an SMT solver (z3): what always holds, and where two policies differ."""

from server.adapters.proof.differing import Difference, differences
from server.adapters.proof.proving import Finding, ProofFailed, prove

__all__ = ["Difference", "Finding", "ProofFailed", "differences", "prove"]
