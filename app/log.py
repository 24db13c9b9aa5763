"""Logging, configured once, to standard error only: standard output is for results."""

from __future__ import annotations

import logging
import sys


def configure(level: str) -> None:
    """Send our own messages from `level` up, and other libraries' warnings, to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s", "%H:%M:%S"))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for package in ("app", "index", "rag", "eval", "uvicorn"):
        logging.getLogger(package).setLevel(level)
