// Read pages with @mozilla/readability on a document of jsdom, as its README shows for Node: HTML.

import { Readability } from "@mozilla/readability";
import { JSDOM, VirtualConsole } from "jsdom";
import { run } from "./page_loop.mjs";

await run((html, url) => {
  const { window } = new JSDOM(html, { url, virtualConsole: new VirtualConsole() });
  try {
    return new Readability(window.document).parse()?.content ?? "";
  } finally {
    window.close();
  }
});
