/* Small manners of every portal page. Nothing works only because of this file. */
"use strict";

(() => {
  const menus = () => document.querySelectorAll("details.c-menu[open]");

  // An open menu closes on Escape (focus returns to its button) and on a click elsewhere.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of menus()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });

  // unfold's command palette searches models; the portal has none, so its shortcut is left to the browser.
  document.addEventListener("keydown", (event) => {
    if (event.key === "k" && (event.ctrlKey || event.metaKey) && document.querySelector(".c-page")) event.stopPropagation();
  });

  // unfold writes a chosen file's name into a text box beside the field; ours has none, the browser shows the name.
  for (const input of document.querySelectorAll(".c-page input[type=file]")) input.hasChangeListener = true;

  // A form is sent once: a second click on a slow connection does nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.dataset.confirm && !window.confirm(form.dataset.confirm)) {
      event.preventDefault();
      return;
    }
    if (form.dataset.sent === "yes") event.preventDefault();
    if (form.method === "post") form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  });

  // Paper is white: a dark page is printed light.
  const root = document.documentElement;
  window.addEventListener("beforeprint", () => {
    if (root.classList.contains("dark")) root.dataset.wasDark = "yes";
    root.classList.remove("dark");
  });
  window.addEventListener("afterprint", () => {
    if (root.dataset.wasDark) root.classList.add("dark");
    delete root.dataset.wasDark;
  });

  // A select or checkbox marked data-autosubmit sends its form at once.
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-autosubmit]")) event.target.form.requestSubmit();
  });
})();
