// Before and after under one line: a native range does the work, so keys and screen readers have it for free.
(() => {
  const VIEWS = { original: 100, restored: 0 };

  function show(root, view) {
    const range = root.querySelector("[data-compare-range]");
    if (view in VIEWS) set(root, VIEWS[view]);
    else set(root, Number(range.value));
    root.dataset.view = view;
    for (const button of root.querySelectorAll("[data-compare-view]")) {
      button.setAttribute("aria-pressed", String(button.dataset.compareView === view));
    }
  }

  function set(root, share) {
    root.style.setProperty("--split", `${share}%`);
    const range = root.querySelector("[data-compare-range]");
    range.setAttribute("aria-valuetext", range.dataset.spoken.replace("0", String(100 - share)));
  }

  function start(root) {
    if (root.classList.contains("is-live")) return;
    const range = root.querySelector("[data-compare-range]");
    root.classList.add("is-live");
    range.addEventListener("input", () => {
      set(root, Number(range.value));
      show(root, "split");
    });
    range.addEventListener("keydown", (event) => {
      const step = { PageUp: 10, PageDown: -10 }[event.key];
      if (!step) return;
      event.preventDefault();
      range.value = String(Number(range.value) + step);
      range.dispatchEvent(new Event("input"));
    });
    for (const button of root.querySelectorAll("[data-compare-view]")) {
      button.addEventListener("click", () => show(root, button.dataset.compareView));
    }
    show(root, "split");
  }

  function startAll() {
    document.querySelectorAll("[data-compare]").forEach(start);
  }

  document.addEventListener("DOMContentLoaded", startAll);
  document.addEventListener("htmx:afterSettle", startAll);
})();
