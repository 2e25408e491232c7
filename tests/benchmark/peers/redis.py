"""Redis: GET, alone and pipelined, by redis-benchmark over a unix socket. Nothing is made durable."""

import re
import shutil
import subprocess

import instance
import keys

NAME = "redis"
PROGRAMS = ("redis-server", "redis-cli", "redis-benchmark")
PIPELINE = 100
FIRST_REQUESTS = 20_000
# redis-benchmark knows only numbers of twelve digits; with this the key is as long and as shaped as with other peers.
KEY_PREFIX = "GI100000/" + keys.USCC_PREFIX[:6]


def installed():
    return all(shutil.which(program) for program in PROGRAMS)


def version():
    return re.search(r"v=(\S+)", instance.run("redis-server", "--version")).group(1)


def commands(count):
    for number in keys.existing(count):
        key, value = f"{KEY_PREFIX}{number:012d}", keys.value(number)
        yield f"*3\r\n$3\r\nSET\r\n${len(key)}\r\n{key}\r\n${len(value)}\r\n{value}\r\n".encode()


def load(socket, count):
    pipe = subprocess.Popen(["redis-cli", "-s", socket, "--pipe"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                            env=instance.environment())
    try:
        pipe.stdin.writelines(commands(count))
        pipe.stdin.close()
        pipe.wait()
    finally:
        pipe.kill()
        pipe.wait()
    held = int(instance.run("redis-cli", "-s", socket, "dbsize"))
    if held != count:
        raise instance.PeerError(f"redis holds {held} keys instead of {count}")


def lookups(socket):
    """Hits and misses so far."""
    stats = instance.run("redis-cli", "-s", socket, "info", "stats")
    return [int(re.search(rf"keyspace_{what}:(\d+)", stats).group(1)) for what in ("hits", "misses")]


def parse(output):
    numbers = r"\s+".join([r"([\d.]+)"] * 6)
    summary = re.search(r"avg\s+min\s+p50\s+p95\s+p99\s+max\s+" + numbers, output)
    # The first line at or above 99.9 % of what it prints, so never too low.
    tail = [float(ms) for share, ms in re.findall(r"([\d.]+)% <= ([\d.]+) milliseconds \(cumulative", output)
            if float(share) >= 99.9]
    return {
        "ops_per_second": float(re.search(r"throughput summary: ([\d.]+)", output).group(1)),
        "p50_ms": float(summary.group(3)),
        "p99_ms": float(summary.group(5)),
        "p999_ms": tail[0] if tail else None,
    }


def get(socket, count, clients, pipeline, requests):
    return parse(instance.run("redis-benchmark", "-s", socket, "-c", clients, "-P", pipeline, "-n", requests,
                              "-r", 2 * count, "--precision", "3", "GET", KEY_PREFIX + "__rand_int__"))


def measure_get(socket, options, clients, pipeline):
    first = get(socket, options.authorizations, clients, pipeline, FIRST_REQUESTS * (5 if pipeline > 1 else 1))
    requests = max(FIRST_REQUESTS, int(first["ops_per_second"] * options.seconds))
    before = lookups(socket)
    result = get(socket, options.authorizations, clients, pipeline, requests)
    hits, misses = (now - then for now, then in zip(lookups(socket), before))
    what = "GET" if pipeline == 1 else f"GET, pipelined by {pipeline}"
    return {"what": what, "clients": clients, "batch": pipeline, "negatives": misses / (hits + misses)} | result


def measure(directory, options):
    socket, log = directory / "redis.sock", directory / "redis.log"
    command = ("redis-server", "--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no",
               "--dir", directory, "--daemonize", "no")
    with instance.server(command, log) as process:
        instance.wait_until(lambda: instance.run("redis-cli", "-s", socket, "ping"), process, log)
        load(socket, options.authorizations)
        for pipeline in (1, PIPELINE):
            for clients in options.clients:
                yield measure_get(socket, options, clients, pipeline)
