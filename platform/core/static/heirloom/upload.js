// A drop zone over the native file input, and a look at type and size before anything is sent.
(() => {
  function refuse(zone, text) {
    const error = zone.querySelector("[data-upload-error]");
    error.textContent = text;
    error.hidden = !text;
    zone.querySelector("input").setAttribute("aria-invalid", text ? "true" : "false");
  }

  function check(zone) {
    const input = zone.querySelector("input");
    const preview = zone.querySelector("[data-upload-preview]");
    const file = input.files[0];
    if (preview.src) URL.revokeObjectURL(preview.src);
    preview.hidden = true;
    if (!file) return refuse(zone, "");
    if (!["image/jpeg", "image/png", "image/webp"].includes(file.type)) {
      input.value = "";
      return refuse(zone, zone.dataset.wrongType.replace("NAME", file.name));
    }
    if (file.size > Number(zone.dataset.maxBytes)) {
      input.value = "";
      const mib = (file.size / 1048576).toFixed(1);
      return refuse(zone, zone.dataset.tooLarge.replace("NAME", file.name).replace("SIZE", mib));
    }
    refuse(zone, "");
    preview.src = URL.createObjectURL(file);
    preview.hidden = false;
  }

  function start(zone) {
    const input = zone.querySelector("input");
    input.addEventListener("change", () => check(zone));
    for (const type of ["dragenter", "dragover"]) {
      zone.addEventListener(type, (event) => {
        event.preventDefault();
        zone.classList.add("is-over");
      });
    }
    for (const type of ["dragleave", "drop"]) {
      zone.addEventListener(type, () => zone.classList.remove("is-over"));
    }
    zone.addEventListener("drop", (event) => {
      event.preventDefault();
      if (!event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      check(zone);
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    document.querySelectorAll("[data-upload]").forEach(start);
  });
})();
