// Updates the preview without a reload when a setting changes, a link is entered or a file is dropped.
"use strict";

const form = document.getElementById("try");
const result = document.getElementById("result");
const drop = document.getElementById("drop");
const file = document.getElementById("file");
const link = document.getElementById("url");
const DEBOUNCE_MS = 200;
const MAX_BYTES = 10_000_000; // the same limit as in the daemon
let requests = 0;
let timer;

async function updatePreview(event) {
  event?.preventDefault();
  clearTimeout(timer);
  if (!form.reportValidity()) return;
  const request = ++requests;
  if (file.files[0]?.size > MAX_BYTES) return showError("This file is larger than 10 MB. Choose a smaller page.");
  const sent = new FormData(form);
  if (daemonHasPage()) sent.delete("file"); // the daemon still has the file
  result.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, { method: "POST", body: sent, headers: { "x-part": "result" } });
    const html = await answer.text();
    if (request !== requests) return;
    if (answer.headers.get("content-type")?.startsWith("text/html")) result.innerHTML = html;
    else showError(html);
  } catch {
    if (request === requests) showError("The daemon does not answer. Is it running?");
  } finally {
    if (request === requests) result.removeAttribute("aria-busy");
  }
  const top = result.getBoundingClientRect().top;
  if (event && (top < 0 || top > innerHeight / 2)) result.scrollIntoView(); // on a phone the result is below the form
}

function showError(text) {
  const line = document.createElement("p");
  line.className = "card error";
  line.setAttribute("role", "alert");
  line.textContent = text;
  result.replaceChildren(line);
}

function daemonHasPage() {
  return file.dataset.shown === file.value && Boolean(form.elements.page?.value);
}

function forgetPage() {
  if (form.elements.page) form.elements.page.value = "";
  delete file.dataset.shown;
}

form.addEventListener("submit", updatePreview);
form.addEventListener("input", (event) => {
  if (event.target === link || event.target === file) return;
  if (event.target.name === "community") return form.submit(); // the values of all controls change
  if (!form.elements.page?.value) return;
  clearTimeout(timer);
  timer = setTimeout(() => updatePreview(), DEBOUNCE_MS);
});
link.addEventListener("input", () => {
  if (link.value) file.value = "";
  forgetPage();
});
file.addEventListener("change", async (event) => {
  link.value = "";
  forgetPage();
  if (!file.files.length) return;
  await updatePreview(event);
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
