#!/usr/bin/python3
"""An import that is interrupted again and again, by kill -9 of the server or of the client, and gone on with each time.

In the end every row is in the register once and as the file has it, the counts add up, and the file of rejected rows is that of an
import nobody disturbed. Then it is taken back, interrupted likewise: nothing of it is left, and everything as it was then.

  import_kill_loop.py --server-binary build/gi-registryd --gictl build/gictl [--proto-dir proto] [--rows 20000] [--kills 6] [--seed N]
"""

import argparse
import json
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

import harness  # noqa: E402
import protos  # noqa: E402
from builders import mutation, uscc  # noqa: E402
from protos import pb  # noqa: E402

RUN_SECONDS = 300
BAD_EVERY = 97
USAGE, REFUSED = 3, 4


def write_file(path, rows):
    """Every now and then a row without a name, and one that says something else of an entity that was there."""
    lines = ["单位名称,统一社会信用代码,简称"]
    for number in range(rows):
        name = "" if number % BAD_EVERY == 3 else f"示例{number}号合作社"
        lines.append(f"{name},{long_uscc(number)},简称{number}、别名{number}")
        if number % BAD_EVERY == 5:
            lines.append(f"另一名称{number},{long_uscc(number)},")
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(lines) - 1


def long_uscc(number):
    """Distinct for any number: the builder's has four digits."""
    return uscc(number % 10_000, division=f"50{number // 10_000:04d}")


class ImportKillTest(unittest.TestCase):

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="import-kill-"))
        self.file = self.folder / "名单.csv"
        self.rows = write_file(self.file, settings.rows)
        self.reject_file = self.folder / "名单.rejected.csv"

    def new_server(self):
        server = harness.Server()
        self.addCleanup(server.remove)
        self.addCleanup(server.kill)
        return server.start()

    def command(self, server, *flags):
        address = server.port_file.read_text().split()[0]
        return [settings.gictl, "--server", f"127.0.0.1:{address}", "--output=json", "import", "entities", str(self.file), *flags]

    def run_to_the_end(self, server, *flags):
        done = subprocess.run(self.command(server, *flags), capture_output=True, text=True, timeout=RUN_SECONDS, check=False)
        self.assertEqual(done.returncode, REFUSED, done.stderr + done.stdout[-2000:])
        return json.loads(done.stdout)

    def entities(self, server):
        rows, token = {}, ""
        while True:
            page = server.client.call("ListEntities", pb.ListEntitiesRequest(page_size=1000, page_token=token))
            for row in page.entities:
                self.assertNotIn(row.uscc, rows)
                rows[row.uscc] = (row.display_name, list(row.aliases), row.source)
            token = page.next_page_token
            if not token:
                return rows

    def interrupt(self, server, flags):
        """Lets it run for a while, then kills one of both. True: it had ended by then."""
        process = subprocess.Popen(self.command(server, *flags), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(settings.random.uniform(0.05, 0.3))
        if process.poll() is not None:
            return True
        if settings.random.random() < 0.5:
            process.kill()
        else:
            server.kill()
        process.wait(RUN_SECONDS)
        return False

    def test_interrupted_again_and_again(self):
        undisturbed = self.new_server()
        expected = self.run_to_the_end(undisturbed)
        expected_rejects = self.reject_file.read_bytes()
        expected_rows = self.entities(undisturbed)
        self.assertEqual(expected["counts"]["read"], self.rows)
        self.reject_file.unlink()

        server = self.new_server()
        flags, kills = [], 0
        while kills < settings.kills:
            if self.interrupt(server, flags):
                break
            kills += 1
            if server.client is None:
                server.start()
            jobs = server.client.call("ListImports", pb.ListImportsRequest()).imports
            flags = ["--resume"] if jobs else []
        # It may have come to its end before the last kill; the file is then imported once more, and changes nothing.
        finished = [one for one in server.client.call("ListImports", pb.ListImportsRequest()).imports if one.state == pb.IMPORT_STATE_FINISHED]
        report = self.run_to_the_end(server, *flags)
        self.assertEqual(self.entities(server), expected_rows)
        if finished:
            self.assertEqual(report["counts"]["same"], expected["counts"]["created"])
        else:
            self.assertEqual(report["counts"], expected["counts"])
        self.assertEqual(self.reject_file.read_bytes(), expected_rejects)
        self.assertEqual(report["findings"], expected["findings"])
        job = finished[0] if finished else server.client.call("GetImport", pb.GetImportRequest(name=report["import"])).import_job
        self.assertEqual(job.state, pb.IMPORT_STATE_FINISHED)
        self.assertEqual({name: getattr(job.counts, name) for name in expected["counts"]}, expected["counts"])
        kills += self.take_back(server, job)
        self.assertEqual(self.entities(server), {})
        at = pb.ReadAt(exact_revision=job.revision)
        self.assertEqual(len(server.client.call("ListEntities", pb.ListEntitiesRequest(page_size=1000, read_at=at)).entities), 1000)
        self.assertEqual(server.stop(), 0, server.log_tail())
        checked = [settings.server_binary, "--check-data", "--data-dir", str(server.data)]
        subprocess.run(checked, check=True, stdout=subprocess.DEVNULL, timeout=RUN_SECONDS)
        print(f"{self.rows} rows over {kills} kills", file=sys.stderr)

    def test_a_file_that_changes_while_it_is_read(self):
        """Nobody knows what was read of it: the import ends, and the program says so and does not end well."""
        server = self.new_server()
        for attempt in range(20):
            before = len(server.client.call("ListImports", pb.ListImportsRequest()).imports)
            process = subprocess.Popen(self.command(server), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            while len(server.client.call("ListImports", pb.ListImportsRequest()).imports) == before:
                time.sleep(0.001)
            process.send_signal(signal.SIGSTOP)
            open_jobs = server.client.call("ListImports", pb.ListImportsRequest(state=pb.IMPORT_STATE_OPEN)).imports
            with open(self.file, "a", encoding="utf-8") as file:
                file.write(f"后来加上的,{long_uscc(self.rows + attempt)},\n")
            process.send_signal(signal.SIGCONT)
            report = json.loads(process.communicate(timeout=RUN_SECONDS)[0])
            if open_jobs:
                break
        self.assertEqual(process.returncode, USAGE)
        self.assertIn("was changed while it was imported", report["unreadable"])
        ended = server.client.call("GetImport", pb.GetImportRequest(name=report["import"])).import_job
        self.assertEqual(ended.state, pb.IMPORT_STATE_FINISHED)

    def take_back(self, server, job):
        """Kills the server while it works, until it has no more to do. How often that was."""
        request = mutation(pb.RevertImportRequest(name=job.name))
        for kills in range(RUN_SECONDS):
            caller = threading.Thread(target=self.ask, args=(server.client, request))
            caller.start()
            if kills < settings.kills:
                time.sleep(settings.random.uniform(0.05, 0.4))
                server.kill()
                caller.join()
                server.start()
            caller.join()
            # Whether anyone asks again or not, it goes on; only if it never began is there nothing to go on with.
            for _ in range(100):
                name = server.client.call("GetImport", pb.GetImportRequest(name=job.name)).import_job.reverted_by
                if not name:
                    break
                made = server.client.call("GetImport", pb.GetImportRequest(name=name)).import_job
                if made.state == pb.IMPORT_STATE_FINISHED:
                    self.assertEqual(made.counts.withdrawn, job.counts.created)
                    return kills + 1
                if kills + 1 < settings.kills:
                    break
                time.sleep(0.2)
        raise AssertionError("it is never done")

    @staticmethod
    def ask(client, request):
        try:
            client.call("RevertImport", request, timeout=RUN_SECONDS)
        except harness.Failure:
            pass


settings = argparse.Namespace()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server-binary", required=True)
    parser.add_argument("--gictl", required=True)
    parser.add_argument("--proto-dir", default=str(ROOT / "proto"))
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=None)
    parser.parse_args(namespace=settings)
    seed = settings.seed if settings.seed is not None else random.randrange(1 << 32)
    print(f"seed {seed}", file=sys.stderr)
    settings.random = random.Random(seed)
    harness.settings.server_binary = settings.server_binary
    with tempfile.TemporaryDirectory(prefix="protos-") as out_dir:
        protos.compile_protos(settings.proto_dir, out_dir)
        result = unittest.main(argv=[sys.argv[0]], exit=False).result
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
