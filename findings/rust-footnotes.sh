#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

node_packages markdown-it@14.1.0 markdown-it-footnote@4.0.0
says "The crate of Lemmy counts references, not notes: after a note that is referred to twice, the text says [3] where the" \
  "reader finds note 2. The plugin of lemmy-ui says [1:1] and [2]."
run_node <<'EOF'
import MarkdownIt from 'markdown-it';
import footnote from 'markdown-it-footnote';

const html = MarkdownIt().use(footnote).render('a[^1] b[^1] c^[inline]\n\n[^1]: note\n\n[^2]: other');
console.log('JavaScript', html.match(/\[\d(:\d)?\]/g).join(' '), 'notes', html.match(/<li /g).length);
EOF
run_rust 'markdown-it = "=0.6.1"' 'markdown-it-footnote = "=0.2.0"' <<'EOF'
fn main() {
    let mut markdown = markdown_it::MarkdownIt::new();
    markdown_it::plugins::cmark::add(&mut markdown);
    markdown_it_footnote::add(&mut markdown);
    let html = markdown.parse("a[^1] b[^1] c^[inline]\n\n[^1]: note\n\n[^2]: other").render();
    let labels = html.match_indices('[').map(|(at, _)| &html[at..at + 3]).collect::<Vec<_>>().join(" ");
    println!("Rust {labels} notes {}", html.matches("<li ").count());
}
EOF
expect <<'EOF'
JavaScript [1] [1:1] [2] notes 2
Rust [1] [1] [3] notes 2
EOF
