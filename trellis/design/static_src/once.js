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

function release(form) {
  delete form.dataset.sent;
  form.removeAttribute("aria-busy");
}
