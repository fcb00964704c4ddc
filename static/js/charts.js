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
  const dataset = (series, index, chartType) => {
    const type = series.type || chartType;
    const tone = colour(TONES[series.tone] || TONES[ORDER[index % ORDER.length]]);
    const common = { type, label: series.label, data: series.data, backgroundColor: tone, borderColor: tone };
    if (series.right) common.yAxisID = "right";
    if (type !== "line") return { ...common, borderRadius: 3, maxBarThickness: 44, order: 1 };
    return {
      ...common,
      borderDash: DASHES[index % DASHES.length],
      borderWidth: 2,
      pointRadius: series.data.length > 40 ? 0 : 3,
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

  // A second scale on the right, for series that are shares of what the left one counts.
  const rightAxis = (spec) => ({
    ...axis({ percent: spec.right.percent }, spec.right.title, true),
    position: "right",
    grid: { display: false },
  });

  // Upright lines at places of the x axis; the page may move one by the event "concord:mark".
  const marks = {
    id: "marks",
    afterDatasetsDraw: (chart, _, { lines }) => {
      const { ctx, chartArea: area } = chart;
      (lines || []).forEach((mark, index) => {
        const x = chart.scales.x.getPixelForValue(mark.at);
        ctx.save();
        ctx.strokeStyle = ctx.fillStyle = colour(index ? "--color-primary-500" : "--c-text");
        ctx.setLineDash(DASHES[index % DASHES.length]);
        ctx.lineWidth = 2;
        ctx.beginPath();
        ctx.moveTo(x, area.top);
        ctx.lineTo(x, area.bottom);
        ctx.stroke();
        const left = x > (area.left + area.right) / 2;
        ctx.font = `12px ${window.Chart.defaults.font.family}`;
        ctx.textAlign = left ? "right" : "left";
        const [wide, line] = [ctx.measureText(mark.label).width + 8, area.top + 4 + 18 * index];
        const ink = ctx.fillStyle;
        ctx.fillStyle = colour("--c-raised"); // words are read on the page's ground, not on the bars
        ctx.fillRect(left ? x - wide - 2 : x + 2, line, wide, 16);
        ctx.fillStyle = ink;
        ctx.fillText(mark.label, x + (left ? -6 : 6), line + 12);
        ctx.restore();
      });
    },
  };

  const options = (spec) => ({
    animation: false,
    maintainAspectRatio: false,
    responsive: true,
    indexAxis: spec.horizontal ? "y" : "x",
    interaction: { mode: "index", intersect: false, axis: spec.horizontal ? "y" : "x" },
    scales: {
      x: axis(spec, spec.x, Boolean(spec.horizontal)),
      y: axis(spec, spec.y, !spec.horizontal),
      ...(spec.right ? { right: rightAxis(spec) } : {}),
    },
    plugins: {
      marks: { lines: spec.marks },
      legend: {
        display: spec.datasets.length > 1,
        position: "bottom",
        labels: { color: colour("--c-text"), usePointStyle: spec.type === "line" || Boolean(spec.right), boxWidth: spec.type === "line" ? 8 : 14, boxHeight: 8 },
      },
      tooltip: {
        callbacks: {
          label: (item) => {
            const percent = item.dataset.yAxisID === "right" ? spec.right.percent : spec.percent;
            return ` ${item.dataset.label}: ${words(spec.horizontal ? item.parsed.x : item.parsed.y, percent)}`;
          },
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
          plugins: spec.marks ? [marks] : [],
        }),
      );
    }
  };

  // A mark that moved stays where it is when the chart is drawn anew: its place is kept in the page's JSON.
  document.addEventListener("concord:mark", ({ detail }) => {
    for (const chart of drawn) {
      const source = document.getElementById(chart.canvas.dataset.chart);
      const spec = JSON.parse(source.textContent);
      const mark = (spec.marks || []).find(({ name }) => name === detail.name);
      if (!mark) continue;
      Object.assign(mark, detail);
      source.textContent = JSON.stringify(spec);
      chart.options.plugins.marks.lines = spec.marks;
      chart.update("none");
    }
  });

  const start = () => {
    draw();
    new MutationObserver(draw).observe(document.documentElement, { attributes: true, attributeFilter: ["class"] });
    window.addEventListener("beforeprint", draw); // the observer would come too late
  };
  if (document.readyState === "complete") start();
  else window.addEventListener("load", start);
})();
