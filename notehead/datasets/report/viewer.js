"use strict";
/* The viewer: opens the page that the address names (#page=KEY), lists its classes, tells of its symbols. */

(() => {
  const $ = (id) => document.getElementById(id);
  const viewer = $("viewer");
  const chosen = { base: true, except: new Set() }; // classes shown: all but some, or none but some
  let page = null;
  let pinned = null;

  const shows = (name) => chosen.base !== chosen.except.has(name);
  const only = (name) => !chosen.base && chosen.except.size === 1 && chosen.except.has(name);

  function make(name, properties = {}, ...children) {
    const node = Object.assign(document.createElement(name), properties);
    node.append(...children);
    return node;
  }

  function swatch(colour) {
    const node = make("i");
    node.style.background = colour;
    return node;
  }

  function number(value) {
    return String(Number(value.toFixed(3)));
  }

  function quarters(value) {
    return value === null ? null : `${number(value)} quarter${value === 1 ? "" : "s"}`;
  }

  function pitch(row) {
    const value = page.diatonic?.[row];
    if (value == null) return null;
    const alter = page.alter?.[row] ?? 0;
    const [octave, step] = [Math.floor(value / 7), value % 7];
    const key = 12 * (octave + 1) + [0, 2, 4, 5, 7, 9, 11][step] + alter;
    return `${"CDEFGAB"[step]}${(alter < 0 ? "\u266d" : "\u266f").repeat(Math.abs(alter))}${octave}, MIDI ${key}`;
  }

  function box(row) {
    const [x0, y0, x1, y1] = page.box.slice(4 * row, 4 * row + 4);
    const size = [x1 - x0, y1 - y0];
    const facts = { Box: `${[x0, y0, x1, y1].map(number).join(", ")}`, Size: `${size.map(number).join(" \u00d7 ")} px` };
    if (page.space > 0) facts.Size += `\n${size.map((side) => (side / page.space).toFixed(2)).join(" \u00d7 ")} sp`;
    return facts;
  }

  function links(row) {
    const counts = new Map();
    for (const other of notehead.linked(page, row)) {
      const name = page.classes[page.label[other]][0];
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return [...counts].map(([name, count]) => (count > 1 ? `${count} ${name}` : name)).join(", ");
  }

  function place(row) {
    const names = ["staff", "system", "measure", "voice"];
    return names.filter((name) => page[name]?.[row] != null).map((name) => `${name} ${page[name][row]}`).join(", ");
  }

  /* What is known of a symbol, in words; facts that it lacks are left out. */
  function facts(row) {
    const value = (column) => page[column]?.[row] ?? null;
    const position = value("position");
    const all = {
      Number: page.id[row],
      ...box(row),
      Text: value("text"),
      Onset: quarters(value("onset")),
      Duration: quarters(value("duration")),
      Pitch: pitch(row),
      Position: position === null ? null : `${position}, ${position % 2 === 0 ? "on a line" : "in a space"}`,
      Place: place(row) || null,
      Score: value("confidence"),
      Links: links(row) || null,
    };
    return Object.entries(all).filter(([, fact]) => fact !== null);
  }

  function tell(row) {
    notehead.sheet.choose(row);
    if (row === null) {
      const hint = "Point at a symbol to see what it is; click to hold it.";
      $("symbol").replaceChildren(make("p", { textContent: hint }));
      return;
    }
    const [name, colour] = page.classes[page.label[row]];
    const list = make("dl");
    for (const [term, fact] of facts(row)) {
      list.append(make("dt", { textContent: term }), make("dd", { textContent: fact }));
    }
    $("symbol").replaceChildren(make("h3", {}, swatch(colour), name), list);
  }

  function choose(base, ...except) {
    chosen.base = base;
    chosen.except = new Set(except);
    update();
  }

  function toggle(name) {
    if (!chosen.except.delete(name)) chosen.except.add(name);
    update();
  }

  function update() {
    notehead.sheet.filter(shows);
    let total = 0;
    [...$("classes").children].forEach((item, place) => {
      const [name, , count] = page.classes[place];
      item.querySelector("input").checked = shows(name);
      item.classList.toggle("only", only(name));
      total += shows(name) ? count : 0;
    });
    $("total").textContent = `${total.toLocaleString("en")} of ${page.label.length.toLocaleString("en")}`;
  }

  function line([name, colour, count]) {
    const box = make("input", { type: "checkbox", ariaLabel: `Show ${name}`, onchange: () => toggle(name) });
    const button = make("button", {
      textContent: name,
      title: `Show ${name} alone`,
      onclick: () => (only(name) ? choose(true) : choose(false, name)),
    });
    return make("li", {}, box, swatch(colour), button, make("span", { textContent: count.toLocaleString("en") }));
  }

  function show(data) {
    page = data;
    pinned = null;
    const place = notehead.keys.indexOf(page.key);
    const about = [page.split, page.score, page.font, `${page.width} \u00d7 ${page.height} px`];
    if (page.space > 0) about.push(`staff space ${number(page.space)} px`);
    $("name").textContent = page.name;
    $("about").textContent = about.filter(Boolean).join(" \u00b7 ");
    $("place").textContent = `${place + 1} / ${notehead.keys.length}`;
    $("previous").disabled = place === 0;
    $("next").disabled = place === notehead.keys.length - 1;
    $("classes").replaceChildren(...page.classes.map(line));
    if (!viewer.open) viewer.showModal();
    notehead.sheet.show(page);
    update();
    tell(null);
  }

  function step(by) {
    const key = notehead.keys[notehead.keys.indexOf(page.key) + by];
    if (key !== undefined) location.replace(`#page=${encodeURIComponent(key)}`);
  }

  /* Follow the address: back and forward work, and a page can be bookmarked. */
  async function follow() {
    const key = new URLSearchParams(location.hash.slice(1)).get("page");
    if (!notehead.keys.includes(key)) {
      viewer.close();
      return;
    }
    const data = await notehead.load(key);
    if (key === new URLSearchParams(location.hash.slice(1)).get("page")) show(data);
  }

  function close() {
    history.replaceState(null, "", location.pathname + location.search);
    viewer.close();
  }

  function check(id) {
    $(id).checked = !$(id).checked;
    $(id).dispatchEvent(new Event("change"));
  }

  const keys = {
    ArrowLeft: () => step(-1),
    ArrowRight: () => step(1),
    "+": () => notehead.sheet.zoom(1.25),
    "-": () => notehead.sheet.zoom(0.8),
    0: () => notehead.sheet.fit(),
    o: () => check("oriented"),
    f: () => check("faded"),
  };

  viewer.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  viewer.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  $("symbols").addEventListener("pointerover", (event) => {
    if (pinned === null) tell(event.target.dataset.row ? Number(event.target.dataset.row) : null);
  });
  $("symbols").addEventListener("pointerleave", () => pinned === null && tell(null));
  $("desk").addEventListener("click", (event) => {
    const row = event.target.dataset.row ? Number(event.target.dataset.row) : null;
    pinned = row === pinned ? null : row;
    tell(row);
  });
  $("oriented").addEventListener("change", (event) => notehead.sheet.orient(event.target.checked));
  $("faded").addEventListener("change", (event) => $("sheet").classList.toggle("faded", event.target.checked));
  $("sheet").classList.toggle("faded", $("faded").checked);
  $("all").onclick = () => choose(true);
  $("none").onclick = () => choose(false);
  $("previous").onclick = keys.ArrowLeft;
  $("next").onclick = keys.ArrowRight;
  $("smaller").onclick = keys["-"];
  $("larger").onclick = keys["+"];
  $("fit").onclick = keys[0];
  $("close").onclick = close;
  addEventListener("hashchange", follow);
  follow();
})();
