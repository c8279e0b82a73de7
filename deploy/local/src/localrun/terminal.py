"""What a person reads while the suite runs: one stream of lines, each with the speaker's name."""

import os
import sys
import time

_COLOURS = (36, 33, 32, 35, 34, 96, 93, 92, 95, 94)
_NAME_WIDTH = 13


class Terminal:
    """Prints lines; colours only where someone looks, silent once nobody reads."""

    def __init__(self) -> None:
        """Begin to count the seconds that steps show."""
        self._started = time.monotonic()
        self._coloured = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        self._speakers: list[str] = []

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return time.monotonic() - self._started

    def step(self, text: str) -> None:
        """Print a step of the run's own, with the seconds since it began."""
        self.write(f"{self.seconds:5.1f}s  {text}")

    def line(self, speaker: str, text: str) -> None:
        """Print a line that a child has written."""
        if speaker not in self._speakers:
            self._speakers.append(speaker)
        name = f"{speaker:<{_NAME_WIDTH}} |"
        if self._coloured:
            colour = _COLOURS[self._speakers.index(speaker) % len(_COLOURS)]
            name = f"\033[{colour}m{name}\033[0m"
        self.write(f"{name} {text}")

    def write(self, text: str) -> None:
        """Print as it is."""
        try:
            sys.stdout.write(f"{text}\n")
            sys.stdout.flush()
        except BrokenPipeError:
            # The reader has gone (`make up | head`); the suite goes on, and stdout must not
            # complain again when the interpreter closes it.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
