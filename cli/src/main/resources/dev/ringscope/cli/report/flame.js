// Where the instructions went: a flame graph, its widest paths first, and the functions that ran most.
const ROW = 19, DEPTH = 60;

function flame() {
  const host = byId("flame-body");
  if (!data.flame) {
    host.append(element("p", { class: "empty" }, "Left out of this report (--no-calls). "), element("code", {}, `ringscope top ${quoted(data.overview.file)}`));
    return;
  }
  const whole = { name: "all", total: 0, self: 0, calls: 0, children: [], depth: -1 };
  const nodes = [];
  for (const [parent, name, total, self, calls, kind] of data.flame.paths) {
    const above = parent < 0 ? whole : nodes[parent];
    const node = { name: data.flame.names[name], total, self, calls, kind, children: [], above, depth: above.depth + 1 };
    above.children.push(node);
    nodes.push(node);
    if (parent < 0) whole.total += total;
  }
  let top = whole, drawn = [];
  const canvas = element("canvas", { id: "flame-canvas", role: "img", tabindex: 0, "aria-label": "Instructions by path of calls" });
  const said = element("p", { class: "hover mono", id: "flame-hover" });
  const back = element("button", { type: "button", id: "flame-all", onclick: () => { top = whole; draw(); } }, "All");
  const up = element("button", { type: "button", onclick: () => { top = top.above || whole; draw(); } }, "Caller");
  const title = element("span", { class: "mono", id: "flame-top" });
  host.append(element("p", { class: "note" }, "A box is a path of calls, as wide as the instructions that ran in it and below it, in its ring and address space. A click shows a path alone."
    + (data.flame.left_out ? " The smallest paths are left out." : "")), element("div", { class: "bar" }, title, element("span", { class: "grow" }), up, back), canvas, said);

  function rowsOf(node) {
    const width = Math.max(50, canvas.clientWidth), found = [];
    const chain = [];
    for (let n = node; n; n = n.above) chain.unshift(n);
    chain.slice(Math.max(0, chain.length - 8)).forEach((n, depth) => found.push({ node: n, x: 0, w: width, depth, above: n !== node }));
    const open = [{ node, x: 0, w: width, depth: found.length - 1 }];
    while (open.length) {
      const { node: n, x, w, depth } = open.pop();
      if (depth >= DEPTH) continue;
      let at = x;
      for (const child of n.children) {
        const childWidth = w * child.total / Math.max(1, n.total);
        if (childWidth >= 0.5) {
          const box = { node: child, x: at, w: childWidth, depth: depth + 1 };
          found.push(box);
          open.push(box);
        }
        at += childWidth;
      }
    }
    return found;
  }

  const inks = ["--flame0", "--flame1", "--flame2"];
  function inkOf(box) {
    const { node, above } = box;
    if (node === whole || above) return color("--line");
    if (node.kind === 0) return color(RINGS[+(/^ring (\d)/.exec(node.name) || [0, 0])[1]]);
    let hash = 7;
    for (let i = 0; i < node.name.length; i++) hash = (hash * 31 + node.name.charCodeAt(i)) >>> 0;
    return color(inks[hash % inks.length]);
  }

  function draw() {
    drawn = rowsOf(top);
    const deepest = drawn.reduce((m, box) => Math.max(m, box.depth), 0);
    const { c } = brush(canvas, (deepest + 1) * ROW);
    c.font = "12px ui-monospace, 'DejaVu Sans Mono', monospace";
    for (const box of drawn) {
      c.fillStyle = inkOf(box);
      c.fillRect(box.x, box.depth * ROW, Math.max(0.5, box.w - (box.w > 3 ? 1 : 0)), ROW - 1);
      if (box.w > 36) {
        c.fillStyle = box.node === whole || box.above ? color("--ink") : box.node.kind === 0 ? color("--card") : color("--flameink");
        c.fillText(fit(c, box.node.name, box.w - 10), box.x + 5, box.depth * ROW + ROW / 2);
      }
    }
    title.textContent = describe(top);
    canvas.dataset.top = top.name;
  }
  const describe = (n) => `${n.name}: ${count(n.total)} instructions, ${percent(n.total, whole.total)}` + (n === whole ? "" : `; itself ${count(n.self)}; called ${plural(n.calls, "time")}`);
  const under = (e) => drawn.find((box) => Math.floor(e.offsetY / ROW) === box.depth && e.offsetX >= box.x && e.offsetX < box.x + box.w);
  canvas.addEventListener("pointermove", (e) => { const box = under(e); said.textContent = box ? describe(box.node) : ""; });
  canvas.addEventListener("click", (e) => { const box = under(e); if (box) { top = box.node; draw(); } });
  drawing(draw);
  host.append(element("h3", {}, "Functions that ran most"), element("div", { class: "scroll" }, functions(whole.total)));
}

function functions(whole) {
  return table([
    ["Itself", (f) => count(f.self), "num"],
    ["Share", (f) => percent(f.self, whole), "num"],
    ["Calls", (f) => count(f.calls), "num"],
    ["Ring", (f) => String(f.ring), "num"],
    ["Function", (f) => f.name, "mono"],
  ], data.flame.functions.slice(0, 25));
}
