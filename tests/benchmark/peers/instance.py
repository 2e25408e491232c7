"""Private instances of servers: a directory of their own, started, waited for, and always stopped again."""

import contextlib
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

START_SECONDS = 60
STOP_SECONDS = 60
# What these programs would take from the caller's environment: never another server than our own.
FOREIGN = ("PG", "REDISCLI_", "ETCD_", "ETCDCTL_")


class PeerError(Exception):
    """A peer that is there, but did not do what was asked of it."""


def environment():
    kept = {k: v for k, v in os.environ.items() if not k.startswith(FOREIGN)}
    return kept | {"LC_ALL": "C.UTF-8", "ETCDCTL_API": "3"}


def run(*command, **options):
    """Runs a program to its end and returns what it printed."""
    words = [str(word) for word in command]
    done = subprocess.run(words, env=environment(), capture_output=True, text=True, check=False, **options)
    if done.returncode != 0:
        raise PeerError(f"{words[0]} ended with {done.returncode}: {(done.stderr or done.stdout).strip()[-2000:]}")
    return done.stdout


@contextlib.contextmanager
def directory():
    """A new directory under TMPDIR that other users may enter."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="peers-"))
    try:
        path.chmod(0o755)
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def server(command, log, stop_signal=signal.SIGTERM, **options):
    """A running server. It gets no Ctrl-C of the terminal: it is stopped here, after whoever uses it."""
    with open(log, "wb") as output:
        process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=output,
                                   stderr=subprocess.STDOUT, env=environment(), start_new_session=True, **options)
    try:
        yield process
    finally:
        process.send_signal(stop_signal)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def wait_until(answers, process, log):
    """Asks until `answers()` raises no PeerError."""
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            return answers()
        except PeerError as error:
            if process.poll() is not None or time.monotonic() > end:
                tail = pathlib.Path(log).read_text(errors="replace")[-2000:]
                raise PeerError(f"server does not answer: {error}\n{tail}") from error
        time.sleep(0.1)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def percentile(ordered, share):
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else None
