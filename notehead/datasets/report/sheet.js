"use strict";
/* The page in the viewer: its image, a polygon for each symbol over it, and how large they are shown. */

(() => {
  const desk = document.getElementById("desk");
  const sheet = document.getElementById("sheet");
  const image = document.getElementById("image");
  const svg = document.getElementById("symbols");
  const lines = element("g");
  let page = null;
  let polygons = [];
  let oriented = false;
  let scale = 1;
  let wide = true; // fitted to the desk's width, not to all of it
  let fitted = true;

  function element(name) {
    return document.createElementNS("http://www.w3.org/2000/svg", name);
  }

  function upright(row) {
    const [x0, y0, x1, y1] = page.box.slice(4 * row, 4 * row + 4);
    return [x0, y0, x1, y0, x1, y1, x0, y1];
  }

  function corners(row) {
    return (oriented && page.oriented[row]) || upright(row);
  }

  function area(row) {
    const [x0, y0, x1, y1] = page.box.slice(4 * row, 4 * row + 4);
    return (x1 - x0) * (y1 - y0);
  }

  function centre(row) {
    const [x0, y0, x1, y1] = page.box.slice(4 * row, 4 * row + 4);
    return [(x0 + x1) / 2, (y0 + y1) / 2];
  }

  function resize(factor) {
    scale = Math.min(Math.max(factor, 0.05), 12);
    sheet.style.width = `${page.width * scale}px`;
    sheet.style.height = `${page.height * scale}px`;
    sheet.classList.toggle("large", scale * devicePixelRatio > 3);
  }

  /* The scale at which the page is as wide as the desk, or stands on it as a whole. */
  function fitting() {
    const style = getComputedStyle(desk);
    const width = desk.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const height = desk.clientHeight - parseFloat(style.paddingTop) - parseFloat(style.paddingBottom);
    return wide ? width / page.width : Math.min(width / page.width, height / page.height);
  }

  function draw(row) {
    const polygon = element("polygon");
    const colour = page.classes[page.label[row]][1];
    polygon.setAttribute("points", corners(row).join(" "));
    polygon.setAttribute("stroke", colour);
    polygon.setAttribute("fill", colour);
    polygon.dataset.row = row;
    return polygon;
  }

  const api = {
    show(data) {
      page = data;
      image.src = page.image;
      image.alt = page.name;
      svg.setAttribute("viewBox", `0 0 ${page.width} ${page.height}`);
      polygons = page.label.map((_, row) => draw(row));
      const order = page.label.map((_, row) => row).sort((a, b) => area(b) - area(a) || a - b);
      lines.replaceChildren();
      svg.replaceChildren(...order.map((row) => polygons[row]), lines);
      fitted = true;
      resize(fitting());
      desk.scrollTo(0, 0);
    },

    orient(on) {
      oriented = on;
      polygons.forEach((polygon, row) => polygon.setAttribute("points", corners(row).join(" ")));
    },

    /* Show the symbols whose class passes. */
    filter(passes) {
      const shown = page.classes.map(([name]) => passes(name));
      polygons.forEach((polygon, row) => polygon.classList.toggle("hidden", !shown[page.label[row]]));
    },

    /* Mark one symbol and those that it is linked with; none where row is null. */
    choose(row) {
      for (const polygon of svg.querySelectorAll(".chosen, .linked")) polygon.classList.remove("chosen", "linked");
      lines.replaceChildren();
      if (row === null) return;
      polygons[row].classList.add("chosen", "linked");
      const [x1, y1] = centre(row);
      for (const other of notehead.linked(page, row)) {
        polygons[other].classList.add("linked");
        const line = element("line");
        const [x2, y2] = centre(other);
        for (const [name, value] of Object.entries({ x1, y1, x2, y2 })) line.setAttribute(name, value);
        lines.append(line);
      }
    },

    /* Zoom, keeping the point of the page that lies under (x, y) of the window in its place. */
    zoom(factor, x, y) {
      const before = sheet.getBoundingClientRect();
      const area = desk.getBoundingClientRect();
      const [px, py] = [x ?? area.left + area.width / 2, y ?? area.top + area.height / 2];
      const [u, v] = [(px - before.left) / before.width, (py - before.top) / before.height];
      fitted = false;
      resize(scale * factor);
      const after = sheet.getBoundingClientRect();
      desk.scrollBy(after.left + u * after.width - px, after.top + v * after.height - py);
    },

    /* As wide as the desk; where it is so already, the whole page. */
    fit() {
      wide = !(fitted && wide);
      fitted = true;
      resize(fitting());
    },
  };

  addEventListener("resize", () => page && fitted && resize(fitting()));

  desk.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    event.preventDefault();
    api.zoom(Math.exp(-event.deltaY / 300), event.clientX, event.clientY);
  }, { passive: false });

  desk.addEventListener("pointerdown", (event) => {
    if (event.pointerType !== "mouse" || event.button !== 0) return;
    let moved = false;
    const move = (step) => {
      moved = moved || Math.hypot(step.clientX - event.clientX, step.clientY - event.clientY) > 4;
      if (!moved) return;
      desk.classList.add("held");
      desk.scrollBy(-step.movementX, -step.movementY);
    };
    const end = () => {
      removeEventListener("pointermove", move);
      desk.classList.remove("held");
      if (!moved) return;
      const swallow = (click) => click.stopPropagation();
      addEventListener("click", swallow, { capture: true });
      setTimeout(() => removeEventListener("click", swallow, { capture: true }));
    };
    addEventListener("pointermove", move);
    addEventListener("pointerup", end, { once: true });
  });

  notehead.sheet = api;
})();
