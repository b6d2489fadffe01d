"""A painted frame reaches the browser as the Styler it stands for would."""

import re

import pandas as pd
from streamlit.dataframe_util import convert_arrow_bytes_to_pandas_df
from streamlit.elements.lib.pandas_styler_utils import marshall_styler
from streamlit.proto.ArrowData_pb2 import ArrowData

from components.painted import painted

TEXTS = pd.DataFrame({"name": ["甲", "乙 ○"], "2026-12-01": ["夜¹", ""], "total": ["3", "−1.5"]})
STYLES = {
    "name": ["color: #111", ""],
    "2026-12-01": ["background-color: #abc; color: #111; font-weight: 700", "color: #111"],
    "total": ["", ""],
}


def told(styler: object) -> tuple[set[tuple[str, frozenset[str]]], pd.DataFrame]:
    """What Streamlit makes of a Styler: each cell with its declarations, and the texts shown."""
    proto = ArrowData()
    marshall_styler(proto, styler, "x")  # type: ignore[arg-type]
    cells = set()
    for selectors, block in re.findall(r"([^{}]+)\{([^}]*)\}", proto.styler.styles):
        declared = frozenset(part.strip().replace(": ", ":") for part in block.split(";") if part.strip())
        cells |= {(one.strip().split("_", 2)[2], declared) for one in selectors.split(",")}
    return cells, convert_arrow_bytes_to_pandas_df(proto.styler.display_values)


def test_it_draws_what_the_styler_draws() -> None:
    cells, shown = told(painted(TEXTS, STYLES))
    expected, shows = told(TEXTS.style.apply(lambda _: pd.DataFrame(STYLES), axis=None))
    assert cells == expected
    assert len(cells) == 3
    pd.testing.assert_frame_equal(shown, shows)
