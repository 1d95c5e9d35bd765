#!/usr/bin/env bash
set -euo pipefail
source "$(dirname "$0")/common.bash"

node_packages @mozilla/readability@0.6.0 jsdom@26.1.0
says "isProbablyReaderable wants 140 characters in an element, more than a Chinese paragraph mostly has; an article" \
  "element counts as one, so that the same paragraphs are readable in article and not in div."
run_node <<'EOF'
import { isProbablyReaderable } from '@mozilla/readability';
import { JSDOM } from 'jsdom';
const text = '大桥在周二的会议上被讨论，市长说重建工程将在明年春天开始，预计需要两年时间完成，费用约为三千万元。居民们对此表示欢迎，但也有人担心交通会受到影响，因为通往学校的道路在施工期间将会关闭，商店也会失去顾客。';
for (const tag of ['article', 'div']) {
  const page = new JSDOM(`<html lang="zh"><body><${tag}>${`<p>${text}</p>`.repeat(8)}</${tag}></body></html>`);
  console.log(text.length, 'characters a paragraph,', tag, isProbablyReaderable(page.window.document));
}
EOF
expect <<'EOF'
101 characters a paragraph, article true
101 characters a paragraph, div false
EOF
