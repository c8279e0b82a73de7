/* Postkamer: what a page does a little better with script. Everything works without it. */
"use strict";

/* What a form got wrong is read out and scrolled to. */
document.querySelector("[data-focus]")?.focus();

/* A password can be looked at while it is typed. */
for (const button of document.querySelectorAll("[data-shows]")) {
  const field = document.getElementById(button.dataset.shows);
  const words = [button.textContent, button.dataset.hide];
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", shown);
    button.textContent = words[Number(shown)];
    field.focus();
  });
  field.form.addEventListener("submit", () => { field.type = "password"; });
}

/* A link to a page with one small form opens the same form over this page. */
for (const link of document.querySelectorAll("[data-dialog]")) {
  const dialog = document.getElementById(link.dataset.dialog);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    dialog.showModal();
  });
}
for (const link of document.querySelectorAll("[data-close]")) {
  link.addEventListener("click", (event) => {
    event.preventDefault();
    link.closest("dialog").close();
  });
}

/* Paper. */
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/* A form is sent once; a page that the browser kept may send it again. */
for (const form of document.querySelectorAll("form[method=post]:not([data-again])")) {
  form.addEventListener("submit", (event) => {
    if (form.hasAttribute("aria-busy")) event.preventDefault();
    form.setAttribute("aria-busy", "true");
  });
  window.addEventListener("pageshow", () => form.removeAttribute("aria-busy"));
}

/* The address of a list says only what it is narrowed by. */
for (const form of document.querySelectorAll("form[data-tidy]")) {
  const off = (on) => {
    const both = form.querySelectorAll("[name=type]:checked").length !== 1;
    for (const field of form.elements) {
      if (field.name && (!field.value || (both && field.name === "type") || (field.name === "sort" && field.value === "-issue_date"))) field.disabled = on;
    }
  };
  form.addEventListener("submit", () => off(true));
  window.addEventListener("pageshow", () => off(false));
}

/* One box ticks all on the page; then all of the search can be picked. */
for (const all of document.querySelectorAll("[data-pick-page]")) {
  const form = all.form;
  const boxes = [...form.querySelectorAll("[name=id]")];
  const step = form.querySelector("[data-pick-all]");
  const count = () => {
    const picked = boxes.filter((box) => box.checked).length;
    all.checked = picked === boxes.length;
    all.indeterminate = picked > 0 && !all.checked;
    if (step) step.hidden = !all.checked;
  };
  all.hidden = false;
  for (const link of form.querySelectorAll("[data-without]")) link.hidden = true;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  form.addEventListener("change", count);
  form.addEventListener("reset", () => setTimeout(count));
  window.addEventListener("pageshow", count);
}

/* What is still coming, or being made, is looked at again until it is there. */
for (const watched of document.querySelectorAll("[data-watch]")) {
  const { watch, seconds } = watched.dataset;
  const look = async () => {
    try {
      const answer = await fetch(location.href, { headers: { Purpose: "prefetch" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const before = document.getElementById(watch), after = page.getElementById(watch);
      if (!answer.ok || !before || !after) return;
      const still = page.querySelector(`[data-watch="${watch}"]`);
      if (watch === "coming" && !still) return location.reload();
      before.replaceChildren(...after.childNodes);
      if (!still) return before.setAttribute("aria-busy", "false");
    } catch { /* The line is gone for a moment. */ }
    setTimeout(look, seconds * 1000);
  };
  setTimeout(look, seconds * 1000);
}

/* What was asked for begins by itself. */
window.addEventListener("load", () => setTimeout(() => document.querySelector("[data-fetch=at-once]")?.click()));
