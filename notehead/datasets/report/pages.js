"use strict";
/* The pages of the gallery and their data. A page's data is a script that adds itself to
   notehead.pages: a page opened from a disk may load scripts, but not fetch files. */

const notehead = { pages: new Map() };

(() => {
  const links = [...document.querySelectorAll("[data-page]")];
  notehead.keys = links.map((link) => link.dataset.page);

  /* The data of a page, loaded when it is first asked for. */
  notehead.load = (key) => new Promise((resolve, reject) => {
    if (notehead.pages.has(key)) {
      resolve(notehead.pages.get(key));
      return;
    }
    const script = document.createElement("script");
    script.src = links[notehead.keys.indexOf(key)].dataset.source;
    script.onload = () => resolve(notehead.pages.get(key));
    script.onerror = () => reject(new Error(`the data of page ${key} cannot be read`));
    document.head.append(script);
  });

  /* The linked symbols of a symbol: rows that it leads to or that lead to it. */
  notehead.linked = (page, row) => {
    const rows = [];
    for (let i = 0; i < page.links.length; i += 2) {
      if (page.links[i] === row) rows.push(page.links[i + 1]);
      else if (page.links[i + 1] === row) rows.push(page.links[i]);
    }
    return rows;
  };
})();
