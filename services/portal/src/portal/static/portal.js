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
