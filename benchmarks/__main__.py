"""`python -m benchmarks [name …]`: every benchmark, each in a process of its own.

Ends with 1 where a bound is broken. Figures are ratios against a baseline of the same run, since
machines differ; docs/performance.md quotes them.
"""

import subprocess
import sys

NAMES = (
    "webhook",
    "inbox",
    "others",
    "burst",
    "pages",
    "edge",
    "decision",
    "receipts",
    "reconcile",
    "adopt",
)


def main(chosen: list[str]) -> int:
    """Run the chosen benchmarks, or all; returns the exit status."""
    if unknown := set(chosen) - set(NAMES):
        print(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(NAMES)}.")
        return 2
    broken = [
        name
        for name in chosen or NAMES
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"]).returncode
    ]
    if broken:
        print(f"Broken: {', '.join(broken)}")
    return int(bool(broken))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
