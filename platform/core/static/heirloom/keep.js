// A photo chosen before sign-up waits in this browser, not with us, and lies in the form after sign-up.
(() => {
  const KEPT_MS = 24 * 3600 * 1000;

  function store(mode, work) {
    return new Promise((resolve, reject) => {
      const opening = indexedDB.open("heirloom", 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("photo");
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const change = opening.result.transaction("photo", mode);
        const asked = work(change.objectStore("photo"));
        change.oncomplete = () => resolve(asked.result);
        change.onerror = () => reject(change.error);
      };
    });
  }

  async function leave(form, event) {
    event.preventDefault();
    const file = form.querySelector("input[type=file]").files[0];
    try {
      if (file) await store("readwrite", (photo) => photo.put({ file, at: Date.now() }, "chosen"));
    } finally {
      location.assign(form.action);
    }
  }

  async function take(zone) {
    const kept = await store("readonly", (photo) => photo.get("chosen"));
    if (!kept) return;
    await store("readwrite", (photo) => photo.delete("chosen"));
    if (Date.now() - kept.at > KEPT_MS) return;
    const carrier = new DataTransfer();
    carrier.items.add(kept.file);
    const input = zone.querySelector("input[type=file]");
    input.files = carrier.files;
    input.dispatchEvent(new Event("change"));
    document.getElementById("live").textContent = zone.dataset.taken;
  }

  document.addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("[data-keep-photo]");
    if (form) form.addEventListener("submit", (event) => leave(form, event));
    const zone = document.querySelector("[data-take-photo]");
    if (zone) take(zone).catch(() => {});
  });
})();
