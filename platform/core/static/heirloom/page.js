// Small courtesies that every page shares. Nothing here is needed to use the site.
(() => {
  const live = () => document.getElementById("live");

  function announce(text) {
    const region = live();
    if (region && text && region.textContent !== text) region.textContent = text;
  }

  // Copy buttons name what they copy; the answer is spoken and stands on the button.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const text = document.querySelector(button.dataset.copy).textContent;
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(document.querySelector(button.dataset.copy));
      getSelection().removeAllRanges();
      getSelection().addRange(range);
      return;
    }
    const before = button.textContent;
    button.textContent = button.dataset.copied;
    announce(button.dataset.copied);
    setTimeout(() => { button.textContent = before; }, 2000);
  });

  // A second press must not send a form twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented || form.method !== "post") return;
    form.dataset.sent = "1";
    for (const button of form.querySelectorAll("button[type=submit]")) {
      button.setAttribute("aria-disabled", "true");
      if (button.dataset.busy) button.textContent = button.dataset.busy;
    }
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload();
  });

  // Stages are spoken, percentages are not; where a swap took the focused control, the heading gets the focus.
  let lostFocus = false;
  document.addEventListener("htmx:beforeSwap", (event) => {
    lostFocus = document.activeElement !== document.body && event.detail.target.contains(document.activeElement);
  });
  document.addEventListener("htmx:afterSettle", () => {
    const job = document.querySelector("[data-announce]");
    if (!job) return;
    announce(job.dataset.announce);
    if (job.dataset.title) document.title = job.dataset.title;
    const heading = job.querySelector("h1");
    if (lostFocus && heading) heading.focus();
  });

  document.addEventListener("DOMContentLoaded", () => {
    const wanted = document.querySelector("[data-focus]");
    if (wanted) wanted.focus();
  });
})();
