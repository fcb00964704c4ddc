/* Moves the threshold of a what-if curve without asking the server: all texts came with the page.
   Without this file the number field and its button do the same. */
"use strict";

(() => {
  const form = document.querySelector("form[data-what-if]");
  const source = document.getElementById("what-if-texts");
  if (!form || !source) return;

  const texts = JSON.parse(source.textContent);
  const slider = document.getElementById("what-if-slider");
  const field = document.getElementById("what-if-at");
  let place = Number(form.dataset.place);

  const show = (wanted) => {
    place = wanted;
    const said = texts[place];
    for (const spot of document.querySelectorAll("[data-what]")) {
      const text = said[spot.dataset.what];
      if (spot.textContent !== text) spot.textContent = text;
    }
    slider.value = place;
    slider.setAttribute("aria-valuetext", said.at);
    document.dispatchEvent(new CustomEvent("concord:mark", { detail: { name: "chosen", at: place, label: `chosen: ${said.at}` } }));
  };

  // The address follows, so that a reload or a link shows the same place.
  const keep = () => {
    const address = new URL(window.location);
    address.searchParams.set("at", texts[place].at);
    window.history.replaceState(null, "", address);
  };

  const nearest = (value) => {
    let best = 0;
    texts.forEach((said, index) => {
      if (Math.abs(Number(said.at) - value) < Math.abs(Number(texts[best].at) - value)) best = index;
    });
    return best;
  };

  slider.closest("[data-what-if-slider]").hidden = false;
  slider.addEventListener("input", () => {
    show(Number(slider.value));
    field.value = texts[place].at;
  });
  field.addEventListener("input", () => {
    if (field.value !== "" && Number.isFinite(field.valueAsNumber)) show(nearest(field.valueAsNumber));
  });
  for (const control of [slider, field]) control.addEventListener("change", keep);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    field.value = texts[place].at;
    keep();
  });
})();
