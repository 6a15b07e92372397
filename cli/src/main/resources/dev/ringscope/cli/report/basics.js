// What all sections draw with. Text reaches the page as text only, never as markup.
const data = JSON.parse(document.getElementById("data").textContent);
const END = data.overview.end;
const RINGS = ["--ring0", "--ring1", "--ring2", "--ring3"];
const byId = (id) => document.getElementById(id);
const count = (n) => Math.round(n).toLocaleString("en-US");
const plural = (n, what) => `${count(n)} ${what}${n === 1 ? "" : "s"}`;
const percent = (n, of) => (of ? ((100 * n) / of).toFixed(1) : "0.0") + " %";
const color = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

function short(n) {
  const units = [[1e12, "T"], [1e9, "G"], [1e6, "M"], [1e3, "k"]];
  const unit = units.find(([size]) => n >= size);
  return unit ? (n / unit[0]).toPrecision(3).replace(/\.0+$/, "") + " " + unit[1] : String(Math.round(n));
}

function bytes(n) {
  const units = [[2 ** 30, "GiB"], [2 ** 20, "MiB"], [2 ** 10, "KiB"]];
  const unit = units.find(([size]) => n >= size);
  return unit ? +(n / unit[0]).toFixed(1) + " " + unit[1] : n + " bytes";
}

function time(ns) {
  const units = [[1e9, "s"], [1e6, "ms"], [1e3, "µs"]];
  const unit = units.find(([size]) => ns >= size);
  return unit ? (ns / unit[0]).toFixed(3) + " " + unit[1] : ns + " ns";
}

function element(tag, properties, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(properties || {})) {
    if (name === "class") made.className = value;
    else if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

// A button that chooses a position.
const position = (at) => element("button", { class: "link mono", type: "button", "data-position": at, onclick: () => choose(at) }, count(at));

// Columns are [title, cell of a row, class].
function table(columns, rows) {
  if (!rows.length) return element("p", { class: "empty" }, "None.");
  const cell = (tag, kind, content) => element(tag, kind ? { class: kind } : {}, content);
  return element("table", {},
    element("thead", {}, element("tr", {}, ...columns.map(([title, , kind]) => cell("th", kind, title)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...columns.map(([, of, kind]) => cell("td", kind, of(row)))))));
}

// Draws again when the width or the colours change.
const drawings = [];
function drawing(draw) { drawings.push(draw); draw(); }
function redraw() { drawings.forEach((draw) => draw()); }
let due = 0;
addEventListener("resize", () => { cancelAnimationFrame(due); due = requestAnimationFrame(redraw); });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);

// A context in CSS pixels, cleared.
function brush(canvas, height) {
  const width = canvas.clientWidth || 100;
  const ratio = devicePixelRatio || 1;
  canvas.style.height = height + "px";
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const c = canvas.getContext("2d");
  c.setTransform(ratio, 0, 0, ratio, 0, 0);
  c.clearRect(0, 0, width, height);
  c.font = "12px system-ui, 'DejaVu Sans', sans-serif";
  c.textBaseline = "middle";
  return { c, width, height };
}

// As much of a text as fits.
function fit(c, text, width) {
  if (c.measureText(text).width <= width) return text;
  let most = Math.floor(text.length * width / c.measureText(text).width);
  while (most > 0 && c.measureText(text.slice(0, most) + "…").width > width) most--;
  return most > 1 ? text.slice(0, most) + "…" : "";
}

// The last entry of an ascending list that is not above a value; -1 if all are.
function floor(list, value) {
  let low = 0, high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] <= value) low = middle + 1; else high = middle;
  }
  return low - 1;
}

// Round positions to label an axis with, about so many.
function ticks(from, to, most) {
  const rough = Math.max(1, (to - from) / most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, [1, 2, 5, 10].map((f) => f * power).find((s) => s >= rough));
  const found = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(at);
  return found;
}
