/* Looks again while a report is being computed. Without it: the link in the message does. */
"use strict";

(() => {
  const box = document.querySelector("[data-look-again]");
  if (!box) return;
  window.setTimeout(() => window.location.reload(), Number(box.dataset.lookAgain) * 1000);
})();
