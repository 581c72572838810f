"""Where a frozen CamWatch starts."""

import sys

from camwatch.__main__ import main

sys.exit(main())
