// The timeline: lanes over positions, from view.from to view.to.
const view = { from: 0, to: Math.max(1, END) };
const GUTTER = 140, FLAGS = 20, RING = 30, STRIP = 18, LANE = 32, AXIS = 24, GAP = 6;
const SPACES = ["#6f8fb0", "#8fae76", "#c3a15f", "#a98bb5", "#6fa9a4", "#c07f6b", "#8c93c4", "#a39a7c", "#7f9f90", "#b58aa0"];
const rings = data.overview.rings.map((n, ring) => [ring, n]).filter(([, n]) => n > 0).map(([ring]) => ring).reverse();
const lanes = [["traps", "Traps", "--mark"], ["updates", "Page-table changes", "--warm"], ["ports", "Port accesses", "--accent"],
  ["devices", "Device memory", "--accent"], ["inputs", "Inputs", "--ring1"], ["slept", "Asleep (HLT), ns", "--soft"]]
  .filter(([name]) => data.activity[name].some((n) => n));

let hovered = null, dragged = null;

const spacesTop = () => FLAGS + rings.length * (RING + 2) + GAP;
const lanesTop = () => spacesTop() + STRIP + GAP;
const timelineHeight = () => lanesTop() + lanes.length * (LANE + GAP) + AXIS;

// Instructions by ring and column of the picture.
function ringColumns(width) {
  const per = (view.to - view.from) / width;
  const columns = [0, 1, 2, 3].map(() => new Float64Array(width));
  const add = (from, to, ring, scale) => {
    for (let x = Math.max(0, Math.floor((from - view.from) / per)); x < width && view.from + x * per < to; x++) {
      const part = Math.min(to, view.from + (x + 1) * per) - Math.max(from, view.from + x * per);
      if (part > 0) columns[ring][x] += part * scale;
    }
  };
  const changes = data.timeline.changes;
  if (changes) {
    let n = floor(changes.position, view.from), at = view.from;
    for (let ring = n < 0 ? data.timeline.start : changes.ring[n]; at < view.to; ring = changes.ring[++n]) {
      const next = n + 1 < changes.position.length ? Math.min(view.to, changes.position[n + 1]) : view.to;
      add(at, Math.min(next, END), ring, 1);
      at = next;
    }
  } else {
    for (let b = bucketAt(view.from); b <= bucketAt(view.to); b++) {
      const from = b * data.overview.bucket, to = Math.min(END, from + data.overview.bucket);
      data.timeline.rings.forEach((ring, n) => { if (ring[b]) add(from, to, n, ring[b] / (to - from)); });
    }
  }
  return { columns, per };
}

function drawRings(c, width) {
  const { columns, per } = ringColumns(width);
  rings.forEach((ring, row) => {
    const top = FLAGS + row * (RING + 2);
    label(c, `Ring ${ring}`, top + RING / 2);
    c.fillStyle = color("--lane");
    c.fillRect(GUTTER, top, width, RING);
    c.fillStyle = color(RINGS[ring]);
    for (let x = 0; x < width; x++) {
      if (columns[ring][x] > 0) {
        const height = Math.max(3, RING * Math.min(1, columns[ring][x] / per));
        c.fillRect(GUTTER + x, top + RING - height, 1, height);
      }
    }
  });
}

function label(c, text, y) {
  c.fillStyle = color("--soft");
  c.textAlign = "right";
  c.fillText(text, GUTTER - 12, y);
  c.textAlign = "left";
}

// Left edge and width of a bucket's picture.
function span(bucket, width) {
  const scale = width / (view.to - view.from);
  const left = Math.max(0, (bucket * data.overview.bucket - view.from) * scale);
  const right = Math.min(width, (Math.min(END, (bucket + 1) * data.overview.bucket) - view.from) * scale);
  return [GUTTER + left, Math.max(1, right - left)];
}

function drawSpaces(c, width) {
  label(c, "Address space", spacesTop() + STRIP / 2);
  c.fillStyle = color("--lane");
  c.fillRect(GUTTER, spacesTop(), width, STRIP);
  for (let b = bucketAt(view.from); b <= bucketAt(view.to); b++) {
    const space = data.spaces.lane[b];
    if (space < 0) continue;
    const [x, w] = span(b, width);
    c.fillStyle = SPACES[space % SPACES.length];
    c.fillRect(x, spacesTop(), w + 0.5, STRIP);
  }
}

function drawLanes(c, width) {
  lanes.forEach(([name, title, ink], n) => {
    const top = lanesTop() + n * (LANE + GAP);
    const counts = data.activity[name];
    const most = Math.max(...counts);
    label(c, title, top + LANE / 2);
    c.fillStyle = color("--lane");
    c.fillRect(GUTTER, top, width, LANE);
    c.fillStyle = color(ink);
    for (let b = bucketAt(view.from); b <= bucketAt(view.to); b++) {
      if (!counts[b]) continue;
      const [x, w] = span(b, width);
      const height = Math.max(2, (LANE - 2) * Math.log1p(counts[b]) / Math.log1p(most));
      c.fillRect(x, top + LANE - height, w, height);
    }
  });
}

const toX = (at, width) => GUTTER + ((at - view.from) / (view.to - view.from)) * width;

function drawFlags(c, width, bottom) {
  let free = GUTTER;
  for (const phase of data.phases.filter((p) => p.kind === "mode" || p.kind === "ring" || p.kind === "end")) {
    if (phase.position < view.from || phase.position > view.to) continue;
    const x = toX(phase.position, width);
    c.strokeStyle = color("--line");
    c.beginPath(); c.moveTo(x, FLAGS - 2); c.lineTo(x, bottom); c.stroke();
    const text = phase.what.replace("first in ", "").replace("the machine stopped: ", "");
    const w = c.measureText(text).width + 14;
    const left = Math.min(x, GUTTER + width - w);
    if (left < free) continue;
    c.fillStyle = color("--soft");
    c.fillText(text, left + 2, FLAGS / 2);
    free = left + w;
  }
}

function drawAxis(c, width, top) {
  c.fillStyle = color("--soft");
  c.textAlign = "center";
  const exact = view.to - view.from < 10000;
  for (const at of ticks(view.from, view.to, width / 130)) {
    const x = toX(at, width);
    c.fillRect(x, top, 1, 5);
    const text = exact ? count(at) : short(at);
    const half = c.measureText(text).width / 2;
    c.fillText(text, Math.min(x, GUTTER + width - half), top + 14);
  }
  c.textAlign = "left";
  label(c, "Instructions", top + 14);
}

function drawTimeline() {
  const { c, width: whole } = brush(byId("timeline-canvas"), timelineHeight());
  const width = Math.max(50, Math.floor(whole - GUTTER));
  const bottom = timelineHeight() - AXIS;
  drawRings(c, width);
  drawSpaces(c, width);
  drawLanes(c, width);
  drawFlags(c, width, bottom - GAP);
  drawAxis(c, width, bottom);
  if (dragged && dragged.kind === "range") {
    c.fillStyle = color("--accent");
    c.globalAlpha = 0.2;
    c.fillRect(Math.min(dragged.x, dragged.now), FLAGS, Math.abs(dragged.now - dragged.x), bottom - FLAGS);
    c.globalAlpha = 1;
  }
  if (chosen !== null && chosen >= view.from && chosen <= view.to) {
    c.fillStyle = color("--mark");
    c.fillRect(toX(chosen, width) - 1, FLAGS - 4, 2, bottom - FLAGS + 4);
  }
  const canvas = byId("timeline-canvas");
  canvas.dataset.from = view.from;
  canvas.dataset.to = view.to;
  byId("timeline-range").textContent = `${count(view.from)} … ${count(view.to)} (${count(view.to - view.from)} instructions)`;
}

function show(from, to) {
  const whole = Math.max(1, END);
  const length = Math.min(whole, Math.max(Math.min(20, whole), to - from));
  view.from = Math.max(0, Math.min(whole - length, from));
  view.to = view.from + length;
  drawTimeline();
}

function zoom(factor, around = (view.from + view.to) / 2) {
  show(around - (around - view.from) * factor, around + (view.to - around) * factor);
}

const canvasWidth = () => byId("timeline-canvas").clientWidth - GUTTER;
const toPosition = (x) => view.from + Math.max(0, Math.min(1, (x - GUTTER) / canvasWidth())) * (view.to - view.from);

// A click near a change of ring means the change.
function near(x) {
  const at = Math.min(END, Math.floor(toPosition(x)));
  const changes = data.timeline.changes;
  if (!changes) return [at];
  const n = floor(changes.position, at);
  const close = [n, n + 1].filter((i) => i >= 0 && i < changes.position.length && Math.abs(toX(changes.position[i], canvasWidth()) - x) < 3)
    .sort((a, b) => Math.abs(changes.position[a] - at) - Math.abs(changes.position[b] - at))[0];
  return close === undefined ? [at] : [changes.position[close], "by " + data.timeline.causes[changes.cause[close]]];
}

function hover(x) {
  const at = Math.floor(toPosition(x)), b = bucketAt(at);
  const there = lanes.map(([name, title]) => [title, data.activity[name][b]]).filter(([, n]) => n).map(([title, n]) => `${title.toLowerCase()} ${count(n)}`);
  byId("timeline-hover").textContent = [count(at), ringAt(at), spaceAt(at), ...there].filter(Boolean).join(" · ");
}

function timeline() {
  const canvas = byId("timeline-canvas");
  canvas.addEventListener("wheel", (e) => {
    e.preventDefault();
    if (Math.abs(e.deltaX) > Math.abs(e.deltaY)) {
      const by = (view.to - view.from) * e.deltaX / canvasWidth();
      show(view.from + by, view.to + by);
    } else {
      zoom(Math.exp(Math.max(-100, Math.min(100, e.deltaY)) / 250), toPosition(e.offsetX));
    }
  }, { passive: false });
  canvas.addEventListener("pointerdown", (e) => {
    if (e.button !== 0) return;
    canvas.setPointerCapture(e.pointerId);
    dragged = { kind: e.shiftKey ? "pan" : "range", x: e.offsetX, now: e.offsetX, from: view.from, to: view.to };
  });
  canvas.addEventListener("pointermove", (e) => {
    hover(e.offsetX);
    if (!dragged) return;
    dragged.now = e.offsetX;
    if (dragged.kind === "pan") {
      const by = (dragged.x - dragged.now) * (dragged.to - dragged.from) / canvasWidth();
      show(dragged.from + by, dragged.to + by);
    } else drawTimeline();
  });
  canvas.addEventListener("pointerup", (e) => {
    const drag = dragged;
    dragged = null;
    if (!drag) return;
    if (Math.abs(e.offsetX - drag.x) < 4) choose(...near(e.offsetX));
    else if (drag.kind === "range") show(...[toPosition(drag.x), toPosition(e.offsetX)].sort((a, b) => a - b));
  });
  canvas.addEventListener("dblclick", () => show(0, END));
  canvas.addEventListener("keydown", (e) => {
    const step = (view.to - view.from) / 8;
    const keys = { "+": () => zoom(0.5), "=": () => zoom(0.5), "-": () => zoom(2), 0: () => show(0, END),
      ArrowLeft: () => show(view.from - step, view.to - step), ArrowRight: () => show(view.from + step, view.to + step),
      Enter: () => choose((view.from + view.to) / 2) };
    if (keys[e.key] && !e.ctrlKey && !e.metaKey) { e.preventDefault(); keys[e.key](); }
  });
  byId("zoom-in").addEventListener("click", () => zoom(0.5));
  byId("zoom-out").addEventListener("click", () => zoom(2));
  byId("zoom-all").addEventListener("click", () => show(0, END));
  drawing(drawTimeline);
}
