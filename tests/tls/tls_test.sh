#!/usr/bin/env bash
# The server, the client library and the tool over TLS and mutual TLS, with certificates made here.
# Usage: tls_test.sh DIRECTORY_OF_BINARIES
set -euo pipefail
bin=$1
work=$(mktemp -d)
trap 'kill "$server" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
server=

fail() { echo "FAILED: $*" >&2; exit 1; }

# certificate NAME CA: NAME.pem and NAME.key, signed by CA.
certificate() {
  openssl req -quiet -newkey rsa:2048 -nodes -keyout "$work/$1.key" -out "$work/$1.csr" -subj "/CN=$1" 2>/dev/null ||
    openssl req -newkey rsa:2048 -nodes -keyout "$work/$1.key" -out "$work/$1.csr" -subj "/CN=$1" 2>/dev/null
  openssl x509 -req -in "$work/$1.csr" -CA "$work/$2.pem" -CAkey "$work/$2.key" -CAcreateserial -days 2 \
    -extfile <(echo "subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:$1") -out "$work/$1.pem" 2>/dev/null
}
for ca in server-ca agency-ca stranger-ca; do
  openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj "/CN=$ca" -keyout "$work/$ca.key" -out "$work/$ca.pem" 2>/dev/null
done
certificate server server-ca
certificate bureau agency-ca
certificate reader agency-ca
certificate unlisted agency-ca
certificate stranger stranger-ca
cat >"$work/agencies.txt" <<TEXT
# agency  name  right
bureau  bureau  write
reader  reader  read
TEXT

"$bin/gi-registryd" --engine memory --listen localhost:0 --port-file "$work/port" --tls-cert "$work/server.pem" \
  --tls-key "$work/server.key" --tls-client-ca "$work/agency-ca.pem" --allow-list "$work/agencies.txt" 2>"$work/log" &
server=$!
for _ in $(seq 200); do [ -s "$work/port" ] && break; sleep 0.05; done
address="localhost:$(head -n 1 "$work/port")"

# gictl_as NAME ARGUMENTS...: with that certificate; "-": none.
gictl_as() {
  local name=$1 identity=()
  shift
  [ "$name" = - ] || identity=(--cert "$work/$name.pem" --key "$work/$name.key")
  "$bin/gictl" --lang en --timeout 5s --server "$address" --ca "$work/server-ca.pem" "${identity[@]}" "$@"
}
# expect CODE WORDS -- COMMAND...: exit code and a text in the output.
expect() {
  local code=$1 words=$2 got=0
  shift 3
  "$@" >"$work/out" 2>&1 || got=$?
  [ "$got" = "$code" ] || fail "exit code $got, not $code: $* : $(cat "$work/out")"
  grep -qF -- "$words" "$work/out" || fail "no \"$words\" in the output of $* : $(cat "$work/out")"
}
create=(create division --file - --reason test)
row='{"code":"500155","names":[{"displayName":"梁平区"}],"source":{"kind":"SOURCE_KIND_SYNTHETIC","title":"test"}}'
create_as() { gictl_as "$1" "${create[@]}" <<<"$row"; }

expect 0 revision -- gictl_as - list divisions
expect 4 CALLER_UNKNOWN -- create_as -
expect 4 CALLER_NOT_ALLOWED -- create_as reader
expect 4 CALLER_NOT_ALLOWED -- create_as unlisted
expect 0 divisions/500155 -- create_as bureau
expect 0 梁平区 -- gictl_as reader get divisions/500155
# A certificate of another authority, no trust in the server, and no TLS at all get nowhere.
expect 5 "" -- gictl_as stranger list divisions
expect 5 "" -- "$bin/gictl" --timeout 2s --server "$address" --ca "$work/stranger-ca.pem" list divisions
expect 5 "" -- "$bin/gictl" --timeout 2s --server "$address" list divisions
# The private key of a caller is not a thing for the log.
! grep -q PRIVATE "$work/log" || fail "a key in the log"
echo "TLS: all as it should be"
