#!/bin/sh
# Installs the client library of a finished build into a temporary prefix, then configures, builds and runs a project that
# uses it from there. Usage: run_install_test.sh SOURCE_DIR BUILD_DIR
set -eu
source_dir=$1
build_dir=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake --install "$build_dir" --prefix "$work/prefix" --component client_dev >"$work/install.log"

# Nothing installed may point back into the tree it was built from.
if grep -rlF --include='*.h' --include='*.cmake' -e "$source_dir" -e "$build_dir" "$work/prefix"; then
  echo "the files above name the source or build directory" >&2
  exit 1
fi

# Another generator or build type than that of the build must do as well.
cmake -S "$source_dir/tests/install" -B "$work/build" -DCMAKE_PREFIX_PATH="$work/prefix" >"$work/configure.log"
cmake --build "$work/build"
"$work/build/app"
