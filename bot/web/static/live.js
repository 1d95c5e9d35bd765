// Keeps the parts of a page that are marked with data-live up to date, without a reload.
// Only what differs is changed, so the focus, the scroll position and open sections stay. It rests while the page
// is hidden.
"use strict";

const REFRESH_MS = 15_000;
const parts = [...document.querySelectorAll("[data-live]")];
const stale = document.getElementById("stale");
let timer;

async function refresh() {
  try {
    const answer = await fetch(addressOfPage(), { headers: { accept: "text/html" } });
    if (answer.redirected) return false; // to the login page
    if (!answer.ok) throw new Error(answer.status);
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    setServerTime(fresh.documentElement);
    showTimes(fresh);
    for (const part of parts) {
      const found = fresh.getElementById(part.id);
      if (found) updateChildren(part, found);
    }
    stale.hidden = true;
  } catch {
    stale.hidden = false; // the daemon may be restarting; the next refresh tries again
  }
  return true;
}

// The address without the note about an action.
function addressOfPage() {
  const address = new URL(location.href);
  address.searchParams.delete("done");
  address.hash = "";
  return address;
}

// Items with a key are found again wherever they are; all others by their position.
function updateChildren(old, fresh) {
  const keyed = new Map();
  for (const child of old.children) if (child.dataset.key) keyed.set(child.dataset.key, child);
  let place = old.firstChild;
  for (const node of [...fresh.childNodes]) {
    const same = node.dataset?.key ? keyed.get(node.dataset.key) : place;
    if (same && isSameKind(same, node)) {
      while (place && place !== same && isGone(place, fresh)) place = removed(place);
      if (same !== place) old.insertBefore(same, place);
      else place = place.nextSibling;
      updateNode(same, node);
    } else {
      old.insertBefore(document.importNode(node, true), place);
    }
  }
  while (place) place = removed(place);
}

function isSameKind(old, fresh) {
  return old.nodeName === fresh.nodeName && old.dataset?.key === fresh.dataset?.key;
}

function isGone(node, fresh) {
  const key = node.dataset?.key;
  return !key || ![...fresh.children].some((child) => child.dataset.key === key);
}

function removed(node) {
  const next = node.nextSibling;
  node.remove();
  return next;
}

function updateNode(old, fresh) {
  if (old.nodeType !== Node.ELEMENT_NODE) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  updateChildren(old, fresh);
}

async function tick() {
  clearTimeout(timer);
  if (document.hidden) return;
  if (await refresh()) timer = setTimeout(tick, REFRESH_MS);
}

// Times become older also where nothing else is fetched.
setInterval(() => document.hidden || showTimes(document), REFRESH_MS);
if (parts.length) {
  timer = setTimeout(tick, REFRESH_MS);
  document.addEventListener("visibilitychange", tick);
}
