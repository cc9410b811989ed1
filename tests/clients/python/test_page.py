"""The examples of docs/protocol.md, read by an implementation of MessagePack that nobody here wrote."""

import ast
import pathlib
import re
import struct
import unittest

import msgpack
from memengine import _wire

PAGE = (pathlib.Path(__file__).parents[3] / "docs" / "protocol.md").read_text()
BLOCK = re.compile(r"^```msgpack ([^\n]+)\n([0-9a-f \n]+)\n= (.+?)\n```$", re.M | re.S)
BLOCKS = {m[1]: (bytes.fromhex(m[2]), " ".join(line.strip() for line in m[3].split("\n"))) for m in BLOCK.finditer(PAGE)}
METHODS = re.findall(r"^### (memory\.[a-z_.]+)$", PAGE, re.M)
NOTIFICATIONS = ("memory.change", "memory.error")


def said(notation):
    """What a notation says, as Python has it; a float32 is written with an f behind it."""
    text = re.sub(r"h'([0-9a-f]*)'", r"bytes.fromhex('\1')", notation)
    text = re.sub(r"\b(nil|true|false)\b", lambda m: {"nil": "None", "true": "True", "false": "False"}[m[1]], text)
    text = re.sub(r"(?<=\d)f\b", "", text)
    return eval(compile(ast.parse(text, mode="eval"), "page", "eval"), {"bytes": bytes})


class PageTests(unittest.TestCase):
    def test_every_example_says_what_stands_below_it(self):
        self.assertEqual(2 * (len(METHODS) - len(NOTIFICATIONS)) + len(NOTIFICATIONS) + 1, len(BLOCKS))
        for name, (data, notation) in BLOCKS.items():
            with self.subTest(name):
                self.assertEqual(said(notation), msgpack.unpackb(data, raw=False))

    def test_requests_are_the_bytes_that_the_client_sends(self):
        for name, (data, _) in BLOCKS.items():
            if not name.endswith(" request"):
                continue
            with self.subTest(name):
                _, number, method, params = msgpack.unpackb(data, raw=False)
                self.assertEqual(data, _wire.request_of(number, method, params[0]))

    def test_the_client_knows_every_method_and_its_parameters(self):
        self.assertEqual(set(METHODS) - {"memory.hello", *NOTIFICATIONS}, set(_wire._TAKES))
        content = re.findall(r"^\| `([a-z_]+)` \|", re.search(r"## Content of a memory\n(.*?)\n## ", PAGE, re.S)[1], re.M)
        for method, takes in _wire._TAKES.items():
            with self.subTest(method):
                section = re.search(rf"^### {re.escape(method)}\n(.*?)(?=^### |\Z)", PAGE, re.M | re.S)[1]
                table = re.search(r"^\| parameter .*?\n\n", section, re.M | re.S)
                named = set(re.findall(r"^\| `([a-z_]+)` \|", table[0], re.M)) if table else set()
                if method in ("memory.remember", "memory.revise"):
                    named |= set(content)
                self.assertEqual(named, set(takes) - {"deadline_ms"})

    def test_errors_that_may_be_retried_are_those_of_the_table(self):
        rows = re.findall(r"^\| (\d{4}) \| `([A-Z_]+)` \| (yes|no) \|", PAGE, re.M)
        self.assertEqual(22, len(rows))
        for code, name, retry in rows:
            error = _wire_error(int(code), f"{name}: x")
            self.assertEqual((int(code), name, "x", retry == "yes"), (error.code, error.name, error.message, error.retryable))


def _wire_error(code, text):
    from memengine.errors import error_of

    return error_of(code, text)


class ValueTests(unittest.TestCase):
    def test_vectors_are_little_endian_float32s(self):
        for vector in ([1.0, -2.0], (1, -2), struct.pack("<2f", 1, -2), _wire.array("f", [1, -2]), _wire.array("d", [1, -2])):
            self.assertEqual(bytes.fromhex("0000803f000000c0"), _wire.to_bytes(vector))
        self.assertEqual([1.0, -2.0], list(_wire.to_floats(bytes.fromhex("0000803f000000c0"))))

    def test_a_misspelt_name_is_refused(self):
        with self.assertRaisesRegex(TypeError, "takes no 'domian'"):
            _wire.params_of("memory.recall", {"query": "x", "domian": "a"}, None)
        with self.assertRaisesRegex(TypeError, "no field 'txet'"):
            _wire.params_of("memory.remember_many", {"memories": [{"txet": "x"}]}, None)

    def test_ids_made_here_are_version_7_and_in_order(self):
        ids = [_wire.uuid7() for _ in range(3)]
        self.assertEqual(3, len(set(ids)))
        for one in ids:
            self.assertRegex(one, r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")


if __name__ == "__main__":
    unittest.main()
