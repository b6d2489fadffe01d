"""Hostile texts in every field of every service, through the valid calls the tests know: sampled, whole or surveyed.

`python -m tests.bench trust hostile` asks all tests of the services anew which of them calls what; it writes
`valid_calls.csv` (a test for each service) and adds to `free_texts.csv` (the columns texts reach). Then, and with
`hostile typed` at once, it types them into every form in a browser.
"""

import csv
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from db.base import Base
from tests.trust.written_over import LIST, free_texts

ROOT = Path(__file__).parents[3]
CALLS = ROOT / "tests" / "trust" / "valid_calls.csv"
ALL = ("tests/db/services", "-m", "not postgres and not slow")


@dataclass
class Found:
    """What was tried and what was wrong."""

    trips: int = 0
    stored: int = 0
    refused: int = 0
    fields: int = 0
    services: int = 0
    over: int = 0
    files: int = 0
    wrong: list[str] = field(default_factory=list)


def valid_calls() -> dict[str, str]:
    """A test that makes a valid call, by service."""
    with CALLS.open(encoding="utf-8", newline="") as rows:
        return {row["service"]: row["test"] for row in csv.DictReader(rows)}


def run(*, each: int, over: int, every: int = 1) -> Found:
    """Every `every`-th test of `valid_calls.csv`: `each` texts a field, `over` offices of hostile texts a service."""
    tests = sorted(set(valid_calls().values()))[::every]
    return told(_kept((*tests, "-m", "not postgres"), each=each, over=over))


def survey() -> Found:
    """All tests of the services; writes both lists."""
    kept = _kept(ALL, each=1, over=0)
    keep(kept)
    return told(kept)


def typed() -> bool:
    """Hostile texts into every form of the screens, in a browser; tells its figures, answers whether all was well."""
    words = ["-q", "-s", "-p", "no:cacheprovider", "--every-value", "tests/browser/test_hostile_typing.py"]
    return subprocess.run([sys.executable, "-m", "pytest", *words], cwd=ROOT, check=False).returncode == 0


def _kept(tests: Iterable[str], *, each: int, over: int) -> Any:
    with tempfile.TemporaryDirectory(prefix="linli-hostile-") as folder:
        out = Path(folder) / "kept.json"
        sizes = {"HOSTILE_EACH": str(each), "HOSTILE_OVER": str(over), "HOSTILE_KEPT": str(out)}
        words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tests.trust.swapping", *tests]
        done = subprocess.run(words, cwd=ROOT, env=os.environ | sizes, capture_output=True, text=True, check=False)
        if not out.exists():
            raise RuntimeError(done.stdout[-500:] + done.stderr[-500:])
        return json.loads(out.read_text(encoding="utf-8"))


def told(kept: Mapping[str, Any]) -> Found:
    """The sums, and what was wrong with the name of the service before it."""
    fields, over = kept["fields"], kept["over"]
    sums = {name: sum(row[name] for row in fields) for name in ("trips", "stored", "refused")}
    wrong = [f"{row['service']} {row['field']}: {one}" for row in fields for one in row["wrong"]]
    wrong += [f"{name} in an office of hostile texts: {one}" for name, row in over.items() for one in row["wrong"]]
    services = {row["service"] for row in fields}
    files = sum(row["files"] for row in over.values())
    return Found(**sums, fields=len(fields), services=len(services), over=len(over), files=files, wrong=wrong)


def keep(kept: Mapping[str, Any]) -> None:
    """Write both lists."""
    tests = {row["service"]: row["test"] for row in kept["fields"]}
    _write(CALLS, ("service", "test"), sorted(tests.items()))
    columns = {name: (fits.longest, fits.lines) for name, fits in free_texts().items()}
    for row in kept["fields"]:
        for name, (longest, lines) in row["columns"].items():
            before = columns.get(name, (0, False))
            columns[name] = max(before[0], longest), before[1] or lines
    free = [(name, str(longest), "yes" if lines else "no") for name, (longest, lines) in sorted(columns.items())
            if _is_a_column(name)]  # fmt: skip
    _write(LIST, ("column", "longest", "lines"), free)


def _is_a_column(name: str) -> bool:
    table, _, column = name.partition(".")
    found = Base.metadata.tables.get(table)
    return found is not None and column in found.columns and not found.columns[column].foreign_keys


def _write(path: Path, heads: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out, lineterminator="\n").writerows([heads, *rows])
