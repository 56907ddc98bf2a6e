"""A progress bar for whoever waits: drawn in place on a terminal, a line per tenth elsewhere."""

import time
from typing import TextIO

WIDTH = 32
EVERY_SECONDS = 0.1


class Bar:
    """How far something is, told to a stream."""

    def __init__(self, label: str, *, stream: TextIO) -> None:
        self.label = label
        self.stream = stream
        self.told = -1
        self.drawn = 0.0

    def __call__(self, done: int, whole: int) -> None:
        if self.stream.isatty():
            self._draw(done, whole)
        elif (tenth := done * 10 // whole) != self.told:
            self.told = tenth
            self.stream.write(f"{self.label} {tenth * 10} %\n")
            self.stream.flush()

    def _draw(self, done: int, whole: int) -> None:
        if done < whole and time.monotonic() - self.drawn < EVERY_SECONDS:
            return
        self.drawn = time.monotonic()
        filled = WIDTH * done // whole
        line = f"\r{self.label} [{'#' * filled}{'.' * (WIDTH - filled)}] {done * 100 // whole:>3} %"
        self.stream.write(line + ("\n" if done >= whole else ""))
        self.stream.flush()
