"""The description of the application's API, from which the pages' client is generated.

Run: python -m tools.openapi [--check]
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

#: Where the description is kept, so that pages are built without Python.
KEPT = Path(__file__).resolve().parent.parent / "web" / "openapi.gen.json"


def description() -> str:
    """The description as JSON, the same for the same code."""
    from pinakes.core.settings import Settings
    from pinakes.services.opened import open_library
    from pinakes.services.whole import build_application

    with tempfile.TemporaryDirectory() as state:
        library = open_library(Settings(state=Path(state)), ())
        described = build_application(library).openapi()
        library.engine.dispose()
    described["info"]["version"] = "0"
    return json.dumps(described, indent=1, sort_keys=True) + "\n"


def main() -> int:
    """Write the description, or say that the one kept is another; returns the exit status."""
    made = description()
    if "--check" in sys.argv[1:]:
        if KEPT.read_text("utf-8") == made:
            return 0
        sys.stdout.write("web/openapi.gen.json is not that of the code; run: make generate\n")
        return 1
    KEPT.write_text(made, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
