// Shows new posts, comments and messages without a reload.
"use strict";

const SECONDS = 2;
const region = document.querySelector("[data-live]");
const status = document.querySelector("[role=status]");

// The HTML without the times, which change all the time.
function stable(element) {
  const copy = element.cloneNode(true);
  for (const time of copy.querySelectorAll("time")) time.textContent = "";
  for (const details of copy.querySelectorAll("details")) details.removeAttribute("open");
  return copy.innerHTML;
}

// Whether somebody is writing there. Then nothing is replaced.
function isInUse() {
  return region.contains(document.activeElement) || region.querySelector("details.reply[open]") !== null;
}

function update(fresh) {
  if (stable(fresh) === stable(region)) {
    const times = fresh.querySelectorAll("time");
    region.querySelectorAll("time").forEach((time, index) => { time.textContent = times[index].textContent; });
  } else if (!isInUse()) {
    region.replaceChildren(...fresh.childNodes);
    if (status) status.textContent = "The list has changed.";
  }
}

async function refresh() {
  if (!document.hidden) {
    try {
      const response = await fetch(location.pathname);
      if (response.ok) {
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const fresh = page.querySelector("[data-live]");
        if (fresh) update(fresh);
      }
    } catch {
      // The server has stopped. The page stays as it is.
    }
  }
  setTimeout(refresh, SECONDS * 1000);
}

if (region) setTimeout(refresh, SECONDS * 1000);
