// Maps of regions over time, one cell each.
const MAP_GUTTER = 150;

function heatmap(host, map) {
  const canvas = element("canvas", { role: "img", tabindex: 0, "aria-label": map.title });
  const said = element("p", { class: "hover mono" });
  host.append(canvas, said);
  const most = () => map.rows().reduce((m, row) => Math.max(m, ...row.counts), 1);
  const geometry = () => {
    const rows = map.rows(), heightOf = Math.max(4, Math.min(18, 420 / Math.max(1, rows.length)));
    return { rows, heightOf, width: Math.max(50, canvas.clientWidth - MAP_GUTTER) };
  };
  const x = (column, width) => MAP_GUTTER + (column < map.starts.length ? map.starts[column] / Math.max(1, END) : 1) * width;
  drawing(() => {
    const { rows, heightOf, width } = geometry();
    const { c } = brush(canvas, rows.length * heightOf + 22);
    const top = most();
    let labelled = -100;
    rows.forEach((row, n) => {
      const y = n * heightOf;
      c.fillStyle = color("--heat0");
      c.fillRect(MAP_GUTTER, y, width, heightOf - 1);
      c.fillStyle = color("--heat1");
      row.counts.forEach((value, column) => {
        if (!value) return;
        c.globalAlpha = 0.15 + 0.85 * Math.log1p(value) / Math.log1p(top);
        c.fillRect(x(column, width), y, Math.max(1, x(column + 1, width) - x(column, width)), heightOf - 1);
      });
      c.globalAlpha = 1;
      if (y - labelled >= 14) {
        c.fillStyle = color("--soft");
        c.textAlign = "right";
        c.fillText(map.name(row), MAP_GUTTER - 10, y + Math.min(9, heightOf / 2));
        labelled = y;
      }
    });
    c.textAlign = "center";
    c.fillStyle = color("--soft");
    for (const at of ticks(0, END, width / 130)) {
      const text = short(at), half = c.measureText(text).width / 2;
      c.fillText(text, Math.min(MAP_GUTTER + at / Math.max(1, END) * width, MAP_GUTTER + width - half), rows.length * heightOf + 12);
    }
  });
  const cell = (e) => {
    const { rows, heightOf, width } = geometry();
    const at = Math.max(0, (e.offsetX - MAP_GUTTER) / width * END);
    return [rows[Math.floor(e.offsetY / heightOf)], Math.max(0, floor(map.starts, at))];
  };
  canvas.addEventListener("pointermove", (e) => {
    const [row, column] = cell(e);
    said.textContent = row && e.offsetX >= MAP_GUTTER ? `${map.name(row)} · from ${count(map.starts[column])} · ${map.say(row.counts[column])}` : "";
  });
  canvas.addEventListener("click", (e) => {
    const [row, column] = cell(e);
    if (row && e.offsetX >= MAP_GUTTER) choose(map.starts[column], `${map.name(row)}: ${map.say(row.counts[column])}`);
  });
}

const hex = (n) => "0x" + n.toString(16);

function memoryMap() {
  const host = byId("memory-body"), m = data.memory;
  let layer = ["written", "executed", "read"].find((name) => m[name].length) || "written";
  const bar = element("div", { class: "bar" });
  for (const [name, title] of [["written", "Written"], ["read", "Read"], ["executed", "Executed"]]) {
    const button = element("button", { type: "button", "aria-pressed": name === layer, onclick: () => {
      layer = name;
      bar.querySelectorAll("button").forEach((b) => b.setAttribute("aria-pressed", b === button));
      redraw();
    } }, title);
    bar.append(button);
  }
  host.append(element("p", { class: "note" }, `Physical memory in regions of ${bytes(m.region)}, over ${plural(m.starts.length, "part")} of the recording; the darker, the more. Regions never touched are left out.`), bar);
  heatmap(host, {
    title: "Physical memory over time",
    starts: m.starts,
    rows: () => m[layer],
    name: (row) => hex(row.row * m.region),
    say: (n) => (layer === "written" ? plural(n || 0, "line") + " of 64 bytes written" : plural(n || 0, "page") + " " + layer),
  });
}

function tableMap() {
  const host = byId("tables-body"), t = data.tables;
  if (!t.rows.length) return host.append(element("p", { class: "empty" }, "No page table in use was changed."));
  const levels = ["", "PTE", "PDE", "PDPTE", "PML4E", "PML5E"];
  const parts = t.levels.map((n, level) => [n, level]).filter(([n]) => n).map(([n, level]) => `${count(n)} of a ${levels[level]}`);
  const writers = Object.entries(t.writers).map(([who, n]) => `${who} ${count(n)}`);
  host.append(element("p", { class: "note" }, `Changes of entries by the linear addresses they translate, in regions of ${bytes(2 ** t.shift)}: ${parts.join(", ")}. By: ${writers.join(", ")}.`));
  heatmap(host, {
    title: "Page-table changes over time",
    starts: t.rows[0].counts.map((_, n) => n * t.bucket),
    rows: () => t.rows,
    name: (row) => row.first,
    say: (n) => plural(n || 0, "change"),
  });
}
