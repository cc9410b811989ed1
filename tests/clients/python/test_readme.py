"""The README's code does what it says, against the real server."""

import os
import pathlib
import re
import subprocess
import sys
import unittest

from server import Server

README = (pathlib.Path(__file__).parents[3] / "src" / "clients" / "python" / "README.md").read_text()


class ReadmeTests(unittest.TestCase):
    def test_its_code_runs(self):
        blocks = re.findall(r"```python\n(.*?)```", README, re.S)
        self.assertEqual(2, len(blocks))
        self.assertEqual(5, len(blocks[0].strip().splitlines()))
        server = Server()
        self.addCleanup(server.close)
        said = [self.run_block(server, block) for block in blocks]
        self.assertEqual(["Retry only what is idempotent.", ""], said)

    def run_block(self, server, block):
        ran = subprocess.run(
            [sys.executable, "-c", block], cwd=os.path.dirname(server.pool), capture_output=True, text=True, timeout=300)
        self.assertEqual(0, ran.returncode, ran.stderr)
        return ran.stdout.strip()


if __name__ == "__main__":
    unittest.main()
