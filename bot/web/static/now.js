// The status page brings itself up to date while somebody looks at it and is not in the middle of it.
"use strict";

const EVERY = 30_000;
const live = document.getElementById("live");

async function refresh() {
  if (document.hidden || live.contains(document.activeElement) || live.querySelector("details[open]")) return;
  try {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    if (fresh) live.replaceChildren(...fresh.childNodes);
  } catch {
    // The daemon is being restarted; the next round finds it.
  }
}

if (live) setInterval(refresh, EVERY);
