// A button pressed twice sends once. The server knows each form by its one-time key too; this only spares the wait.
const PAUSE = 3000; // milliseconds

export function sendOnce() {
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || event.defaultPrevented) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "yes";
    form.setAttribute("aria-busy", "true");
    setTimeout(() => release(form), PAUSE);
  });
  // Coming back by the browser's own button shows the page as it was left, with its forms still marked.
  window.addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
}

// The browser's own back button shows a form again with the words that were sent. It is the same form, so it keeps
// its one-time key: sent again it makes nothing new, and with other words the server asks.
export function keepKeys() {
  const before = history.state?.keys ?? {};
  const keys = {};
  document.querySelectorAll("form[data-autosave]").forEach((form, place) => {
    const key = form.elements.one_time_key;
    if (key) keys[place] = key.value = before[place] ?? key.value;
  });
  history.replaceState({ ...history.state, keys }, "");
}

function release(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}
