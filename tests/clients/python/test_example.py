"""docs/examples/python, run as its reader would against the real server: it prints what its README shows, ids apart."""

import os
import pathlib
import re
import shlex
import subprocess
import sys
import unittest

from server import Server

EXAMPLE = pathlib.Path(__file__).parents[3] / "docs" / "examples" / "python"
COMMAND = "$ PYTHONPATH=src/clients/python python3 docs/examples/python/agent.py\n"


def without_ids(text):
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)


def shown():
    """What the README shows after the command, each time it does."""
    blocks = re.findall(r"```console\n(.*?)```", (EXAMPLE / "README.md").read_text(encoding="utf-8"), re.S)
    return [without_ids(block.split(COMMAND, 1)[1]) for block in blocks if COMMAND in block]


class ExampleTests(unittest.TestCase):
    def run_agent(self, folder, *arguments):
        return subprocess.run(
            [sys.executable, EXAMPLE / "agent.py", *arguments], cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=300,
            env={**os.environ, "PYTHONIOENCODING": "utf-8"})

    def test_it_prints_what_its_readme_shows(self):
        server = Server()
        self.addCleanup(server.close)
        folder = os.path.join(os.path.dirname(server.pool), "some", "folder")
        os.makedirs(folder)
        expected = shown()
        self.assertEqual(2, len(expected))
        # The second run finds what the first one learned; it names the pool, where the first one looked for it.
        for text, arguments in zip(expected, ((), (server.pool,))):
            ran = self.run_agent(folder, *arguments)
            self.assertEqual((0, ""), (ran.returncode, ran.stderr))
            self.assertEqual(text, without_ids(ran.stdout))
        stored = subprocess.run(
            [*shlex.split(os.environ["MEMENGINE"]), "list", "--pool", server.pool], capture_output=True, text=True, encoding="utf-8", timeout=300)
        self.assertIn("How invoices.csv is read", stored.stdout)

    def test_without_a_server_it_says_how_to_start_one(self):
        server = Server()
        self.addCleanup(server.close)
        server.stop()
        ran = self.run_agent(os.path.dirname(server.pool))
        self.assertEqual((1, ""), (ran.returncode, ran.stdout))
        self.assertIn("memengine serve", ran.stderr)


if __name__ == "__main__":
    unittest.main()
