// Shows times in the time zone of the viewer: relative ones with the exact time on hover, exact ones as they are.
"use strict";

const UNITS = [[86400, "d"], [3600, "h"], [60, "min"]];
const exact = new Intl.DateTimeFormat("sv-SE", { dateStyle: "short", timeStyle: "medium" }); // 2026-03-01 13:00:02
const zone = new Intl.DateTimeFormat("en", { timeZoneName: "short" });
let ahead = 0; // milliseconds by which the clock of the server is ahead of the viewer's

function inZone(date) {
  const name = zone.formatToParts(date).find((part) => part.type === "timeZoneName").value;
  return `${exact.format(date)} ${name}`;
}

function duration(seconds) {
  if (seconds < 90) return `${Math.round(seconds)}\u202fs`;
  const whole = Math.round(seconds / 60) * 60;
  const [size, unit] = UNITS.find(([each]) => whole >= each);
  const rest = Math.floor((whole % size) / 60);
  const more = unit === "h" && rest && whole < 36_000 ? ` ${rest}\u202fmin` : "";
  return `${Math.floor(whole / size)}\u202f${unit}${more}`;
}

function relative(date, shown) {
  const seconds = (Date.now() + ahead - date) / 1000;
  if (shown === "until") return seconds < 0 ? `in ${duration(-seconds)}` : "now";
  return seconds < 1 ? "just now" : `${duration(seconds)} ago`;
}

// Texts that are already right stay untouched, so that nothing flickers and a selection stays.
function showTimes(root) {
  for (const element of root.querySelectorAll("time[data-shown]")) {
    const date = new Date(element.dateTime);
    const isExact = element.dataset.shown === "exact";
    const text = isExact ? inZone(date) : relative(date, element.dataset.shown);
    if (element.textContent !== text) element.textContent = text;
    element.title = isExact ? `${element.dateTime.replace("T", " ").replace("Z", " UTC")}` : inZone(date);
  }
}

function setServerTime(root) {
  if (root.dataset.now) ahead = new Date(root.dataset.now) - Date.now();
}

setServerTime(document.documentElement);
showTimes(document);
