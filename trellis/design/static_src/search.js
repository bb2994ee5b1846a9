// Search as you type: form[data-live-search] is posted as it is and #results taken from the answer.
import { keepTablesTables } from "./layout.js";

const PAUSE = 250; // milliseconds after the last key

export function searchAsYouType() {
  document.querySelectorAll("form[data-live-search]").forEach((form) => {
    let waiting;
    form.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => search(form), PAUSE);
    });
  });
}

const asked = new WeakMap();

async function search(form) {
  asked.get(form)?.abort();
  const asking = new AbortController();
  asked.set(form, asking);
  const results = document.getElementById("results");
  results.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { "X-Requested-With": "fetch" },
      signal: asking.signal,
    });
    if (answer.ok && !answer.redirected) show(await answer.text(), results);
    results.removeAttribute("aria-busy");
  } catch (problem) {
    if (problem.name !== "AbortError") results.removeAttribute("aria-busy"); // Enter still searches
  }
}

function show(html, results) {
  const found = new DOMParser().parseFromString(html, "text/html").getElementById("results");
  if (!found) return;
  results.replaceChildren(...found.childNodes);
  keepTablesTables(results);
}
