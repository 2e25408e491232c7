"""PostgreSQL: look-ups, durable inserts and COPY, by pgbench and psql over a unix socket, defaults of durability."""

import os
import pathlib
import re
import shutil
import signal
import time

import instance
import keys

NAME = "postgresql"
BATCH = 100
USER = "bench"
# A part of the transactions is logged, so that the log does not take the processor from what it measures.
LOOKUP_SAMPLING = 0.25
# Numbers of inserted rows begin here, apart from the loaded ones, and further on with each run.
FIRST_INSERT = 1_000_000_000
INSERTS_PER_RUN = 100_000_000

COLUMNS = "key text PRIMARY KEY, entity text NOT NULL, valid_from date, valid_until date, details text"
TABLES = {
    "integer keys, one index":
        "CREATE TABLE {0} (indication integer, entity bigint, valid_from date, valid_until date, details text,"
        " PRIMARY KEY (indication, entity))",
    "text keys, two indexes":
        f"CREATE TABLE {{0}} ({COLUMNS}); CREATE INDEX ON {{0}} (entity)",
    "text keys, two indexes, audit trigger":
        f"CREATE TABLE {{0}} ({COLUMNS}); CREATE INDEX ON {{0}} (entity);"
        " CREATE TABLE {0}_audit AS SELECT clock_timestamp() AS at, ''::text AS operation, r.* FROM {0} r WITH NO DATA;"
        " CREATE FUNCTION {0}_audit() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN INSERT INTO {0}_audit SELECT clock_timestamp(), TG_OP, NEW.*; RETURN NULL; END$$;"
        " CREATE TRIGGER audit AFTER INSERT OR UPDATE ON {0} FOR EACH ROW EXECUTE FUNCTION {0}_audit()",
}


def programs():
    """Debian puts each version into a directory of its own; the newest one is used."""
    found = pathlib.Path("/usr/lib/postgresql").glob("*/bin/pgbench")
    newest = max(found, key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0, default=None)
    return newest.parent if newest else pathlib.Path(os.path.dirname(shutil.which("pgbench") or "/"))


def installed():
    return all((programs() / program).exists() for program in ("initdb", "postgres", "psql", "pgbench"))


def version():
    return re.search(r"\) (\S+)", instance.run(programs() / "postgres", "--version")).group(1)


def server_user():
    """It refuses to run as root; Debian's package brings a user for it."""
    return {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}


class Database:
    """Programs that talk to the one private server."""

    def __init__(self, directory):
        self.directory = directory
        self.connection = ("-h", directory, "-U", USER)

    def sql(self, text):
        return instance.run(programs() / "psql", *self.connection, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1",
                            "-d", "postgres", "-c", text)

    def pgbench(self, script, clients, seconds, sampling=None, **variables):
        """Rate and percentiles of one script, one transaction each time."""
        file, log = self.directory / "script.sql", self.directory / "log"
        file.write_text(script)
        sampled = ("--sampling-rate", sampling) if sampling else ()
        defined = [word for name, number in variables.items() for word in ("-D", f"{name}={number}")]
        threads = min(clients, os.cpu_count())
        output = instance.run(programs() / "pgbench", *self.connection, "-n", "-M", "prepared", "-f", file, *defined,
                              "-c", clients, "-j", threads, "-T", seconds, "-l", "--log-prefix", log, *sampled,
                              "postgres")
        if re.search(r"failed transactions: [1-9]", output) or "aborted" in output:
            raise instance.PeerError(output)
        return self.result(output, log)

    @staticmethod
    def result(output, log):
        latencies = []
        for file in log.parent.glob(log.name + ".*"):
            with open(file, encoding="ascii") as lines:
                latencies += [int(line.split(None, 3)[2]) / 1000 for line in lines]
            file.unlink()
        latencies.sort()
        return {
            "ops_per_second": float(re.search(r"tps = ([\d.]+) \(without", output).group(1)),
            "p50_ms": instance.percentile(latencies, 0.5),
            "p99_ms": instance.percentile(latencies, 0.99),
            "p999_ms": instance.percentile(latencies, 0.999),
        }


# keys.key() for pgbench: the client makes the numbers, the server only puts their texts together.
CLIENT_KEY = f"'GI' || :g::text || '/{keys.USCC_PREFIX}' || :h::text"


def set_numbers(number):
    return (f"\\set h {keys.FIRST} + {number} * {keys.FACTOR} % {keys.SPACE}\n"
            f"\\set g {keys.FIRST_INDICATION} + :h / 1000 % {keys.INDICATIONS}\n")


def lookup_script(count):
    return (set_numbers(f"random(0, {2 * count - 1})") +
            f"SELECT key, valid_from, valid_until, details FROM authorizations WHERE key = {CLIENT_KEY};\n")


def batch_script(count):
    """The server makes the keys: a hundred variables a transaction would measure pgbench."""
    return ("SELECT key, valid_from, valid_until, details FROM authorizations WHERE key = ANY (ARRAY("
            f"SELECT 'GI' || ({keys.FIRST_INDICATION} + h / 1000 % {keys.INDICATIONS}) || '/{keys.USCC_PREFIX}' || h"
            f" FROM (SELECT {keys.FIRST} + floor(random() * {2 * count})::bigint * {keys.FACTOR} % {keys.SPACE}"
            f" FROM generate_series(1, {BATCH})) AS numbers(h)));\n")


def insert_script():
    """Each client counts for itself, beside the others."""
    return ("\\set n :n + 1\n" + set_numbers(":base + :n * 1000 + :client_id") +
            f"INSERT INTO inserted VALUES ({CLIENT_KEY}, '{keys.USCC_PREFIX}' || :h::text,"
            f" date '2015-01-01', date '2020-01-01', '{keys.details(0)}');\n")


def measure_lookups(database, options, clients, batch):
    read = "SELECT idx_scan, idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'authorizations'"
    database.sql("SELECT pg_stat_reset()")
    script = (lookup_script if batch == 1 else batch_script)(options.authorizations)
    result = database.pgbench(script, clients, options.seconds, LOOKUP_SAMPLING)
    scans, found = map(int, database.sql(read).split("|"))
    what = "look-up by text key" if batch == 1 else f"{batch} look-ups a statement"
    result["ops_per_second"] *= batch
    return {"what": what, "clients": clients, "batch": batch, "negatives": 1 - found / scans} | result


def measure_inserts(database, options, run, clients):
    base = FIRST_INSERT + run * INSERTS_PER_RUN
    result = database.pgbench(insert_script(), clients, options.seconds, n=0, base=base)
    return {"what": "durable insert, two indexes", "clients": clients, "batch": 1, "negatives": None} | result


def write_rows(path, count, integers):
    with open(path, "w", encoding="ascii") as file:
        for number in keys.existing(count):
            digits = keys.spread(number)
            key = (f"{keys.indication(digits)}\t{digits}" if integers
                   else f"{keys.key(number)}\t{keys.USCC_PREFIX}{digits}")
            file.write("\t".join((key, *keys.validity(number), keys.details(number))) + "\n")


def measure_copy(database, options, kind, table, rows):
    database.sql(TABLES[kind].format(table))
    database.sql("CHECKPOINT")
    begin = time.monotonic()
    database.sql(f"\\copy {table} FROM '{rows}'")
    seconds = time.monotonic() - begin
    return {"what": f"COPY, {kind}", "clients": 1, "batch": options.authorizations, "negatives": None,
            "ops_per_second": options.authorizations / seconds, "seconds": seconds}


def measure_copies(database, options):
    """The table of the second one stays: it is what look-ups read."""
    for (kind, table) in zip(TABLES, ("integers", "authorizations", "audited")):
        rows = database.directory / "rows.tsv"
        if table != "audited":
            write_rows(rows, options.authorizations, integers=table == "integers")
        yield measure_copy(database, options, kind, table, rows)
        if table != "authorizations":
            database.sql(f"DROP TABLE {table}")
    rows.unlink()
    database.sql("DROP TABLE audited_audit")


def initialise(directory):
    user = server_user()
    if user:
        shutil.chown(directory, user["user"], user["group"])
    instance.run(programs() / "initdb", "-D", directory / "data", "-U", USER, "--auth=trust", "--locale=C",
                 "--encoding=UTF8", "--no-sync", cwd=directory, **user)


def settings(directory, count):
    memory = max(256, count * 1000 >> 20)
    return {
        "listen_addresses": "''", "unix_socket_directories": f"'{directory}'", "max_connections": 200,
        "shared_buffers": f"{memory}MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min", "autovacuum": "off",
        "fsync": "on", "synchronous_commit": "on", "plan_cache_mode": "force_generic_plan",
    }


def measure(directory, options):
    initialise(directory)
    chosen = [word for name, value in settings(directory, options.authorizations).items()
              for word in ("-c", f"{name}={str(value).strip(chr(39))}")]
    log = directory / "server.log"
    database = Database(directory)
    command = (programs() / "postgres", "-D", directory / "data", *chosen)
    # SIGINT is its fast shutdown: it does not wait for clients.
    with instance.server(command, log, signal.SIGINT, cwd=directory, **server_user()) as process:
        instance.wait_until(lambda: database.sql("SELECT 1"), process, log)
        yield from measure_copies(database, options)
        database.sql("VACUUM (ANALYZE) authorizations")
        database.sql("CHECKPOINT")
        for batch in (1, BATCH):
            for clients in options.clients:
                yield measure_lookups(database, options, clients, batch)
        database.sql(TABLES["text keys, two indexes"].format("inserted"))
        for run, clients in enumerate(options.clients):
            yield measure_inserts(database, options, run, clients)
