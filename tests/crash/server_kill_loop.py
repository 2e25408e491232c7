#!/usr/bin/python3
"""Crash test of the server as a stranger sees it: kill -9 among writes, and a disk that is full.

Whatever was answered is there after the restart, row by row and call by call; whatever was not is there wholly or not at all.

  server_kill_loop.py --server-binary build/gi-registryd [--proto-dir proto] [--cycles 8] [--seed N] [--no-mount]

The full disk is a small tmpfs in a mount namespace of this test's own; where that is not allowed (or with --no-mount), a limit
on the size of files.
"""

import argparse
import concurrent.futures
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import unittest

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path.insert(0, str(HERE.parent / "blackbox"))

import grpc  # noqa: E402

import harness  # noqa: E402
import protos  # noqa: E402
from builders import correct, create_entity  # noqa: E402
from protos import pb  # noqa: E402

THREADS = 8
MOST_CALLS_OF_A_CYCLE = 600
CHECK_SECONDS = 120
OUTCOME_UNKNOWN = "ERROR_REASON_COMMIT_OUTCOME_UNKNOWN"
WRITES_STOPPED = "ERROR_REASON_WRITES_STOPPED"
IN_NAMESPACE = "GI_KILL_LOOP_IN_NAMESPACE"


class Call:
    """A mutation that was sent, and its answer if one came."""

    def __init__(self, method, request):
        self.method, self.request, self.answer = method, request, None

    def send(self, client):
        self.answer = client.call(self.method, self.request)
        return self.answer


class Oracle:
    """What was answered. Thread-safe."""

    def __init__(self):
        self._lock = threading.Lock()
        self.calls, self.rows, self.unanswered = [], {}, []

    def answered(self, call):
        entity = call.answer.entity
        with self._lock:
            self.calls.append(call)
            if entity.name not in self.rows or self.rows[entity.name].revision < entity.revision:
                self.rows[entity.name] = entity
            return len(self.calls)

    def left_open(self, call):
        with self._lock:
            self.unanswered.append(call)

    def count(self):
        with self._lock:
            return len(self.calls)


class Writer:
    """One thread's calls, one after the other: creates entities and corrects some, until one fails."""

    def __init__(self, client, oracle, numbers, seed, **fields):
        self._client, self._oracle, self._numbers, self._fields = client, oracle, numbers, fields
        self._random = random.Random(seed)

    def run(self):
        """The failure that ended it; None if there were no numbers left."""
        for number in self._numbers:
            call = Call("CreateEntity", create_entity(number, **self._fields))
            while call is not None:
                try:
                    call.send(self._client)
                except harness.Failure as failure:
                    self._oracle.left_open(call)
                    return failure
                self._oracle.answered(call)
                call = self._next(call)
        return None

    def _next(self, call):
        if self._random.random() < 0.6:
            return None
        # Another one than the row has: its own revision.
        return Call("CorrectEntity", correct(call.answer.entity, aliases=[f"示例{call.answer.entity.revision}"]))


class CrashTestCase(unittest.TestCase):

    def new_server(self, server):
        self.addCleanup(server.remove)
        self.addCleanup(server.kill)
        return server

    def write(self, server, oracle, numbers, until, **fields):
        """Runs the writers, calls `until` meanwhile, and returns what ended them."""
        writers = [
            Writer(server.client, oracle, numbers[i::THREADS], settings.random.random(), **fields) for i in range(THREADS)
        ]
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            running = [pool.submit(writer.run) for writer in writers]
            until(running)
        return [future.result() for future in running]

    def check_all(self, server, oracle, calls):
        """Every row is as last answered, and each of the calls gives its answer again."""
        client = server.client
        with concurrent.futures.ThreadPoolExecutor(THREADS) as pool:
            # First those of which no answer came: done or not, now they are.
            for call in oracle.unanswered:
                call.send(client)
                oracle.answered(call)
            oracle.unanswered = []
            list(pool.map(lambda call: self.check_repeated(client, call), calls))
            list(pool.map(lambda row: self.check_row(client, row), list(oracle.rows.values())))
        revisions = [call.answer.entity.revision for call in oracle.calls]
        self.assertEqual(len(set(revisions)), len(revisions), "a commit answers one call")

    def check_repeated(self, client, call):
        again = client.call(call.method, call.request)
        self.assertTrue(again.replayed, f"{call.answer.entity.name} at revision {call.answer.entity.revision} was forgotten")
        again.replayed = call.answer.replayed
        self.assertEqual(again, call.answer)

    def check_row(self, client, row):
        self.assertEqual(client.call("GetEntity", pb.GetEntityRequest(name=row.name)).entity, row)

    def check_data(self, server):
        """The operator's own check of the closed directory."""
        command = [harness.settings.server_binary, "--check-data", "--data-dir", str(server.data)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=CHECK_SECONDS, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("no difference", done.stdout)


class KillLoopTest(CrashTestCase):

    def test_killed_among_writes(self):
        server, oracle = self.new_server(KilledServer()), Oracle()
        server.start()
        for cycle in range(settings.cycles):
            before = oracle.count()
            goal = before + settings.random.randrange(20, MOST_CALLS_OF_A_CYCLE // 3)
            first = cycle * MOST_CALLS_OF_A_CYCLE

            def kill(running, goal=goal):
                while oracle.count() < goal and not any(future.done() for future in running):
                    time.sleep(0.002)
                server.kill_amid_calls()

            numbers = range(first, first + MOST_CALLS_OF_A_CYCLE)
            self.assertTrue(any(self.write(server, oracle, numbers, kill)), "killed too late")
            self.assertEqual(server.kill(), -signal.SIGKILL, "the server ended by itself")
            server.start()
            self.check_all(server, oracle, oracle.calls[before:])
        self.assertEqual(server.stop(), 0, server.log_tail())
        self.check_data(server)
        print(f"{oracle.count()} calls over {settings.cycles} kills: all there", file=sys.stderr)


class KilledServer(harness.Server):

    def kill_amid_calls(self):
        """Kills it while the client still waits for answers; kill() afterwards clears up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(harness.STOP_SECONDS)


class FullDiskTest(CrashTestCase):

    # The size of the disk, and what is left of it for the writes. Below what the store would like to reserve for its log, so that
    # it cannot have the space before the others.
    DISK = 48 << 20
    ROOM = 6 << 20

    def test_full_disk(self):
        if settings.may_mount:
            disk = pathlib.Path(tempfile.mkdtemp(prefix="full-disk-"))
            self.addCleanup(disk.rmdir)
            subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={self.DISK}", "tmpfs", str(disk)], check=True)
            self.addCleanup(subprocess.run, ["umount", "--lazy", str(disk)], check=True)
            server = self.new_server(harness.Server())
            server.data = disk / "data"
            ballast = disk / "ballast"
            server.start()
            free = os.statvfs(disk)
            with open(ballast, "wb") as file:
                os.posix_fallocate(file.fileno(), 0, free.f_bavail * free.f_frsize - self.ROOM)
            self.fill_and_restart(server, free_space=ballast.unlink)
        else:
            server = self.new_server(LimitedServer(self.ROOM))
            server.start()
            self.fill_and_restart(server, free_space=server.lift_limit)

    def fill_and_restart(self, server, free_space):
        oracle = Oracle()
        large = {"aliases": [f"示例{i}" + "长" * 190 for i in range(20)]}
        failures = self.write(server, oracle, range(4000), lambda running: None, **large)
        reasons = {failure.reason for failure in failures if failure is not None}
        self.assertTrue(reasons, "the disk never got full")
        self.assertLessEqual(reasons, {OUTCOME_UNKNOWN, WRITES_STOPPED}, failures)
        self.assertIn(OUTCOME_UNKNOWN, reasons)
        self.assertGreater(oracle.count(), 0)

        refused = create_entity(9000)
        with self.assertRaises(harness.Failure) as caught:
            server.client.call("CreateEntity", refused)
        self.assertEqual((caught.exception.reason, caught.exception.code), (WRITES_STOPPED, grpc.StatusCode.UNAVAILABLE))
        for row in oracle.rows.values():
            self.check_row(server.client, row)
        listed = server.client.call("ListEntities", pb.ListEntitiesRequest(page_size=5)).entities
        self.assertEqual(len(listed), min(5, len(oracle.rows)))

        server.stop()
        free_space()
        server.start()
        self.check_all(server, oracle, list(oracle.calls))
        self.assertFalse(server.client.call("CreateEntity", refused).replayed, "what was refused was not done")
        self.assertEqual(server.stop(), 0, server.log_tail())
        self.check_data(server)
        print(f"full disk: {oracle.count()} calls, all there", file=sys.stderr)


class LimitedServer(harness.Server):
    """A server whose files cannot grow beyond a size: writing more fails, as it does on a full disk."""

    _LIMIT = (
        "import os, resource, signal, sys\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), int(sys.argv[1])))\n"
        "os.execv(sys.argv[2], sys.argv[2:])\n"
    )

    def __init__(self, limit):
        super().__init__()
        self._limit = limit

    def lift_limit(self):
        self._limit = None

    def command(self):
        command = super().command()
        return command if self._limit is None else [sys.executable, "-c", self._LIMIT, str(self._limit), *command]


settings = None


def enter_namespace():
    """Begins this program anew in a mount namespace of its own, if that may be had; returns otherwise."""
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    try:
        probe = [*unshare, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", "/mnt"]
        if subprocess.run(probe, capture_output=True, check=False).returncode != 0:
            return
        os.environ[IN_NAMESPACE] = "1"
        os.execvp(unshare[0], [*unshare, sys.executable, *sys.argv])
    except FileNotFoundError:
        return


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--server-binary", required=True, help="the server program")
    parser.add_argument("--proto-dir", default=ROOT / "proto", help="root of the protos")
    parser.add_argument("--cycles", type=int, default=8, help="how often the server is killed")
    parser.add_argument("--seed", type=int, default=None, help="of the random choices; default: another each time")
    parser.add_argument("--no-mount", action="store_true", help="limit the size of files instead of mounting a small disk")
    return parser.parse_args()


def main():
    global settings
    settings = parse_arguments()
    settings.may_mount = os.environ.pop(IN_NAMESPACE, "") == "1"
    if not settings.no_mount and not settings.may_mount:
        enter_namespace()
    seed = settings.seed if settings.seed is not None else random.SystemRandom().randrange(1 << 32)
    print(f"seed {seed}, full disk by {'a small disk' if settings.may_mount else 'a limit on files'}", file=sys.stderr)
    settings.random = random.Random(seed)
    harness.settings.server_binary = str(pathlib.Path(settings.server_binary).resolve())
    with tempfile.TemporaryDirectory(prefix="kill-loop-protos-") as generated:
        protos.compile_protos(settings.proto_dir, generated)
        result = unittest.TextTestRunner().run(unittest.defaultTestLoader.loadTestsFromModule(sys.modules[__name__]))
    return 0 if result.wasSuccessful() and result.testsRun else 1


if __name__ == "__main__":
    sys.exit(main())
