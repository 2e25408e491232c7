#!/usr/bin/env bash
# Installs what is missing, builds, starts the server on the embedded engine, loads the sample data and asks it some
# questions.   --detach: leaves the server running.   --stop: stops it.   Data: .run/data (remove it to begin anew).
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

RUN="$ROOT/.run"
PID_FILE="$RUN/server.pid"
PORT_FILE="$RUN/port"
LOG="$RUN/server.log"
GICTL="$BIN/gictl"

running() { [ -f "$PID_FILE" ] && kill -0 "$(cat "$PID_FILE")" 2>/dev/null; }

stop_server() {
  running || { echo "The server is not running."; return 0; }
  local pid
  pid=$(cat "$PID_FILE")
  kill -TERM "$pid"
  for _ in $(seq 300); do
    kill -0 "$pid" 2>/dev/null || { rm -f "$PID_FILE" "$PORT_FILE"; echo "Server stopped."; return 0; }
    sleep 0.1
  done
  fail "server $pid does not stop"
}

start_server() {
  if running; then
    echo "The server is running already (process $(cat "$PID_FILE"))."
    return
  fi
  mkdir -p "$RUN"
  rm -f "$PORT_FILE"
  # A port of its own choice, so that nothing else on the machine is in the way; GI_LISTEN names another address.
  nohup "$BIN/gi-registryd" --data-dir "$RUN/data" --listen "${GI_LISTEN:-127.0.0.1:0}" --port-file "$PORT_FILE" \
    >>"$LOG" 2>&1 </dev/null &
  echo $! >"$PID_FILE"
  for _ in $(seq 600); do
    [ -s "$PORT_FILE" ] && return
    running || { tail -n 5 "$LOG" >&2; rm -f "$PID_FILE"; fail "the server did not start; its log is $LOG"; }
    sleep 0.1
  done
  fail "the server did not begin to listen; its log is $LOG"
}

# ask WORDS...: shows a command and what it answers. A negative answer is an answer, so the exit code only matters from 3 on.
ask() {
  printf '\n$ gictl %s\n' "$*"
  "$GICTL" "$@" || [ $? -le 2 ]
}

DETACH=0
case "${1:-}" in
  "") ;;
  --detach) DETACH=1 ;;
  --stop) stop_server; exit 0 ;;
  *) fail "usage: deploy/run.sh [--detach | --stop]" ;;
esac

install_packages
build release gi-registryd gictl
say "Starting the server (data in ${RUN#"$PWD"/}/data)"
start_server
[ "$DETACH" = 1 ] || trap 'stop_server >/dev/null' EXIT
export GICTL_SERVER="127.0.0.1:$(head -n 1 "$PORT_FILE")"
echo "Listening on $GICTL_SERVER"

say "Loading the sample data: divisions, the EU register of 2020, Liangping's products, synthetic users"
"$GICTL" load "$ROOT/deploy/data"

say "Questions and answers"
ask check 93500155MA5TEXT11L indications/demo.liangping-you --date 2026-05-01
