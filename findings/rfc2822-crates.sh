#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

says "chrono and time refuse a date of RFC 2822 with the zone CEST, jiff takes it for UTC without a word; a weekday that" \
  "does not fit is refused by chrono and jiff, not by time; the second 60 is kept, refused, or becomes 59."
run_rust 'chrono = "=0.4.45"' 'time = { version = "=0.3.55", features = ["parsing"] }' 'jiff = "=0.2.46"' <<'EOF'
use time::format_description::well_known::Rfc2822;

fn main() {
    for text in [
        "Sat, 05 Oct 2024 14:00:00 CEST", "Sun, 05 Oct 2024 14:00:00 +0200", "Sat, 05 Oct 2024 14:00:60 +0200",
        "5 Oct 24 14:00 EST", "Sat, 05 Oct 2024 14:00:00 +0200 (CEST)",
    ] {
        let chrono = chrono::DateTime::parse_from_rfc2822(text).map(|date| date.to_rfc3339()).ok();
        let time = time::OffsetDateTime::parse(text, &Rfc2822).map(|date| date.to_string()).ok();
        let jiff = jiff::fmt::rfc2822::parse(text).map(|date| date.to_string()).ok();
        println!("{text}\n  chrono {chrono:?}\n  time {time:?}\n  jiff {jiff:?}");
    }
}
EOF
expect <<'EOF'
Sat, 05 Oct 2024 14:00:00 CEST
  chrono None
  time None
  jiff Some("2024-10-05T14:00:00+00:00[UTC]")
Sun, 05 Oct 2024 14:00:00 +0200
  chrono None
  time Some("2024-10-05 14:00:00.0 +02:00:00")
  jiff None
Sat, 05 Oct 2024 14:00:60 +0200
  chrono Some("2024-10-05T14:00:60+02:00")
  time None
  jiff Some("2024-10-05T14:00:59+02:00[+02:00]")
5 Oct 24 14:00 EST
  chrono Some("2024-10-05T14:00:00-05:00")
  time Some("2024-10-05 14:00:00.0 -05:00:00")
  jiff Some("2024-10-05T14:00:00-05:00[-05:00]")
Sat, 05 Oct 2024 14:00:00 +0200 (CEST)
  chrono Some("2024-10-05T14:00:00+02:00")
  time Some("2024-10-05 14:00:00.0 +02:00:00")
  jiff Some("2024-10-05T14:00:00+02:00[+02:00]")
EOF
