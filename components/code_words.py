"""Stored codes in words: one table of messages per kind of code."""

from collections.abc import Mapping

from components.words import language, t, translate

Tables = Mapping[str, Mapping[str, str]]


class CodeWords:
    """The words of a subject's codes, by kind and code."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables

    def label(self, kind: str, code: object) -> str:
        """A stored code in the person's language; an unknown one as it stands, nothing as an en dash."""
        return self.label_in(kind, code, language())

    def label_in(self, kind: str, code: object, into: str) -> str:
        """The same in a given language, for routes, prints and workbooks."""
        if code in (None, ""):
            return "–"
        known = self._tables[kind].get(str(code))
        return translate(known, into) if known else str(code)

    def labels(self, kind: str) -> dict[str, str]:
        """Every code of a table with its label, in order."""
        return {code: t(message) for code, message in self._tables[kind].items()}
