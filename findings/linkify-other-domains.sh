#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

says "A bare link whose top-level domain is not in Latin letters is left as text by the linkify crate and by the" \
  "Rust markdown-it with its extra rules; other labels may be, and between angle brackets or in punycode it is a link."
run_rust 'linkify = "=0.11.0"' 'markdown-it = "=0.6.1"' <<'EOF'
fn main() {
    let mut markdown = markdown_it::MarkdownIt::new();
    markdown_it::plugins::cmark::add(&mut markdown);
    markdown_it::plugins::extra::add(&mut markdown);
    for text in ["https://пример.рф/x", "https://例え.テスト/道", "https://例え.jp/道", "https://xn--e1afmkfd.xn--p1ai/x"] {
        let found = linkify::LinkFinder::new().links(text).map(|link| link.as_str().to_string()).collect::<Vec<_>>();
        println!("{text} linkify {found:?} | {}", markdown.parse(text).render().trim());
    }
    println!("{}", markdown.parse("<https://пример.рф/x>").render().trim());
}
EOF
expect <<'EOF'
https://пример.рф/x linkify [] | <p>https://пример.рф/x</p>
https://例え.テスト/道 linkify [] | <p>https://例え.テスト/道</p>
https://例え.jp/道 linkify ["https://例え.jp/道"] | <p><a href="https://xn--r8jz45g.jp/%E9%81%93">例え.jp/道</a></p>
https://xn--e1afmkfd.xn--p1ai/x linkify ["https://xn--e1afmkfd.xn--p1ai/x"] | <p><a href="https://xn--e1afmkfd.xn--p1ai/x">пример.рф/x</a></p>
<p><a href="https://xn--e1afmkfd.xn--p1ai/x">пример.рф/x</a></p>
EOF
