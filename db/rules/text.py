"""What may stand in a text that is kept: no control characters, no halves of characters, no hidden direction marks."""

import re

# Control characters except tab and line ends, direction overrides, noncharacters, lone surrogates.
_UNFIT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]"
)
_HALF = re.compile("[\ud800-\udfff]")
_UNFIT_IN_LINE = re.compile("[\n\r\t\u2028\u2029]")


def is_whole(text: str) -> bool:
    """Whether every character is a whole one, so that it can be written at all."""
    return _HALF.search(text) is None


def is_fit(text: str) -> bool:
    """Whether a text of several lines may be kept as it is."""
    return _UNFIT.search(text) is None


def is_fit_line(text: str) -> bool:
    """Whether a text of one line may be kept as it is."""
    return is_fit(text) and _UNFIT_IN_LINE.search(text) is None


def cleaned(text: str) -> str:
    """The text without what may not stand in it, for what other systems send."""
    return _UNFIT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
