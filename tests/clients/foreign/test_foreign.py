"""msgpack-rpc clients that nobody here wrote: Neovim, and pynvim's session, which is a plain msgpack-rpc client."""

import json
import os
import pathlib
import subprocess
import sys
import unittest

from pynvim.msgpack_rpc import socket_session

sys.path.append(str(pathlib.Path(__file__).parents[1] / "python"))
from server import Server  # noqa: E402

UNKNOWN = "01900000-0000-7000-8000-000000000001"


class ForeignTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.pipe = json.loads(pathlib.Path(cls.server.pool, "LOCK").read_text(encoding="utf-8-sig"))["Pipe"]

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def test_neovim(self):
        script = pathlib.Path(__file__).with_name("pool.lua")
        ran = subprocess.run(
            ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {script}", "-c", "qa!"],
            env={**os.environ, "MEMENGINE_PIPE": self.pipe}, capture_output=True, text=True, timeout=300)
        self.assertTrue(ran.stdout.startswith("{"), ran.stderr)
        found = json.loads(ran.stdout.splitlines()[0])
        self.assertEqual(1, found["hello"]["proto"])
        self.assertEqual(("added", 1), (found["made"]["outcome"], found["made"]["version"]))
        self.assertEqual([found["made"]["id"]], [m["id"] for m in found["recalled"]["memories"]])
        self.assertEqual(["undo"], found["got"]["tags"])
        self.assertEqual("ready", found["without_params"]["health"])
        self.assertIn("NOT_FOUND: ", found["unknown"])
        self.assertIn("INVALID_ARGUMENT: k: ", found["wrong"])
        self.assertIn("UNKNOWN_METHOD: ", found["no_method"])

    def test_pynvim_as_a_plain_client(self):
        session = socket_session(self.pipe)
        session.error_wrapper = lambda error: LookupError(*error)
        try:
            made = session.request("memory.remember", {"text": "Pin what a build downloads.", "domain": "build"})
            self.assertEqual("added", made["outcome"])
            self.assertEqual("Pin what a build downloads.", session.request("memory.get", {"id": made["id"]})["text"])
            recalled = session.request("memory.recall", {"query": "downloads of a build", "domain": "build"})
            self.assertEqual(made["id"], recalled["memories"][0]["id"])
            with self.assertRaises(LookupError) as thrown:
                session.request("memory.get", {"id": UNKNOWN})
            code, text = thrown.exception.args
            self.assertEqual((3001, "NOT_FOUND: "), (code, text[:11]))
            self.assertEqual({}, session.request("memory.ping"))
        finally:
            session.close()


if __name__ == "__main__":
    unittest.main()
