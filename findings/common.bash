# Sourced by each finding: a temporary folder, pinned packages in it, and the comparison at the end.
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
export PYTHONWARNINGS=ignore

python_packages() {  # NAME==VERSION ...
  python3 -m venv "$work/env"
  "$work/env/bin/python" -m pip install --quiet --no-compile --disable-pip-version-check "$@" 2>"$work/pip.log" ||
    { cat "$work/pip.log"; return 1; }
  printf 'Versions: %s\n' "$*"
}

run_python() {  # a program on standard input
  "$work/env/bin/python" - >>"$work/out" 2>"$work/err" || { cat "$work/err"; return 1; }
}

node_packages() {  # NAME@VERSION ...
  (cd "$work" && npm init --yes >/dev/null && npm install --silent --no-audit --no-fund --ignore-scripts "$@")
  printf 'Versions: %s\n' "$*"
}

run_node() {  # a module on standard input
  cat >"$work/main.mjs"
  (cd "$work" && node main.mjs) >>"$work/out"
}

run_rust() {  # lines for [dependencies]; a program on standard input
  mkdir -p "$work/rust/src"
  cat >"$work/rust/src/main.rs"
  { printf '[package]\nname = "finding"\nversion = "0.1.0"\nedition = "2021"\n[dependencies]\n'; printf '%s\n' "$@"; } \
    >"$work/rust/Cargo.toml"
  printf 'Versions: %s\n' "$*"
  (cd "$work/rust" && CARGO_TARGET_DIR="$work/target" cargo run --quiet) >>"$work/out"
}

says() { printf 'Behaviour: %s\n' "$*"; }

expect() {  # the output as it was when this was written, on standard input
  cat "$work/out"
  diff - "$work/out" >"$work/diff" || { echo "CHANGED (< then, > now):"; cat "$work/diff"; return 1; }
}
