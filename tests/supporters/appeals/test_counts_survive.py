"""A process that is killed loses a second of counts at most."""

import json
import signal
import subprocess
import sys
import time

from supporters.appeals import bundle
from supporters.models import AppealCount

PATIENCE_SECONDS = 60
TELL = """
import sys, time, django
django.setup()
from supporters.appeals import beacon
for _ in range(50):
    beacon.take(sys.argv[1].encode(), agent="Mozilla/5.0")
time.sleep(600)
"""


def test_what_was_counted_a_second_ago_is_written_when_the_process_is_killed(product, tmp_path):
    bundle.forget()
    live = next(iter(bundle.current().published.values())).candidate
    body = json.dumps([["click", live.code, live.arms[0][0], live.placement, "dock-four", 0]])
    command = [sys.executable, "-c", TELL, body]
    process = subprocess.Popen(command, env=product.environment(tmp_path))
    limit = time.monotonic() + PATIENCE_SECONDS
    while not AppealCount.objects.exists():
        assert time.monotonic() < limit, "nothing was written"
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert AppealCount.objects.get().count == 50
