"""`python -m tests.bench [NAME...] [--sizes 1000,100000,1000000]`: all benchmarks, some, or `suggest`, or `trust`."""

import argparse
import sys

from tests.bench import (
    charts,
    duplicates,
    flow,
    importing,
    journal_cost,
    killing,
    load,
    mediation,
    reruns,
    scoring,
    services,
    suggesting,
    trust,
    wall,
)

NAMES = (
    "services",
    "reruns",
    "journal",
    "mediation",
    "scoring",
    "charts",
    "duplicates",
    "import",
    "kill",
    "flow",
    "load",
    "wall",
)


def main(words: list[str]) -> None:
    """Run what was asked for; nothing here fails for being slow."""
    if words[:1] == ["suggest"]:
        suggesting.main(words[1:])
        return
    if words[:1] == ["trust"]:
        trust.main(words[1:])
        return
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"any of {', '.join(NAMES)}; without one the first eight"
    )
    parser.add_argument("--sizes", default="1000,100000,1000000", help="how many cases, or disputes")
    parser.add_argument("--villages", default="608", help="how many villages are scored")
    parser.add_argument("--rows", default="5000,50000", help="how many rows are brought in")
    parser.add_argument(
        "--kind", default="csv", choices=("csv", "xlsx"), help="the kind of file they are brought in from"
    )
    parser.add_argument("--seconds", type=float, default=1.5, help="how long each figure is taken for")
    parser.add_argument("--kills", type=int, default=1000, help="how often the writer is killed")
    parser.add_argument("--people", type=int, default=20, help="how many work at once")
    parser.add_argument("--minutes", type=float, default=10, help="for how long they do")
    parser.add_argument("--steps", type=int, default=10_000, help="how many steps the flow takes")
    asked = parser.parse_args(words)
    if unknown := set(asked.names) - set(NAMES):
        parser.error(f"there is no benchmark called {', '.join(sorted(unknown))}")
    names = asked.names or NAMES[:8]
    sizes = [int(size) for size in asked.sizes.split(",")]
    if "services" in names:
        services.main(sizes, seconds=asked.seconds)
    if "reruns" in names:
        reruns.main(sizes, seconds=asked.seconds * 4)
    if "journal" in names:
        journal_cost.main(seconds=asked.seconds)
    if "mediation" in names:
        mediation.main(sizes, seconds=asked.seconds)
    if "scoring" in names:
        scoring.main([int(size) for size in asked.villages.split(",")], seconds=asked.seconds)
    if "charts" in names:
        charts.main(sizes, seconds=asked.seconds)
    if "wall" in names:
        wall.main(sizes, seconds=asked.seconds)
    if "duplicates" in names:
        duplicates.main()
    if "import" in names:
        importing.main([int(size) for size in asked.rows.split(",")], asked.kind)
    if "kill" in names:
        killing.main(asked.kills)
    if "flow" in names:
        flow.main(asked.steps)
    if "load" in names:
        load.main(100_000, people=asked.people, minutes=asked.minutes)


if __name__ == "__main__":
    main(sys.argv[1:])
