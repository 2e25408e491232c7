#!/usr/bin/python3
"""Imports, end to end: `gictl import` of a list of entities into a new register, against PostgreSQL's COPY of the same rows into a
table with text key, index and audit trigger; what checks notice of it; memory; keys written to the store.

  import_benchmark.py --server-binary build/release/bin/gi-registryd --gictl build/release/bin/gictl [--rows 100000] [--rounds 2]
"""

import argparse
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE / "peers"), str(HERE.parent / "blackbox")]

import harness  # noqa: E402
import instance  # noqa: E402
import postgresql  # noqa: E402
import protos  # noqa: E402
from builders import create_authorization, create_entity, create_indication, mutation, uscc  # noqa: E402
from protos import pb  # noqa: E402

RATE = 2000
CHANGED_EVERY = 100
SPREAD = 7919  # a prime, so that each number comes once


def code(number):
    return uscc(number % 10_000, division=f"50{number // 10_000:04d}")


def write_files(folder, rows):
    """The list, the same with one row in a hundred corrected, and as COPY takes it."""
    # Lists are in no order of their codes.
    codes = [code(number * SPREAD % rows) for number in range(rows)]
    with open(folder / "list.csv", "w", encoding="utf-8") as first, open(folder / "corrected.csv", "w", encoding="utf-8") as second, open(
        folder / "rows.tsv", "w", encoding="utf-8"
    ) as third:
        for file in (first, second):
            file.write("单位名称,统一社会信用代码,简称,行政区划代码\n")
        for number, one in enumerate(codes):
            changed = "（更正）" if number % CHANGED_EVERY == 7 else ""
            first.write(f"示例{number}号合作社,{one},示例{number},500155\n")
            second.write(f"示例{number}号合作社{changed},{one},示例{number},500155\n")
            third.write(f"{one}\t示例{number}号合作社\t2015-01-01\t2020-01-01\t示例{number} 500155 list.csv\n")


def resident(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text).group(1)) >> 10


def processor(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


class Importer:
    """`gictl import`, watched while it runs."""

    def __init__(self, server, gictl):
        self.server, self.gictl = server, gictl

    def run(self, path, nice=0):
        pid = self.server._process.pid
        address = f"127.0.0.1:{self.server.port_file.read_text().split()[0]}"
        before = processor(pid)
        begin = time.monotonic()
        with tempfile.TemporaryFile() as output:
            process = subprocess.Popen(
                ["nice", f"-n{nice}", self.gictl, "--server", address, "--output=json", "import", "entities", str(path)], stdout=output
            )
            memory = []
            while process.poll() is None:
                try:
                    memory.append((resident(pid), resident(process.pid)))
                    own = processor(process.pid)
                except (AttributeError, FileNotFoundError, ProcessLookupError):
                    break
                time.sleep(0.05)
            process.wait()
            seconds = time.monotonic() - begin
            output.seek(0)
            counts = json.loads(output.read())["counts"]
        quarters = [memory[min(len(memory) - 1, len(memory) * part // 4)] for part in (1, 2, 3, 4)] if memory else []
        rows = counts["read"]
        return {
            "rows_per_second": rows / seconds,
            "server_us": (processor(pid) - before) / rows * 1e6,
            "client_us": own / rows * 1e6,
            "memory": quarters,
            "counts": counts,
        }


class Checks:
    """Checks at a steady rate, from a process of their own (check_pace)."""

    def __init__(self, server):
        self.command = [settings.check_pace, f"127.0.0.1:{server.port_file.read_text().split()[0]}", str(RATE), uscc(9999), "indications/title"]

    def during(self, work):
        """What check_pace found while `work` ran."""
        process = subprocess.Popen(self.command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        work()
        return json.loads(process.communicate()[0])


def measure_import(folder):
    server = harness.Server().start()
    try:
        importer = Importer(server, settings.gictl)
        result = {"new": importer.run(folder / "list.csv")}
        result["same"] = importer.run(folder / "list.csv")
        result["corrected"] = importer.run(folder / "corrected.csv")
        job = server.client.call("ListImports", pb.ListImportsRequest()).imports[-1]
        newest = server.client.call("ListImports", pb.ListImportsRequest()).imports[0]
        for name, one in (("corrections taken back", newest), ("new rows taken back", job)):
            begin = time.monotonic()
            answer = server.client.call("RevertImport", mutation(pb.RevertImportRequest(name=one.name)), timeout=3600)
            result[name] = answer.import_job.counts.read / (time.monotonic() - begin)
        server.stop()
        printed = subprocess.run([settings.server_binary, "--check-data", "--data-dir", str(server.data)],
                                 capture_output=True, text=True, check=True).stdout
        result["check"] = printed.strip()
        return result
    finally:
        server.kill()
        server.remove()


def measure_keys(folder):
    """Keys in the store after an import, by how many rows it had."""
    server = harness.Server().start()
    try:
        before = keys_of(server)
        rows = Importer(server, settings.gictl).run(folder / "list.csv")["counts"]["created"]
        return (keys_of(server) - before) / rows
    finally:
        server.kill()
        server.remove()


def keys_of(server):
    server.stop()
    printed = subprocess.run([settings.server_binary, "--check-data", "--data-dir", str(server.data)],
                             capture_output=True, text=True, check=True).stdout
    server.start()
    return int(re.search(r"(\d+) keys", printed).group(1))


def measure_checks(folder):
    server = harness.Server().start()
    try:
        server.client.call("CreateEntity", create_entity(9999))
        server.client.call("CreateIndication", create_indication("title"))
        server.client.call("CreateAuthorization", create_authorization("grant", 9999, "title"))
        checks = Checks(server)
        idle = checks.during(lambda: time.sleep(5))
        # Who imports is on another machine as a rule: here it must not take the processor from who asks.
        busy = checks.during(lambda: Importer(server, settings.gictl).run(folder / "list.csv", nice=15))
        return idle, busy
    finally:
        server.kill()
        server.remove()


def measure_copy(folder):
    kind = list(postgresql.TABLES)[-1]
    with instance.directory() as directory:
        postgresql.initialise(directory)
        chosen = [word for name, value in postgresql.settings(directory, settings.rows).items()
                  for word in ("-c", f"{name}={str(value).strip(chr(39))}")]
        database = postgresql.Database(directory)
        command = (postgresql.programs() / "postgres", "-D", directory / "data", *chosen)
        log = directory / "server.log"
        with instance.server(command, log, 2, cwd=directory, **postgresql.server_user()) as process:
            instance.wait_until(lambda: database.sql("SELECT 1"), process, log)
            options = argparse.Namespace(authorizations=settings.rows)
            return postgresql.measure_copy(database, options, kind, "audited", folder / "rows.tsv")["ops_per_second"]


def main():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_files(folder, settings.rows)
        ratios = []
        for number in range(settings.rounds):
            copied = measure_copy(folder) if postgresql.installed() else None
            result = measure_import(folder)
            print(f"round {number + 1}, {settings.rows} rows")
            if copied:
                ratios.append(result["new"]["rows_per_second"] / copied)
                print(f"  COPY, text key, index, audit trigger   {copied:10,.0f} rows/s")
            for what in ("new", "same", "corrected"):
                one = result[what]
                print(f"  import, {what:<30} {one['rows_per_second']:10,.0f} rows/s   server {one['server_us']:.0f} µs, "
                      f"client {one['client_us']:.0f} µs a row   memory of server/client in MiB, by quarters: "
                      + " ".join(f"{a}/{b}" for a, b in one["memory"]))
            for what in ("corrections taken back", "new rows taken back"):
                print(f"  {what:<38} {result[what]:10,.0f} rows/s")
            print(f"  {result['check']}")
        if ratios:
            print(f"import / COPY: {statistics.median(ratios):.2f}")
        print(f"keys of the store a new row: {measure_keys(folder):.2f}")
        times = []
        for _ in range(settings.check_rounds):
            idle, busy = measure_checks(folder)
            for when, one in (("idle", idle), ("during an import", busy)):
                print(f"checks at {RATE}/s, open loop, {when}: p50 {one['p50']:.2f}, p99 {one['p99']:.2f}, p99.9 {one['p999']:.2f} ms "
                      f"({one['checks']} checks, {one['failed']} failed)")
            times.append(busy["p99"] / idle["p99"])
        print(f"p99 during an import × {min(times):.1f} to {max(times):.1f}, median {statistics.median(times):.1f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--server-binary", required=True)
    parser.add_argument("--gictl", required=True)
    parser.add_argument("--check-pace", help="default: where the build puts it, beside the server's directory")
    parser.add_argument("--proto-dir", default=str(ROOT / "proto"))
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--check-rounds", type=int, default=5)
    settings = parser.parse_args()
    harness.settings.server_binary = str(pathlib.Path(settings.server_binary).resolve())
    settings.check_pace = settings.check_pace or str(pathlib.Path(settings.server_binary).resolve().parent.parent / "tests" / "check_pace")
    settings.server_binary, settings.gictl = harness.settings.server_binary, str(pathlib.Path(settings.gictl).resolve())
    with tempfile.TemporaryDirectory() as protos_folder:
        protos.compile_protos(settings.proto_dir, protos_folder)
        main()
