/* The desk: keys, countdowns, and fields that only some reasons use. Without it every page works by itself. */
"use strict";

(() => {
  const MINUTE = 60, HOUR = 3600, DAY = 86400, REFRESH = 30000;
  const loaded = performance.now();
  const atLoad = Date.now();

  // Spans as the server words them: two largest units.
  const two = (large, unit, small, smallUnit) => `${large} ${unit}` + (small ? ` ${small} ${smallUnit}` : "");
  const words = (seconds) => {
    const whole = Math.round(Math.abs(seconds));
    if (whole < MINUTE) return `${whole} s`;
    if (whole < HOUR) return `${Math.floor(whole / MINUTE)} min`;
    if (whole < DAY) return two(Math.floor(whole / HOUR), "h", Math.floor((whole % HOUR) / MINUTE), "min");
    return two(Math.floor(whole / DAY), "d", Math.floor((whole % DAY) / HOUR), "h");
  };
  const business = (seconds, day) => {
    const whole = Math.round(Math.abs(seconds));
    if (!day || whole < day) return words(whole);
    const days = Math.floor(whole / day), hours = Math.floor((whole % day) / HOUR);
    const text = `${days.toLocaleString("en-GB")} business day${days === 1 ? "" : "s"}`;
    return hours && days < 5 ? `${text} ${hours} h` : text;
  };
  const relative = (seconds) => {
    if (Math.abs(seconds) < MINUTE) return "now";
    return seconds > 0 ? `in ${words(seconds)}` : `${words(seconds)} ago`;
  };

  // Seconds of business time since the page was loaded: until the next opening or close it runs, or it stands.
  const counted = (clock, gone) => {
    const runs = "counts" in clock.dataset;
    if (!clock.dataset.turns) return runs ? gone : 0;
    const turn = Math.max(0, (Date.parse(clock.dataset.turns) - atLoad) / 1000);
    return runs ? Math.min(gone, turn) : Math.max(0, gone - turn);
  };
  const tick = () => {
    const gone = (performance.now() - loaded) / 1000;
    for (const clock of document.querySelectorAll("[data-clock]")) {
      if (clock.dataset.status === "paused") continue;
      const left = Number(clock.dataset.left) - counted(clock, gone);
      const day = Number(clock.dataset.day);
      const late = clock.dataset.status === "late" || left < 0;
      clock.querySelector("[data-left-words]").textContent = late ? `${business(Math.min(0, left), day)} late` : `${business(left, day)} left`;
      const wall = clock.querySelector("[data-wall-words]");
      if (wall) wall.textContent = relative(Number(clock.dataset.wall) - gone);
    }
  };
  window.setInterval(tick, REFRESH);

  // Fields that the chosen reason does not use are put away; their values stay.
  const fit = (form) => {
    const chosen = form.querySelector("[name=reason]:checked");
    for (const part of form.querySelectorAll("[data-for-reasons]")) {
      const users = part.dataset.forReasons.split(" ").filter(Boolean);
      const wrong = part.querySelector(".c-errors");
      part.hidden = users.length > 0 && !wrong && !(chosen && users.includes(chosen.value));
    }
  };
  for (const form of document.querySelectorAll("form")) if (form.querySelector("[name=reason]")) fit(form);
  document.addEventListener("change", (event) => {
    if (event.target.name === "reason") fit(event.target.form);
  });

  const rows = () => [...document.querySelectorAll("[data-row] [data-open]")];
  const step = (by) => {
    const links = rows();
    if (!links.length) return;
    const here = links.findIndex((link) => link.closest("[data-row]").contains(document.activeElement));
    const next = links[Math.min(links.length - 1, Math.max(0, here < 0 ? 0 : here + by))];
    next.focus();
    next.closest("[data-row]").scrollIntoView({ block: "nearest" });
  };
  const focusIn = (act) => {
    // Where something is wrong, else what is chosen, else the first control.
    const controls = ":is(input:not([type=hidden]), textarea, select)";
    const field = [`.is-wrong ${controls}`, "input:checked", controls, "button"].map((one) => act.querySelector(one)).find(Boolean);
    act.scrollIntoView({ block: "nearest" });
    (field || act.querySelector("summary")).focus();
  };
  // On a lead's page the act opens; on the desk the lead opens with it.
  const openAct = (key) => {
    const act = [...document.querySelectorAll("[data-shortcut]")].find((part) => part.dataset.shortcut === key);
    if (act) {
      if (act.tagName === "DETAILS") act.open = true;
      focusIn(act);
      return true;
    }
    const row = document.activeElement.closest("[data-row]");
    if (!row) return false;
    const link = row.querySelector("[data-open]");
    window.location.assign(`${link.href}?act=${ACTS[key]}#act-${ACTS[key]}`);
    return true;
  };
  const ACTS = { t: "touch", a: "accept", q: "qualify", r: "recycle", d: "disqualify", h: "hand_over", o: "open" };

  const press = (key) => {
    if (key === "j" || key === "k") step(key === "j" ? 1 : -1);
    else if (key === "u") document.querySelector("form[data-undo]")?.requestSubmit();
    else if (key === "?") document.querySelector("[data-keys]").showModal();
    else return key in ACTS && openAct(key);
    return true;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const typing = event.target.closest("textarea, select, input:not([type=radio], [type=checkbox]), [contenteditable]");
    if (typing || document.querySelector("dialog[open]")) return;
    if (press(event.key)) event.preventDefault();
  });

  // Who came with a key, or whose form was refused, finds the cursor in the form.
  const wanted = document.querySelector("[data-wanted]");
  // Not before: going to the #part of the address takes the focus away.
  if (wanted) window.addEventListener("load", () => focusIn(wanted));
})();
