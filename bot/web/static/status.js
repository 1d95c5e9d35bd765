// Updates the status page every 30 seconds, unless it is hidden, has the focus or has an open section.
"use strict";

const REFRESH_MS = 30_000;
const live = document.getElementById("live");

async function refresh() {
  if (document.hidden || live.contains(document.activeElement) || live.querySelector("details[open]")) return;
  try {
    const answer = await fetch(location.pathname, { headers: { accept: "text/html" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("live");
    if (fresh) live.replaceChildren(...fresh.childNodes);
  } catch {
    // The daemon may be restarting. The next refresh tries again.
  }
}

if (live) setInterval(refresh, REFRESH_MS);
