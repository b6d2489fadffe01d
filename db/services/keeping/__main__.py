"""`python -m db.services.keeping backup|drill`: one act in a process of its own, beside the running office."""

import os
import sys

from db import settings
from db.services import keeping
from db.services.keeping.soundness import KeepingError

ACTS = {"backup": keeping.keep_one, "drill": keeping.drill}

if __name__ == "__main__":
    if os.name == "posix":
        os.nice(10)
    os.umask(0o077)
    try:
        ACTS[sys.argv[1]](settings.load())
    except KeepingError as why:
        sys.exit(str(why))
