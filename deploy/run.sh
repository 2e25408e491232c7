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
  # The usual port, or any free one if that is taken; GI_LISTEN names another address.
  local listen=127.0.0.1:50155
  if (exec 3<>/dev/tcp/127.0.0.1/50155) 2>/dev/null; then listen=127.0.0.1:0; fi
  nohup "$BIN/gi-registryd" --data-dir "$RUN/data" --listen "${GI_LISTEN:-$listen}" --port-file "$PORT_FILE" \
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
[ "$DETACH" = 1 ] || trap 'stop_server >/dev/null' EXIT INT TERM
export GICTL_SERVER="127.0.0.1:$(head -n 1 "$PORT_FILE")"
echo "Listening on $GICTL_SERVER"

say "Loading the sample data: division codes, the EU register of 2020, Liangping's products, synthetic users and applications"
(cd "$ROOT/deploy/data" && "$GICTL" load .)

say "Questions and answers (the title and its users are made up; nothing here says who may use what in earnest)"
TITLE=indications/demo.liangping-you
ask check 93500155MA5TEXT11L "$TITLE" --date 2026-05-01 --place 500155120205 --goods 柚子
ask check entities/demo.hezuoshe-2 "$TITLE" --date 2026-05-01 --place 500155120205 --class 29
ask check entities/demo.qiye-1 "$TITLE" --date 2026-05-01
ask check entities/demo.hezuoshe-3 "$TITLE"
ask check 93500155MA5TEXT11L PDO-CN-0626 --date 2020-12-01
ask check 9350O155MA5TEXT11L "$TITLE" --date 2026-05-01

say "The pomelo village under the code it had in 2017"
ask resolve 500228120205

# The campaigns of 2024 and 2025 are filed once; a server that has them already keeps what became of them.
file_survey() {
  local year=$1 record
  shift
  "$GICTL" open "surveys/liangping-$year" --role district --reason "the campaign begins" >/dev/null
  (cd "$ROOT/deploy/data/survey" && "$GICTL" load "survey_records-$year.jsonl")
  for record in "$@"; do
    ask submit "surveys/liangping-$year/records/$record" --role township --reason "complete"
    ask accept "surveys/liangping-$year/records/$record" --role district --acknowledge-all --reason "reviewed"
  done
}
POMELO=surveys/liangping-2024/records/you
say "The survey of specialty products: two campaigns, of which only the figures of the pomelo are real (published, not verified)"
if ! "$GICTL" list surveys | grep -q liangping-2024; then
  (cd "$ROOT/deploy/data/survey" && "$GICTL" load rulesets.jsonl products.jsonl surveys.jsonl)
  file_survey 2024 you longtan-you yazi jianyou
  ask choose "$POMELO" m2 --role district --reason "the figure of the municipal authority"
  ask choose "$POMELO" m4 --role district --reason "the figure of the municipal authority"
  file_survey 2025 you longtan-you yazi
fi
ask progress surveys/liangping-2025 --date 2025-12-01
ask history products/liangping-you
ask candidates --explain --page-size 1
ask similar 張鴨籽 --place 500155104
ask convert 15.8 mu hectare --magnitude ten_thousand

say "Applications (made up): what is due, and why a date is what it is"
ask application show applications/demo.miyou --date 2026-11-25
ask deadline list --state open --party applicant --date 2026-11-25
ask deadline compute TM-REFUSAL-REVIEW trademark-2019 --service electronic --dispatched 2025-09-01

say "Figures as the national office counts them (16th to 15th)"
ask indicator show titles.in_force applications.by_age --from 2026-10 --to 2026-11 --date 2026-11-25

say "What to try next"
[ "$DETACH" = 1 ] || echo "  deploy/run.sh --detach                                      first: leave the server running"
cat <<TEXT
  export GICTL_SERVER=$GICTL_SERVER PATH=\$PATH:$BIN
  gictl --lang zh check 93500155MA5TEXT11L $TITLE --full      the same in Chinese, with what the answer rests on
  gictl search lpy                                            titles by initials; also pinyin, traditional or wrong characters
  gictl users indications/demo.liangping-you                  who may use it today
  gictl list indications --number PDO-CN-0626                 a title by its number
  gictl suspend authorizations/demo.full --from 2026-06-01 --reason "try"; gictl check 93500155MA5TEXT11L $TITLE
  gictl get $POMELO                       two published figures of one year, side by side
  gictl compare --subject output --by sector                  the campaigns year by year; also --by township, --product
  gictl places --point 107.77,30.67; gictl list survey_records --survey surveys/liangping-2025 --state draft
  gictl deadline export --state open --out deadlines.ics      for a calendar program
  gictl indicator list; gictl report --out report.md          conventions; a progress report in Chinese
  gictl --at-revision 7022 list entities                      the register as it was while it was loaded
  gictl --help
TEXT
if [ "$DETACH" = 1 ]; then
  echo "The server goes on at $GICTL_SERVER (process $(cat "$PID_FILE"), log $LOG); stop it with: deploy/run.sh --stop"
else
  echo "The server is stopped now; deploy/run.sh --detach leaves it running."
fi
