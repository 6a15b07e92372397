// The place that was clicked: what the processor was in there, and the commands that go there.
let chosen = null;
const quoted = (text) => (/^[\w@%+=:,.\/-]+$/.test(text) && !text.startsWith("-") ? text : "'" + text.replaceAll("'", "'\\''") + "'");

function commands(at) {
  const file = quoted(data.overview.file);
  const inside = Math.min(at, Math.max(0, END - 1));
  return [
    ["gdb on the recording", `ringscope gdb ${file} --at ${at}`],
    ["in a gdb that is connected", `monitor seek ${at}`],
    ["instructions from here", `ringscope query ${file} instructions --from ${inside} --count 20`],
    ["registers here", `ringscope query ${file} registers --from ${at}`],
    ["ring changes from here", `ringscope query ${file} rings --from ${at} --count 10`],
  ];
}

function ringAt(at) {
  const changes = data.timeline.changes;
  if (changes) {
    const last = floor(changes.position, at);
    return `ring ${last < 0 ? data.timeline.start : changes.ring[last]}`;
  }
  const bucket = bucketAt(at);
  return data.timeline.rings.map((ring, n) => [n, ring[bucket]]).filter(([, n]) => n).map(([n, part]) => `ring ${n} ${percent(part, data.overview.bucket)}`).join(", ");
}

const bucketAt = (at) => Math.min(data.overview.buckets - 1, Math.floor(at / data.overview.bucket));

function spaceAt(at) {
  const space = data.spaces.list[data.spaces.lane[bucketAt(at)]];
  return space ? `cr3 ${space.root}` : "";
}

function copy(button, text) {
  navigator.clipboard.writeText(text).then(() => (button.textContent = "Copied"), () => (button.textContent = "Select and copy"));
}

function choose(at, what) {
  chosen = Math.max(0, Math.min(END, Math.round(at)));
  const list = element("dl");
  for (const [title, text] of commands(chosen)) {
    list.append(element("dt", {}, title), element("dd", {}, element("code", {}, text)),
      element("dd", {}, element("button", { type: "button", onclick: (e) => copy(e.target, text) }, "Copy")));
  }
  const place = byId("place");
  place.hidden = false;
  place.dataset.position = chosen;
  place.replaceChildren(element("div", { class: "inner" },
    element("h2", {}, `Position ${count(chosen)}`, element("span", { class: "note" }, [ringAt(chosen), spaceAt(chosen), what].filter(Boolean).join(" · ")),
      element("span", { class: "grow" }), element("button", { type: "button", onclick: unchoose }, "Close")),
    list));
  redraw();
}

function unchoose() {
  chosen = null;
  byId("place").hidden = true;
  redraw();
}
