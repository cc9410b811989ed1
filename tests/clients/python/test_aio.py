"""The client for asyncio against the real server."""

import asyncio
import unittest

from memengine import AsyncClient, Conflict, InvalidArgument, NotFound, Unavailable
from server import Server

UNKNOWN = "01900000-0000-7000-8000-000000000001"


class AsyncClientTests(unittest.IsolatedAsyncioTestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    async def test_every_method(self):
        async with AsyncClient(self.server.pool) as client:
            await client.ping()
            made = await client.remember("Name a branch after the issue.", domain="git", vectors={})
            self.assertEqual(made["id"], (await client.recall("how to name a branch", domain="git"))["memories"][0]["id"])
            transfer = (await client.recall("how to name a branch", domain="git"))["transfer"]
            self.assertEqual("counted", (await client.report(transfer, True))["result"])
            self.assertEqual(1.0, (await client.why(transfer))["outcome"]["score"])
            self.assertEqual("accepted", (await client.verify([made["id"]], domain="git"))[0]["verdict"])
            revised = await client.revise(made["id"], "Name a branch after its issue.", expected_version=1)
            self.assertEqual(2, revised["version"])
            self.assertEqual(1, (await client.get(made["id"], version=1))["version"])
            self.assertEqual(2, len(await client.history(made["id"])))
            self.assertEqual((True, True), (await client.forget(made["id"]), await client.restore(made["id"])))
            self.assertIn(made["id"], [m["id"] async for m in client.list()])
            self.assertEqual("ready", (await client.stats())["health"])
            self.assertEqual("single", (await client.advise())["mode"])
            self.assertEqual(1, (await client.evidence(memories=0))["outcomes"])
            await client.snapshot_create("s")
            self.assertEqual(["s"], [s["name"] for s in await client.snapshot_list()])
            self.assertEqual([], (await client.snapshot_diff("s"))["added"])
            self.assertEqual("s", (await client.snapshot_rollback("s"))["snapshot"])
            await client.snapshot_drop("s")
            self.assertIn("events_dropped", await client.compact())
            self.assertIn("events_dropped", await client.maintain())
            self.assertGreater((await client.backup(f"{self.server.pool}-copy"))["bytes"], 0)
            with self.assertRaises(InvalidArgument):
                await client.reembed()
            self.assertTrue((await client.check())["ok"])
            many = await client.remember_many([{"text": "a"}, {"text": "b"}])
            self.assertEqual(2, len(many))

    async def test_many_at_once_are_answered_each_with_its_own(self):
        async with AsyncClient(self.server.pool) as client:
            made = await asyncio.gather(*(client.remember(f"at once {i}") for i in range(400)))
            self.assertEqual(400, len({m["id"] for m in made}))
            read = await asyncio.gather(*(client.get(m["id"]) for m in made))
            self.assertEqual([f"at once {i}" for i in range(400)], [m["text"] for m in read])

    async def test_errors_are_exceptions_with_codes(self):
        async with AsyncClient(self.server.pool) as client:
            with self.assertRaises(NotFound) as thrown:
                await client.get(UNKNOWN)
            self.assertEqual((3001, "NOT_FOUND"), (thrown.exception.code, thrown.exception.name))
            with self.assertRaises(InvalidArgument):
                await client.recall("x", k=0)
            await client.remember("x", idempotency_key="aio")
            with self.assertRaises(Conflict):
                await client.remember("y", idempotency_key="aio")

    async def test_a_cancelled_call_ends_at_once_and_the_others_go_on(self):
        async with AsyncClient(self.server.pool) as client:
            checks = [asyncio.ensure_future(client.check()) for _ in range(8)]
            await asyncio.sleep(0)
            checks[0].cancel()
            with self.assertRaises(asyncio.CancelledError):
                await checks[0]
            self.assertTrue(all(c["ok"] for c in await asyncio.gather(*checks[1:])))

    async def test_changes(self):
        async with AsyncClient(self.server.pool) as client:
            changes = await client.subscribe()
            made = await client.remember("told")
            self.assertEqual((made["id"], "added"), (lambda c: (c["id"], c["kind"]))(await changes.__anext__()))
            await changes.aclose()

    async def test_a_stopped_server_is_found_again(self):
        server = Server()
        self.addCleanup(server.close)
        async with AsyncClient(server.pool, reconnect_for=120) as client:
            changes = await client.subscribe()
            await client.remember("one")
            await changes.__anext__()
            server.kill()
            pending = asyncio.ensure_future(client.remember("two"))
            await asyncio.sleep(0.05)
            await asyncio.get_running_loop().run_in_executor(None, server.start)
            made = await pending
            self.assertEqual(("added", made["id"]), (made["outcome"], (await changes.__anext__())["id"]))
            await changes.aclose()
        async with AsyncClient(server.pool, reconnect_for=0) as client:
            server.kill()
            with self.assertRaises(Unavailable):
                await client.ping()


if __name__ == "__main__":
    unittest.main()
