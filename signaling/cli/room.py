"""`schalte room`: a headless room or guest behind a join link."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from typing import Any

import structlog

from signaling.cli.options import Invalid
from signaling.cli.serve import until_told
from signaling.client import Client, ClientError, endpoint
from signaling.log import configure

log = structlog.get_logger()
PARENT = "SCHALTE_PARENT"
"""Environment: the process id of whoever started this room; it ends when that process has."""
