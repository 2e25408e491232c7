#!/usr/bin/env python3
"""Measures what users would pick instead, on this machine: PostgreSQL, Redis and etcd. See README.md."""

import argparse
import datetime
import json
import os
import pathlib
import platform
import signal
import sys

import etcd
import instance
import keys
import postgresql
import redis

PEERS = {peer.NAME: peer for peer in (postgresql, redis, etcd)}


def numbers(text):
    return [positive(word) for word in text.split(",")]


def positive(text):
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


def peers(text):
    names = text.split(",")
    unknown = [name for name in names if name not in PEERS]
    if unknown:
        raise argparse.ArgumentTypeError(f"unknown peer {unknown[0]}; there are {', '.join(PEERS)}")
    return names


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--authorizations", type=positive, default=1_000_000, metavar="N")
    parser.add_argument("--seconds", type=positive, default=5, metavar="S", help="of each measurement")
    parser.add_argument("--clients", type=numbers, default=[1, 16, 64], metavar="1,16,64")
    parser.add_argument("--json", type=pathlib.Path, metavar="FILE", help="write every figure there")
    parser.add_argument("--only", type=peers, default=list(PEERS), metavar=",".join(PEERS))
    parser.add_argument("--etcd-load", type=pathlib.Path, default=etcd.DEFAULT_LOAD, metavar="PROGRAM")
    return parser.parse_args()


def rate(value):
    for unit, divisor in (("M", 1e6), ("k", 1e3)):
        if value >= divisor:
            return f"{value / divisor:.3g} {unit}"
    return f"{value:.3g}"


def milliseconds(value):
    return "–" if value is None else f"{value:.3f}"


def row(result):
    negatives = "–" if result["negatives"] is None else f"{result['negatives']:.0%}"
    return (f"{result['what']:<46}{result['clients']:>8}{rate(result['ops_per_second']):>12}"
            + "".join(f"{milliseconds(result.get(name)):>10}" for name in ("p50_ms", "p99_ms", "p999_ms"))
            + f"{negatives:>11}")


def head():
    return (f"{'':<46}{'clients':>8}{'per second':>12}{'p50 ms':>10}{'p99 ms':>10}{'p99.9 ms':>10}{'negatives':>11}")


def measure(peer, options):
    """What one peer gave: figures, or why there are none."""
    if not peer.installed():
        print(f"\n{peer.NAME}: not installed")
        return {"state": "not installed"}
    report = {"state": "measured", "version": peer.version(), "results": []}
    print(f"\n{peer.NAME} {report['version']}\n{head()}", flush=True)
    try:
        with instance.directory() as directory:
            for result in peer.measure(directory, options):
                report["results"].append(result)
                print(row(result), flush=True)
    except instance.PeerError as error:
        report |= {"state": "failed", "error": str(error)}
        print(f"{peer.NAME}: {error}", file=sys.stderr)
    return report


def conditions(options):
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "authorizations": options.authorizations,
        "distribution": "uniform",
        "negatives": "half, keys that are absent",
        "mean_value_bytes": keys.mean_value_bytes(),
        "seconds": options.seconds,
        "tls": False,
        "cores": os.cpu_count(),
        "load_average_at_start": os.getloadavg()[0],
        "kernel": platform.release(),
    }


def stop(_signal, _frame):
    raise KeyboardInterrupt


def main():
    options = parse_arguments()
    # As Ctrl-C: everything that was started is stopped on the way out.
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)
    report = conditions(options)
    print(", ".join(f"{name} {value}" for name, value in report.items()))
    try:
        report["peers"] = {name: measure(PEERS[name], options) for name in options.only}
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    if options.json:
        options.json.write_text(json.dumps(report, indent=2) + "\n")
    return 1 if any(peer["state"] == "failed" for peer in report["peers"].values()) else 0


if __name__ == "__main__":
    sys.exit(main())
