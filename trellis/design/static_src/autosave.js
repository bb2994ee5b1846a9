// What is being typed is kept as a draft: at most every ten seconds, and when the page is left.
//   <form data-autosave data-autosave-url="/drafts/"> … <p role="status" data-autosave-status></p>
const EVERY = 10000; // milliseconds

export function keepDrafts() {
  document.querySelectorAll("form[data-autosave][data-autosave-url]").forEach(keepDraft);
}

function keepDraft(form) {
  const status = form.querySelector("[data-autosave-status]") ?? document.querySelector("[data-autosave-status]");
  let changed = false;
  let waiting = null;

  form.addEventListener("input", changes);
  form.addEventListener("change", changes);
  form.addEventListener("submit", () => stop());
  window.addEventListener("pagehide", leave);
  document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && leave());

  function changes() {
    changed = true;
    waiting ??= setTimeout(save, EVERY);
  }

  function stop() {
    clearTimeout(waiting);
    waiting = null;
    changed = false;
  }

  function leave() {
    if (changed) navigator.sendBeacon(form.dataset.autosaveUrl, typed(form));
    stop();
  }

  async function save() {
    stop();
    try {
      const answer = await fetch(form.dataset.autosaveUrl, { method: "POST", body: typed(form) });
      if (answer.redirected || !answer.ok) throw new Error(`answered ${answer.status}`);
      say(status, `Saved as a draft at ${(await answer.json()).at}`);
    } catch {
      changes();
      say(status, "Not saved yet. What you typed is still here; we try again in ten seconds.");
    }
  }
}

// The fields as the form would send them, but for files and passwords, which are never kept.
function typed(form) {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    const isSecret = form.elements[name]?.type === "password";
    if (typeof value === "string" && !isSecret) fields.append(name, value);
  }
  return fields;
}

function say(status, sentence) {
  if (status && status.textContent !== sentence) status.textContent = sentence;
}
