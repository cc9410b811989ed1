"""The blocking client against the real server."""

import os
import socket
import tempfile
import threading
import unittest
import uuid

from memengine import Client, Conflict, DeadlineExceeded, InvalidArgument, MemoryEngineError, NotFound, Unavailable
from server import Server

UNKNOWN = "01900000-0000-7000-8000-000000000001"


class ClientTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.client = Client(cls.server.pool)

    @classmethod
    def tearDownClass(cls):
        cls.client.close()
        cls.server.close()

    def test_what_is_remembered_is_recalled_verified_and_read(self):
        made = self.client.remember(
            "Retry only what is idempotent.", domain="backend/go", title="Retries", tags=["http"], requires={"language": "go"},
            extra='{"mine":1}', vectors={})
        self.assertEqual(("added", 1), (made["outcome"], made["version"]))
        found = self.client.recall("which calls may be retried when idempotent", domain="backend/go", explain=True)
        best = found["memories"][0]
        self.assertEqual((made["id"], "Retry only what is idempotent.", "accepted"), (best["id"], best["text"], best["verdict"]))
        self.assertIn("fused", best["scores"])
        self.assertGreaterEqual(found["sequence"], made["sequence"])
        verdict, = self.client.verify([made["id"]], domain="web/typescript", mode="cross", context={"language": "typescript"})
        self.assertEqual("rejected", verdict["verdict"])
        self.assertIn("precondition_contradicts", verdict["reasons"])
        memory = self.client.get(uuid.UUID(made["id"]))
        self.assertEqual(("backend/go", ["http"], '{"mine":1}', True), (memory["domain"], memory["tags"], memory["extra"], memory["is_current"]))

    def test_versions_lives_and_lists(self):
        made = self.client.remember("one", domain="lives")
        revised = self.client.revise(made["id"], "two", domain="lives", expected_version=1)
        self.assertEqual(("revised", 2), (revised["outcome"], revised["version"]))
        self.assertEqual(["one", "two"], [m["text"] for m in self.client.history(made["id"])])
        self.assertEqual("one", self.client.get(made["id"], version=1)["text"])
        self.assertEqual([True, False, True, False], [f(made["id"]) for f in (
            self.client.forget, self.client.forget, self.client.restore, self.client.restore)])
        self.assertEqual(["two"], [m["text"] for m in self.client.list(domain="lives")])
        with self.assertRaises(Conflict) as thrown:
            self.client.revise(made["id"], "three", expected_version=1)
        self.assertEqual((3002, False), (thrown.exception.code, thrown.exception.retryable))

    def test_a_list_goes_over_its_pages(self):
        made = self.client.remember_many({"text": f"memory {i}", "domain": "pages"} for i in range(600))
        self.assertEqual(["added"] * 600, [m["outcome"] for m in made])
        self.assertEqual([m["id"] for m in made], [m["id"] for m in self.client.list(domain="pages")])

    def test_an_idempotency_key_answers_with_the_first_result(self):
        first = self.client.remember("once", idempotency_key="k1")
        self.assertEqual(first, self.client.remember("once", idempotency_key="k1"))
        with self.assertRaises(Conflict):
            self.client.remember("other", idempotency_key="k1")

    def test_snapshots_and_maintenance(self):
        made = self.client.remember("before", domain="snapshots")
        self.assertEqual("one", self.client.snapshot_create("one")["name"])
        later = self.client.remember("after", domain="snapshots")
        self.assertIn(later["id"], self.client.snapshot_diff("one")["added"])
        self.assertEqual([made["id"]], [m["id"] for m in self.client.list(domain="snapshots", as_of="one")])
        undo = self.client.snapshot_rollback("one")["undo"]
        self.assertEqual([made["id"]], [m["id"] for m in self.client.list(domain="snapshots")])
        self.client.snapshot_rollback(undo)
        self.assertIn("one", [s["name"] for s in self.client.snapshot_list()])
        self.client.snapshot_drop("one")
        with self.assertRaises(NotFound):
            self.client.stats(as_of="one")
        self.assertGreater(self.client.compact(keep_versions_us=0)["journal_bytes"], 0)
        self.assertIn("record_bytes", self.client.maintain())
        with tempfile.TemporaryDirectory() as directory:
            backup = self.client.backup(os.path.join(directory, "copy"))
            self.assertGreater(backup["bytes"], 0)
        # The built-in embedder needs no re-embedding, and says so.
        with self.assertRaises(InvalidArgument):
            self.client.reembed(batch_texts=8)
        self.assertTrue(self.client.check()["ok"])
        self.assertEqual("ready", self.client.stats()["health"])
        advice = self.client.advise(scenario="long-edit")
        self.assertEqual(("single", "medium", True), (advice["mode"], advice["risk"], advice["provisional"]))
        self.assertIn(("hybrid_ntr", "insufficient"), [(gate["name"], gate["verdict"]) for gate in advice["gates"]])
        self.assertEqual([1, 2, 3, 4], [variance["level"] for variance in advice["domain_variance"]])
        for variance in advice["domain_variance"]:
            # Of a few memories nothing is said.
            self.assertTrue("explained" not in variance or variance["memories"] - variance["domains"] >= 20)
        evidence = self.client.evidence(memories=5, pass_value=2, upkeep=0.5)
        self.assertEqual(["single", "cross", "hybrid"], [mode["mode"] for mode in evidence["modes"]])
        tasks = next(figure for figure in evidence["measures"] if figure["name"] == "tasks")
        self.assertTrue(tasks["n"] > 0 and tasks["value"] == tasks["low"])
        self.assertNotIn("value", next(f for f in evidence["economy"] if f["name"] == "return_on_investment"))
        with self.assertRaises(InvalidArgument):
            self.client.evidence(upkeep=0)
        self.client.ping()

    def test_errors_are_exceptions_with_codes(self):
        for call, kind, code in (
            (lambda: self.client.get(UNKNOWN), NotFound, 3001),
            (lambda: self.client.forget(UNKNOWN), NotFound, 3001),
            (lambda: self.client.remember(" "), InvalidArgument, 2001),
            (lambda: self.client.recall("x", k=0), InvalidArgument, 2001),
            (lambda: self.client.recall("x", mode="both"), InvalidArgument, 2001),
            (lambda: self.client._call("memory.ping", deadline_ms=0), InvalidArgument, 2001),
        ):
            with self.assertRaises(kind) as thrown:
                call()
            self.assertEqual(code, thrown.exception.code)
        self.assertRaises(ValueError, self.client.remember, " ")
        self.assertRaises(LookupError, self.client.get, UNKNOWN)

    def test_an_outcome_is_reported_once(self):
        made = self.client.remember("Read the error before the code.", domain="habits")
        transfer = self.client.recall("what to read first", domain="habits", task="t", experiment={"design": "off"})["transfer"]
        answer = self.client.report(transfer, "pass", used=[made["id"], UNKNOWN], seconds=2.5)
        self.assertEqual({"result": "counted", "not_injected": [UNKNOWN]}, answer)
        self.assertEqual("repeated", self.client.report(transfer, 1.0, used=[made["id"], UNKNOWN], seconds=2.5)["result"])
        self.assertEqual("conflicting", self.client.report(transfer, "fail")["result"])
        story = self.client.why(transfer)
        self.assertEqual((1.0, "t"), (story["outcome"]["score"], story["transfer"]["task"]))
        self.assertIn(made["id"], [c["id"] for c in story["transfer"]["candidates"] if c["fate"] == "injected"])
        self.assertRaises(NotFound, self.client.why, UNKNOWN)
        self.assertRaises(ValueError, self.client.report, transfer, "maybe")
        self.assertNotIn("transfer", self.client.recall("x", record=False))

    def test_changes_are_told_in_order(self):
        changes = self.client.subscribe()
        made = self.client.remember("told")
        self.client.revise(made["id"], "told again")
        self.client.forget(made["id"])
        told = [next(changes) for _ in range(3)]
        changes.close()
        self.assertEqual(["added", "revised", "forgotten"], [c["kind"] for c in told])
        self.assertEqual({made["id"]}, {c["id"] for c in told})
        again = self.client.subscribe(after=told[0]["sequence"])
        self.assertEqual(told[1:], [next(again), next(again)])
        again.close()

    def test_threads_share_a_client(self):
        made = []
        threads = [threading.Thread(target=lambda i=i: made.append(self.client.remember(f"thread {i}")["id"])) for i in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        self.assertEqual(8, len(set(made)))

    def test_a_request_that_is_too_large_is_refused_here(self):
        with self.assertRaises(InvalidArgument):
            self.client.remember("x" * (17 << 20))
        self.client.ping()


class RestartTests(unittest.TestCase):
    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)

    def test_a_killed_server_loses_nothing_and_calls_go_on(self):
        client = Client(self.server.pool, reconnect_for=120)
        made, stop = [], threading.Event()

        def write():
            while not stop.is_set():
                made.append(client.remember(f"memory {len(made)}"))

        writer = threading.Thread(target=write)
        writer.start()
        for _ in range(3):
            stop.wait(0.2)
            self.server.kill()
            self.server.start()
        stop.set()
        writer.join(120)
        self.assertEqual({"added"}, {m["outcome"] for m in made})
        self.assertEqual(sorted(m["id"] for m in made), sorted(m["id"] for m in client.list()))
        client.close()

    def test_changes_go_on_after_the_last_one_that_came(self):
        client = Client(self.server.pool, reconnect_for=120)
        changes = client.subscribe()
        first = client.remember("one")
        self.assertEqual(first["sequence"], next(changes)["sequence"])
        self.server.stop()
        self.server.start()
        second = client.remember("two")
        self.assertEqual([second["id"]], [next(changes)["id"]])
        changes.close()
        client.close()

    def test_a_call_that_must_not_be_repeated_says_that_it_may_have_happened(self):
        # A server that takes a request and dies.
        path = os.path.join(os.path.dirname(self.server.pool), "dies")
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(path)
        listening.listen()

        def serve():
            hello = bytes.fromhex("940101c083a570726f746f01a6736572766572a173a66c696d69747383ad6d6573736167655f6279746573ce01000000")
            for answer in (hello + bytes.fromhex("a5646570746820a8656c656d656e7473cd0400"), None):
                if answer:
                    connection, _ = listening.accept()
                connection.recv(1 << 16)
                if answer:
                    connection.sendall(answer)
            connection.close()
            listening.close()

        thread = threading.Thread(target=serve)
        thread.start()
        client = Client(path, reconnect_for=120)
        with self.assertRaisesRegex(Unavailable, "may have happened"):
            client.snapshot_create("x")
        thread.join(120)

    def test_nobody_there(self):
        self.server.stop()
        with self.assertRaises(Unavailable) as thrown:
            Client(self.server.pool)
        self.assertTrue(thrown.exception.retryable)
        self.assertRaises(ConnectionError, Client, "/nobody/here")
        with tempfile.TemporaryDirectory() as directory:
            self.assertRaisesRegex(MemoryEngineError, "memengine serve", Client, directory)

    def test_a_server_that_hangs_meets_the_deadline(self):
        path = os.path.join(os.path.dirname(self.server.pool), "hangs")
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind(path)
            listening.listen()
            with self.assertRaises(DeadlineExceeded):
                Client(path, deadline=0.05)


if __name__ == "__main__":
    unittest.main()
