"""etcd: linearizable ranges of one key and durable puts, by etcd_load over loopback."""

import contextlib
import json
import pathlib
import re
import shutil

import instance

NAME = "etcd"
REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
DEFAULT_LOAD = REPOSITORY / "build" / "release" / "tests" / "etcd_load"
QUOTA = 8 << 30
LOADING_BATCH = 100
LOADING_IN_FLIGHT = 16
MODES = {"range": "linearizable range", "put": "durable put"}


def installed():
    return bool(shutil.which("etcd") and shutil.which("etcdctl"))


def version():
    return re.search(r"Version: (\S+)", instance.run("etcd", "--version")).group(1)


def load_program(options):
    if not options.etcd_load.exists():
        raise instance.PeerError("etcd_load is not built: cmake --build --preset release --target etcd_load,"
                                 " or name it with --etcd-load")
    return options.etcd_load


def load(program, target, options):
    instance.run(program, target, "fill", options.authorizations, LOADING_IN_FLIGHT, LOADING_BATCH)
    answer = json.loads(instance.run("etcdctl", f"--endpoints={target}", "get", "GI", "--prefix", "--limit=1",
                                     "--write-out=json", "--command-timeout=60s"))
    if answer.get("count") != options.authorizations:
        raise instance.PeerError(f"etcd holds {answer.get('count')} keys instead of {options.authorizations}")


def measure_mode(program, target, process, options, mode, clients, offset):
    output = instance.run(program, target, mode, options.authorizations, clients, options.seconds, process.pid, offset)
    result = json.loads(output)
    if result.pop("failed"):
        raise instance.PeerError(f"etcd answered with errors: {output}")
    negatives = 0.5 if mode == "range" else None
    return {"what": MODES[mode], "clients": clients, "batch": 1, "negatives": negatives} | result


@contextlib.contextmanager
def running(directory):
    """A server over this directory's data, and where it listens."""
    target, peer = (f"127.0.0.1:{instance.free_port()}" for _ in range(2))
    log = directory / "etcd.log"
    command = ("etcd", "--name", "one", "--data-dir", directory / "data", "--listen-client-urls", f"http://{target}",
               "--advertise-client-urls", f"http://{target}", "--listen-peer-urls", f"http://{peer}",
               "--initial-advertise-peer-urls", f"http://{peer}", "--initial-cluster", f"one=http://{peer}",
               "--quota-backend-bytes", QUOTA, "--logger", "zap", "--log-level", "error")
    with instance.server(command, log) as process:
        health = ("etcdctl", f"--endpoints={target}", "endpoint", "health")
        instance.wait_until(lambda: instance.run(*health), process, log)
        yield process, target


def measure(directory, options):
    program = load_program(options)
    with running(directory) as (_, target):
        load(program, target, options)
    # Started anew: etcd 3.4 copies a buffer at each read that keeps the size of the largest burst of writes; right after
    # filling, ranges are five times slower than puts.
    with running(directory) as (process, target):
        for mode in MODES:
            for run, clients in enumerate(options.clients):
                yield measure_mode(program, target, process, options, mode, clients, run)
