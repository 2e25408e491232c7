#!/usr/bin/env python3
"""Holds the rules of ARCHITECTURE.md about who may include whom against every #include line of the tree."""
import pathlib
import re
import sys

ROOT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve()

# Folder -> folders it may include from. The longest matching folder counts; every folder may include itself.
MAY_INCLUDE = {
    "storage/base": [],
    "storage/engine": ["storage/base"],
    "storage/keyspace": ["storage/base"],
    "storage/table": ["storage/base", "storage/engine", "storage/keyspace"],
    "storage/registry": ["storage/base", "storage/engine", "storage/keyspace", "storage/table"],
    "server/domain": ["storage/base"],
    "server/rpc": ["storage/base", "server/domain"],
    "server/projection": ["storage/base", "storage/engine", "storage/keyspace", "storage/table", "storage/registry",
                          "server/domain"],
    "server/search": ["storage/base", "storage/engine", "storage/keyspace", "storage/table", "storage/registry",
                      "server/domain"],
    "server/service": ["server/projection", "server/search", "storage/base", "storage/engine", "storage/keyspace", "storage/table", "storage/registry",
                       "server/domain", "server/rpc/method_table.h", "server/rpc/status_details.h"],
    "server": ["server", "storage"],  # config and main: the composition root
    "client": ["storage/base"],
    "client/sheet": ["storage/base"],
    "client/gictl": ["storage/base", "client"],
}
# Header prefix -> the only places that may include it.
ONLY_IN = {
    "rocksdb/": ["storage/engine/rocksdb/"],
    "grpcpp/": ["server/rpc/", "client/"],
    "grpc/": ["server/rpc/", "client/"],
    "gi/storage/v1/": ["storage/", "server/service/"],
    "unicode/": ["storage/base/", "client/sheet/encoding.cc"],
    "csv.h": ["client/sheet/csv_rows.cc"],
    "openssl/": ["storage/base/", "server/rpc/"],
    "gmp": ["server/domain/survey/", "server/domain/indicator/"],
    "s2/": ["server/search/area_index.cc"],
    "spdlog/": ["server/rpc/", "server/main.cc", "server/config.cc"],
    "CLI/": ["server/config.cc", "client/gictl/"],
}
OWN = re.compile(r"^(storage|server|client|tests)/")
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^">]+)[">]')


def folder_of(path):
    return max((f for f in MAY_INCLUDE if path.startswith(f + "/")), key=len, default=None)


def findings(path):
    folder = folder_of(path)
    for number, line in enumerate((ROOT / path).read_text(encoding="utf-8").splitlines(), 1):
        match = INCLUDE.match(line)
        if not match:
            continue
        header = match.group(1)
        if OWN.match(header):
            allowed = MAY_INCLUDE[folder] + [folder]
            if not any(header == a or header.startswith(a + "/") for a in allowed):
                yield f"{path}:{number}: {folder} may not include {header}"
        for prefix, places in ONLY_IN.items():
            if header.startswith(prefix) and not any(path.startswith(place) for place in places):
                yield f"{path}:{number}: {header} may be included only in {', '.join(places)}"


def main():
    sources = [p.relative_to(ROOT).as_posix() for top in ("storage", "server", "client")
               for p in sorted((ROOT / top).rglob("*")) if p.suffix in (".h", ".cc")]
    found = [f for source in sources for f in findings(source)]
    print("\n".join(found))
    print(f"{len(sources)} files, {len(found)} findings")
    return 1 if found or not sources else 0


if __name__ == "__main__":
    sys.exit(main())
