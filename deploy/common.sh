# What the entry scripts share. Sourced, not run.
set -euo pipefail
ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
BIN="$ROOT/build/release/bin"

say() { printf '\n\033[1m== %s\033[0m\n' "$*"; }
fail() { printf 'error: %s\n' "$*" >&2; exit 1; }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; elif command -v sudo >/dev/null; then sudo "$@"; else fail "need root or sudo to run: $*"; fi
}

# Installs what deploy/packages.txt names and this machine lacks.
install_packages() {
  local wanted missing=()
  wanted=$(sed 's/#.*//' "$ROOT/deploy/packages.txt")
  for package in $wanted "$@"; do
    dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'install ok installed' || missing+=("$package")
  done
  if [ ${#missing[@]} -eq 0 ]; then
    say "Packages: all there"
    return
  fi
  say "Installing packages: ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

# build PRESET [TARGET...]: configures and builds.
build() {
  local preset=$1
  shift
  say "Building ($preset): the first time takes some minutes"
  (cd "$ROOT" && cmake --preset "$preset" --log-level=WARNING >/dev/null && cmake --build --preset "$preset" ${@:+--target "$@"})
}
