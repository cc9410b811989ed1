"""A pool and its real server, for a test: `memengine serve` in a process of its own. MEMENGINE names the tool."""

import os
import shlex
import signal
import subprocess
import tempfile
import time


class Server:
    def __init__(self):
        self._directory = tempfile.TemporaryDirectory(prefix="memengine-")
        self.pool = os.path.join(self._directory.name, ".memengine")
        self._process = None
        self.start()

    def start(self):
        self._process = subprocess.Popen(
            [*shlex.split(os.environ["MEMENGINE"]), "serve", "--pool", self.pool], stdout=subprocess.PIPE, text=True)
        if "Serving" not in self._process.stdout.readline():
            raise RuntimeError(f"The server did not start: it ended with {self._process.wait(120)}.")

    def kill(self):
        self._end(signal.SIGKILL)

    def stop(self):
        self._end(signal.SIGTERM)

    def close(self):
        if self._process.poll() is None:
            self.stop()
        self._directory.cleanup()

    def _end(self, how):
        self._process.send_signal(how)
        self._process.wait(120)
        self._process.stdout.close()


def eventually(true, seconds=120):
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            raise AssertionError("It did not happen in time.")
        time.sleep(0.02)
