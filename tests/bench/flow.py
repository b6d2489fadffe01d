"""The flow's state machine for many steps, newly chosen each time."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def main(steps: int) -> None:
    """Run the test with that many steps; its own line says what was reached."""
    words = [sys.executable, "-m", "pytest", "-q", "-s", "tests/db/services/test_flow_machine.py"]
    subprocess.run(words, cwd=ROOT, env={**os.environ, "FLOW_STEPS": str(steps)}, check=False)
