/* Draws every canvas[data-chart] from the JSON script of that id, with the Chart.js that unfold ships.
   Colours are read from the stylesheet, so that a switch to dark redraws. */
"use strict";

(() => {
  if (window.concordCharts) return; // included once per chart, needed once per page
  window.concordCharts = true;

  const TONES = {
    accent: "--color-primary-500",
    second: "--color-primary-300",
    good: "--c-good",
    warn: "--c-warn",
    bad: "--c-bad",
    quiet: "--c-quiet",
  };
  const ORDER = ["accent", "warn", "good", "second", "quiet", "bad"];
  const DASHES = [[], [6, 4], [2, 3], [10, 4, 2, 4]];
  const POINTS = ["circle", "rect", "triangle", "rectRot"];
  const drawn = [];

  // A canvas knows neither CSS variables nor every colour space: let the browser resolve the variable first.
  const probe = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const colour = (variable) => {
    const value = getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
    probe.clearRect(0, 0, 1, 1);
    probe.fillStyle = value || "#888";
    probe.fillRect(0, 0, 1, 1);
    const [red, green, blue] = probe.getImageData(0, 0, 1, 1).data;
    return `rgb(${red}, ${green}, ${blue})`;
  };

  // Two series never differ by colour alone: lines by dash and point, bars by their place in the legend's order.
  const dataset = (series, index, type) => {
    const tone = colour(TONES[series.tone] || TONES[ORDER[index % ORDER.length]]);
    const common = { label: series.label, data: series.data, backgroundColor: tone, borderColor: tone };
    if (type !== "line") return { ...common, borderRadius: 3, maxBarThickness: 44 };
    return {
      ...common,
      borderDash: DASHES[index % DASHES.length],
      borderWidth: 2,
      pointRadius: 3,
      pointStyle: POINTS[index % POINTS.length],
      spanGaps: false,
      tension: 0,
    };
  };

  const words = (value, percent) => {
    if (typeof value !== "number") return value;
    if (percent) return `${(value * 100).toLocaleString("en-GB", { maximumFractionDigits: 1 })} %`;
    return value.toLocaleString("en-GB", { maximumFractionDigits: 2 });
  };

  const axis = (spec, label, isValue) => ({
    title: { display: Boolean(label), text: label || "", color: colour("--c-quiet") },
    stacked: Boolean(spec.stacked),
    beginAtZero: true,
    border: { color: colour("--c-line") },
    grid: { display: isValue, color: colour("--c-line") },
    ticks: isValue
      ? { color: colour("--c-quiet"), precision: spec.percent ? undefined : 0, callback: (value) => words(value, spec.percent) }
      : { color: colour("--c-quiet"), maxRotation: 45, autoSkip: true },
  });

  const options = (spec) => ({
    animation: false,
    maintainAspectRatio: false,
    responsive: true,
    indexAxis: spec.horizontal ? "y" : "x",
    interaction: { mode: "index", intersect: false, axis: spec.horizontal ? "y" : "x" },
    scales: { x: axis(spec, spec.x, Boolean(spec.horizontal)), y: axis(spec, spec.y, !spec.horizontal) },
    plugins: {
      legend: {
        display: spec.datasets.length > 1,
        position: "bottom",
        labels: { color: colour("--c-text"), usePointStyle: spec.type === "line", boxWidth: spec.type === "line" ? 8 : 14, boxHeight: 8 },
      },
      tooltip: {
        callbacks: {
          label: (item) => ` ${item.dataset.label}: ${words(spec.horizontal ? item.parsed.x : item.parsed.y, spec.percent)}`,
        },
      },
    },
  });

  const draw = () => {
    while (drawn.length) drawn.pop().destroy();
    window.Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
    for (const canvas of document.querySelectorAll("canvas[data-chart]")) {
      const source = document.getElementById(canvas.dataset.chart);
      if (!source) continue;
      const spec = JSON.parse(source.textContent);
      drawn.push(
        new window.Chart(canvas, {
          type: spec.type || "bar",
          data: { labels: spec.labels, datasets: spec.datasets.map((series, index) => dataset(series, index, spec.type)) },
          options: options(spec),
        }),
      );
    }
  };

  const start = () => {
    draw();
    new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
    window.addEventListener("beforeprint", draw); // the observer would come too late
  };
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start);
})();
