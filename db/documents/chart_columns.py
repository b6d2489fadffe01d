"""How wide the columns of a chart's table are: names whole where they can be, figures always, heads broken first."""

from collections.abc import Sequence

from db.documents.chart_fonts import width_of

# Of the table: what the column of names may take.
NAMES = 0.4

# More columns than this stand as rows where that makes fewer of them.
MOST_ACROSS = 10


def turned(heads: list[str], rows: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """A table too wide for a page, turned on its side: 24 hours of 7 days as 24 rows."""
    if len(heads) - 1 <= MOST_ACROSS or len(rows) >= len(heads) - 1:
        return heads, rows
    names, *columns = zip(*rows, strict=True)
    return ["", *names], [[head, *column] for head, column in zip(heads[1:], columns, strict=True)]


def column_widths(
    heads: Sequence[str], rows: Sequence[Sequence[str]], width: float, *, size: float, beside: float
) -> list[float]:
    """Widths in the unit of `size`, `width` together; `beside` is left of and right of what a cell says."""
    count = len(heads)
    said = [max((width_of(row[n], size) for row in rows), default=0.0) + 2 * beside for n in range(count)]
    whole = [max(least, width_of(head, size) + 2 * beside) for least, head in zip(said, heads, strict=True)]
    said[0], whole[0] = min(said[0], width * NAMES), min(whole[0], width * NAMES)
    if sum(whole) <= width:
        return [one * width / sum(whole) for one in whole]
    if sum(said) >= width:
        return [one * width / sum(said) for one in said]
    share = (width - sum(said)) / (sum(whole) - sum(said))
    return [least + (most - least) * share for least, most in zip(said, whole, strict=True)]
