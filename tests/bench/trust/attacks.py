"""G24: each attack class again in a copy of the tree without its guard; the test named after it must fail."""

import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.bench.trust.apart import ROOT, copy, passes

CLASSES = ROOT / "tests" / "trust" / "attack_classes.toml"


@dataclass
class Result:
    """How many guards were taken away, how often that was noticed, and which were not missed."""

    tried: int
    noticed: int
    unnoticed: list[str]


def run(how_many: int = 30, *, say: bool = True) -> Result:
    """The first `how_many` classes."""
    chosen = tomllib.loads(CLASSES.read_text(encoding="utf-8"))["class"][:how_many]
    unnoticed = []
    with tempfile.TemporaryDirectory(prefix="linli-attacks-") as folder:
        tree = Path(folder)
        copy(tree)
        for one in chosen:
            with without(tree, one["edits"]):
                noticed = not passes(tree, [f"tests/trust/{one['test']}"])
            if not noticed:
                unnoticed.append(f"{one['number']} {one['what']}")
            if say:
                said = "fails without its guard" if noticed else "DID NOT NOTICE"
                print(f"{said:24} {one['number']:>2} {one['what']}", flush=True)
    return Result(len(chosen), len(chosen) - len(unnoticed), unnoticed)


@contextmanager
def without(tree: Path, edits: list[list[str]]) -> Iterator[None]:
    """While this lasts, the guards are gone."""
    kept: dict[Path, Any] = {}
    try:
        for name, stands, instead in edits:
            path = tree / name
            kept.setdefault(path, path.read_text(encoding="utf-8"))
            path.write_text(path.read_text(encoding="utf-8").replace(stands, instead), encoding="utf-8")
        yield
    finally:
        for path, whole in kept.items():
            path.write_text(whole, encoding="utf-8")
