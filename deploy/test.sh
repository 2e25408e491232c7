#!/usr/bin/env bash
# Installs what is missing, builds and runs all tests.   --sanitizers: also under address, undefined and thread sanitizers.
source "$(dirname "${BASH_SOURCE[0]}")/common.sh"

case "${1:-}" in
  "" | --sanitizers) ;;
  *) fail "usage: deploy/test.sh [--sanitizers]" ;;
esac

install_packages
build release
say "Testing (release)"
(cd "$ROOT" && ctest --preset release)

if [ "${1:-}" = --sanitizers ]; then
  install_packages clang libclang-rt-14-dev
  build asan-ubsan
  say "Testing (address and undefined behaviour sanitizers)"
  (cd "$ROOT" && ctest --preset asan-ubsan)
  build tsan
  say "Testing (thread sanitizer)"
  (cd "$ROOT" && ctest --preset tsan)
fi
say "All tests passed"
