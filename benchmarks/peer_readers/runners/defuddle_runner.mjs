// Read pages with Defuddle on a document of linkedom, as its README shows for Node: HTML.

import { Defuddle } from "defuddle/node";
import { parseHTML } from "linkedom";
import { run } from "./page_loop.mjs";

await run(async (html, url) => {
  const { document } = parseHTML(html);
  // Without `useAsync: false` it may ask other servers for the text.
  return (await Defuddle(document, url, { useAsync: false })).content ?? "";
});
