// Turns a list of examples into tabs; the chosen language is kept for the next visit.
(() => {
  const KEPT = "heirloom-language";

  function choose(tabs, index, focus) {
    tabs.forEach((tab, position) => {
      const chosen = position === index;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !chosen;
    });
    if (focus) tabs[index].focus();
    localStorage.setItem(KEPT, tabs[index].dataset.language);
  }

  function start(root) {
    const list = root.querySelector("[role=tablist]");
    const tabs = [...root.querySelectorAll("[role=tab]")];
    list.hidden = false;
    const kept = tabs.findIndex((tab) => tab.dataset.language === localStorage.getItem(KEPT));
    tabs.forEach((tab, index) => tab.addEventListener("click", () => choose(tabs, index, false)));
    list.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      choose(tabs, (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length, true);
    });
    choose(tabs, Math.max(0, kept), false);
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-tabs]").forEach(start);
  });
})();
