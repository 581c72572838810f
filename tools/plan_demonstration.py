"""Work out who comes when in the demonstration, so that nobody waits for it at the start.

    python tools/plan_demonstration.py

Writes resources/simulator/plans.json. To be run again after a change of the planner; a test tells.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from camwatch import demonstration
from camwatch.cameras.simulator.known_plans import plans_file, plans_text
from camwatch.cameras.simulator.schedule import plan


def main() -> None:
    """Do it."""
    keys = demonstration.make_site().plans
    plans_file().write_text(plans_text((key, plan(key)) for key in keys), encoding="utf-8")


if __name__ == "__main__":
    main()
