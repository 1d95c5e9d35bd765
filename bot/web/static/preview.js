// The preview without a reload: a change of a setting, a link or a dropped file shows at once.
"use strict";

const form = document.getElementById("try");
const result = document.getElementById("result");
const drop = document.getElementById("drop");
const file = document.getElementById("file");
const link = document.getElementById("url");
const DEBOUNCE = 200;
const MOST_BYTES = 10_000_000; // as the daemon has it
let asked = 0;
let timer;

async function show(event) {
  event?.preventDefault();
  clearTimeout(timer);
  if (!form.reportValidity()) return;
  const mine = ++asked;
  if (file.files[0]?.size > MOST_BYTES) return say("This file is larger than 10 MB. Choose a smaller page.");
  const sent = new FormData(form);
  if (known()) sent.delete("file"); // the daemon still has it
  result.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { "x-part": "result" } });
    const html = await answer.text();
    if (mine !== asked) return;
    if (answer.headers.get("content-type")?.startsWith("text/html")) result.innerHTML = html;
    else say(html);
  } catch {
    if (mine === asked) say("The daemon does not answer. Is it running?");
  } finally {
    if (mine === asked) result.removeAttribute("aria-busy");
  }
  const top = result.getBoundingClientRect().top;
  if (event && (top < 0 || top > innerHeight / 2)) result.scrollIntoView(); // on a phone it is far below
}

function say(text) {
  const line = document.createElement("p");
  line.className = "card mistake";
  line.setAttribute("role", "alert");
  line.textContent = text;
  result.replaceChildren(line);
}

function known() {
  return file.dataset.shown === file.value && Boolean(form.elements.page?.value);
}

function fresh() {
  if (form.elements.page) form.elements.page.value = "";
  delete file.dataset.shown;
}

form.addEventListener("submit", show);
form.addEventListener("input", (event) => {
  if (event.target === link || event.target === file) return;
  if (event.target.name === "community") return form.submit(); // all controls change
  if (!form.elements.page?.value) return;
  clearTimeout(timer);
  timer = setTimeout(() => show(), DEBOUNCE);
});
link.addEventListener("input", () => {
  if (link.value) file.value = "";
  fresh();
});
file.addEventListener("change", async (event) => {
  link.value = "";
  fresh();
  if (!file.files.length) return;
  await show(event);
  file.dataset.shown = file.value;
});
for (const name of ["dragover", "dragleave", "drop"]) {
  drop.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle("over", name === "dragover");
    if (name === "drop" && event.dataTransfer.files.length) {
      file.files = event.dataTransfer.files;
      file.dispatchEvent(new Event("change"));
    }
  });
}
document.addEventListener("click", async (event) => {
  const id = event.target.dataset?.copy;
  if (!id) return;
  const source = document.getElementById(id);
  try {
    await navigator.clipboard.writeText(source.textContent);
    event.target.textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(source);
    event.target.textContent = "Press Ctrl+C";
  }
});
