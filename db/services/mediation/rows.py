"""The rows of a list and what stands beside a dispute, read by statements built once (decision 0012)."""

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]
Rows = tuple[Row, ...]
