"""The operations under test: torch's callable for each name, and what one instance of its arguments looks like."""

from claims.frame.operations.operation import Operation
from claims.frame.operations.table import OPERATIONS

__all__ = ["OPERATIONS", "Operation"]
