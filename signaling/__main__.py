"""`python -m signaling`: the command line without its installed name."""

import sys

from signaling.cli import main

sys.exit(main())
