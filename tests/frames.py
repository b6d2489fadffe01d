"""Reading the frames services answer."""

from typing import Any

import pandas as pd


def row_of(frame: pd.DataFrame, value: object, *, by: str = "id") -> dict[str, Any]:
    """The one row whose column `by` holds `value`."""
    (found,) = frame[frame[by] == value].to_dict("records")
    return {str(name): cell for name, cell in found.items()}
