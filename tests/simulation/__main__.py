"""`python -m tests.simulation`: live seeds twice and say what differed."""

import argparse
import os
import random
import sys
import time

# The same seed is the same life: no order of a set may differ from run to run.
if os.environ.get("PYTHONHASHSEED") != "0":
    os.environ["PYTHONHASHSEED"] = "0"
    os.execv(sys.executable, [sys.executable, "-m", "tests.simulation", *sys.argv[1:]])
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.simulation.settings"
os.environ.pop("DATABASE_URL", None)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="manage.py simulate", description=__doc__)
    parser.add_argument("--seed", type=int, help="a number; without it one is drawn")
    parser.add_argument("--days", type=int, default=400)
    parser.add_argument("--supporters", type=int, default=200)
    parser.add_argument("--seeds", type=int, default=1, help="how many, counting up from --seed")
    parser.add_argument("--minutes", type=float, help="as many seeds as fit, --seeds at least")
    parser.add_argument("--regressions", action="store_true", help="first those that broke once")
    parser.add_argument("--http", action="store_true", help="reach Stripe over real HTTP")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    import django

    django.setup()
    from tests.simulation import http_wire
    from tests.simulation.run import run

    seed = random.SystemRandom().randrange(10**9) if options.seed is None else options.seed
    until = time.monotonic() + 60 * (options.minutes or 0)
    return run(
        first=seed,
        fewest=options.seeds,
        until=until,
        days=options.days,
        supporters=options.supporters,
        regressions=options.regressions,
        **({"prepare": http_wire.use} if options.http else {}),
    )


if __name__ == "__main__":
    sys.exit(main())
