/* Watches a running import: counters every two seconds, the summary when it is done. Without it: reload. */
"use strict";

(() => {
  const box = document.querySelector("[data-import-state]");
  if (!box) return;
  const bar = box.querySelector("progress");
  const note = box.querySelector("[data-import-note]");
  const words = new Intl.NumberFormat("en-GB");
  const pause = 2000;

  const show = (state) => {
    if (state.rows_total) bar.max = state.rows_total;
    bar.value = state.rows_read;
    for (const cell of box.querySelectorAll("[data-count]")) cell.textContent = words.format(state[cell.dataset.count]);
    note.textContent = state.rows_total
      ? `${words.format(state.rows_read)} of ${words.format(state.rows_total)} rows read.`
      : "The file is being checked.";
  };

  const look = async () => {
    try {
      const answer = await fetch(box.dataset.importState, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const state = await answer.json();
      show(state);
      if (state.done) {
        window.location.reload();
        return;
      }
    } catch {
      note.textContent = "The server does not answer right now; trying again. The import goes on by itself.";
    }
    window.setTimeout(look, pause);
  };
  window.setTimeout(look, pause);
})();
