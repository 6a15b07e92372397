// The sections that are tables.
function cards() {
  const o = data.overview;
  byId("title").textContent = o.guest || o.file;
  const command = o.arguments.filter((a, n) => o.boot !== "program" || n > 0).join(" ");
  byId("subtitle").textContent = [o.file, o.boot, command, new Date(o.created * 1000).toISOString().replace(".000", ""), o.tool].filter(Boolean).join(" · ");
  const list = [
    [count(END), "instructions"],
    [time(o.nanoseconds), "of virtual time"],
    ...o.rings.map((n, ring) => [percent(n, END), `in ring ${ring}: ${count(n)}`, n]).filter(([, , n]) => n),
    [count(o.events.trap), "exceptions and interrupts"],
    [count(o.events.table_update), "changes of page tables"],
    [count(o.spaces), o.spaces === 1 ? "address space" : "address spaces"],
    [count(o.events.port_access + o.events.device_access), "accesses to devices"],
    [bytes(o.ram), "of memory"],
    [bytes(o.bytes), `file, detail ${o.detail}`],
    [o.stopped, "ended by"],
  ];
  byId("cards").append(...list.map(([value, what]) => element("div", { class: "card" }, element("b", {}, value), element("span", {}, what))));
  if (o.damage) byId("cards").before(element("p", { class: "warning" }, o.damage));
}

function phases() {
  byId("phases-body").append(table([
    ["Position", (p) => position(p.position), "num"],
    ["Virtual time", (p) => time(p.time), "num"],
    ["", (p) => element("span", { class: "tag " + p.kind }, p.kind)],
    ["What", (p) => p.what],
    ["Detail", (p) => p.detail, "mono"],
  ], data.phases));
}

const vector = (v) => "0x" + v.toString(16).padStart(2, "0");

function sparkline(columns, name) {
  const canvas = element("canvas", { role: "img", "aria-label": "when, over the recording" });
  drawings.push(() => {
    const { c, width, height } = brush(canvas, 22);
    const most = Math.max(1, ...columns);
    c.fillStyle = color("--lane");
    c.fillRect(0, 0, width, height);
    c.fillStyle = color(name);
    const w = width / columns.length;
    columns.forEach((n, i) => { if (n) { const h = Math.max(3, height * Math.log1p(n) / Math.log1p(most)); c.fillRect(i * w, height - h, Math.max(1, w), h); } });
  });
  return canvas;
}

function examples(trap) {
  const list = table([
    ["Position", (e) => position(e.position), "num"],
    ["At", (e) => e.pc, "mono"],
    ["Error code", (e) => e.error || "", "mono"],
    ["Address", (e) => e.address || "", "mono"],
    ["Why", (e) => e.reason],
  ].filter(([title]) => title === "Position" || title === "At" || trap.examples.some((e) => ({ "Error code": e.error, Address: e.address, Why: e.reason })[title])), trap.examples);
  return element("details", {}, element("summary", {}, plural(trap.examples.length, "example")), list);
}

function traps() {
  const rows = [...data.traps].sort((a, b) => b.count - a.count || a.vector - b.vector);
  byId("traps-body").append(table([
    ["Vector", (t) => vector(t.vector), "mono"],
    ["Count", (t) => count(t.count), "num"],
    ["When", (t) => sparkline(t.columns, t.cause === "exception" ? "--mark" : "--accent")],
    ["First", (t) => position(t.first), "num"],
    ["Last", (t) => position(t.last), "num"],
    ...(rows.some((t) => t.ended) ? [
      ["Handler on average", (t) => t.ended ? count(t.instructions / t.ended) : "", "num"],
      ["Longest", (t) => t.ended ? count(t.longest) : "", "num"],
    ] : []),
    ["What", (t) => element("div", {}, [t.name, t.cause].filter(Boolean).join(", "), examples(t))],
  ], rows));
  byId("traps-body").classList.add("scroll");
}

function crossings() {
  const rows = [...data.crossings].sort((a, b) => b.count - a.count);
  byId("calls-body").append(table([
    ["How", (w) => w.cause + (w.vector >= 0 ? " " + vector(w.vector) : "")],
    ["Rings", (w) => `${w.from}\u00a0→\u00a0${w.to}`],
    ["Count", (w) => count(w.count), "num"],
    ["Instructions then", (w) => count(w.stayed), "num"],
    ["On average", (w) => count(w.stayed / w.count), "num"],
    ["Longest", (w) => count(w.longest), "num"],
    ["First", (w) => position(w.first), "num"],
    ["Last", (w) => position(w.last), "num"],
  ], rows));
  byId("calls-body").classList.add("scroll");
}

// What a program asked a kernel for; the names are Linux's, whatever the guest is.
function syscalls() {
  const all = data.syscalls || [];
  byId("syscalls-title").hidden = !all.length;
  if (!all.length) return;
  const linux = ["linux", "program"].includes(data.overview.boot);
  const title = linux ? "Call" : "On Linux";
  byId("syscalls-body").append(table([
    ["Number", (s) => (s.number < 0 ? "others" : s.number) + (s.abi === "i386" ? " (i386)" : ""), "num"],
    [title, (s) => s.name],
    ["Count", (s) => count(s.count), "num"],
    ["Failed", (s) => count(s.errors), "num"],
    ["Not returned", (s) => count(s.count - s.returned), "num"],
    ["Instructions", (s) => count(s.instructions), "num"],
    ["On average", (s) => s.returned ? count(s.instructions / s.returned) : "", "num"],
    ["Longest", (s) => s.returned ? count(s.longest) : "", "num"],
    ["Longest at", (s) => s.returned ? position(s.slowest) : "", "num"],
    ["First", (s) => position(s.first), "num"],
    ["Last", (s) => position(s.last), "num"],
  ], [...all].sort((a, b) => b.count - a.count)));
  byId("syscalls-body").classList.add("scroll");
}

function spaces() {
  const s = data.spaces;
  if (s.count > s.list.length) byId("spaces-body").append(element("p", { class: "note" }, `The ${s.list.length} in which most ran, of ${count(s.count)}.`));
  byId("spaces-body").append(table([
    ["CR3", (x) => x.root, "mono"],
    ["Instructions", (x) => count(x.instructions), "num"],
    ["Share", (x) => percent(x.instructions, END), "num"],
    ["Entered", (x) => count(x.switches), "num"],
    ["First", (x) => position(x.first), "num"],
    ["Last", (x) => position(x.last), "num"],
  ], s.list));
}

// The ports of an ISA PC.
const PORTS = [
  [0x00, 0x0f, "DMA"], [0x20, 0x21, "interrupt controller 1"], [0x40, 0x43, "timer"], [0x60, 0x60, "keyboard data"], [0x61, 0x61, "port 61"],
  [0x64, 0x64, "keyboard controller"], [0x70, 0x71, "clock and CMOS"], [0x80, 0x8f, "DMA pages, POST code"], [0x92, 0x92, "A20 gate"],
  [0xa0, 0xa1, "interrupt controller 2"], [0xc0, 0xdf, "DMA 2"], [0xe9, 0xe9, "debug console"], [0xf0, 0xf1, "floating-point error"], [0x170, 0x177, "disk 2"],
  [0x1f0, 0x1f7, "disk 1"], [0x2f8, 0x2ff, "com2"], [0x376, 0x376, "disk 2 control"], [0x3b0, 0x3df, "VGA"],
  [0x3f6, 0x3f6, "disk 1 control"], [0x3f8, 0x3ff, "com1"], [0x5e0, 0x5e0, "built-in kernel's calls"], [0xcf8, 0xcff, "PCI configuration"],
];
const REGISTERS = { "0xfee00000": "local interrupt controller", "0xfec00000": "I/O interrupt controller", "0xfed00000": "HPET" };
const portName = (p) => (PORTS.find(([from, to]) => from <= parseInt(p, 16) && parseInt(p, 16) <= to) || ["", "", ""])[2];

function traffic(title, name, key, names) {
  const places = data.traffic[key];
  const more = data.traffic[key + "_count"] - places.length;
  return element("div", {}, element("h3", {}, title), table([
    [name, (p) => p.place, "mono"],
    ...(names ? [["Usual device", (p) => names(p.place)]] : []),
    ...(key === "inputs" ? [["Times", (p) => count(p.reads), "num"]] : [["Reads", (p) => count(p.reads), "num"], ["Writes", (p) => count(p.writes), "num"]]),
    ["Bytes", (p) => count(p.bytes), "num"],
    ["First", (p) => position(p.first), "num"],
  ], places), more > 0 ? element("p", { class: "note" }, `and ${count(more)} more`) : "");
}

function devices() {
  byId("devices-body").append(element("div", { class: "two" },
    traffic("Ports", "Port", "ports", portName),
    element("div", {}, traffic("Device registers in memory", "Page", "registers", (p) => REGISTERS[p] || ""),
      traffic("From outside", "Source", "inputs"))));
}
