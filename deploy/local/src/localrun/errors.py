"""Why a local run cannot go on, in words for the person who started it."""

from pathlib import Path


class CannotRun(Exception):
    """Something is missing or in the way; the text says what, and what to do about it."""


class AlreadyRunning(CannotRun):
    """Another run holds the folder; ``holder`` is its process id."""

    def __init__(self, folder: Path, holder: int) -> None:
        super().__init__(f"process {holder} runs here already: {folder}")
        self.holder = holder
