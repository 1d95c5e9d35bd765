#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

says "A link with nothing to remove is written anew all the same: %20 becomes a plus, brackets are encoded, and the" \
  "fragment is treated as a query, so that a text fragment or a route behind #! no longer says what it said."
run_rust 'clearurls = "=0.0.7"' <<'EOF'
fn main() {
    let cleaner = clearurls::UrlCleaner::from_embedded_rules().unwrap();
    for link in [
        "https://example.org/a?q=a%20b&x=(1)",
        "https://example.org/a#!/path?x=1",
        "https://example.org/a#:~:text=the%20mill",
        "https://example.org/a#section-2",
    ] {
        println!("{}", cleaner.clear_single_url_str(link).unwrap());
    }
}
EOF
expect <<'EOF'
https://example.org/a?q=a+b&x=%281%29
https://example.org/a#%21%2Fpath%3Fx=1
https://example.org/a#%3A%7E%3Atext=the+mill
https://example.org/a#section-2
EOF
