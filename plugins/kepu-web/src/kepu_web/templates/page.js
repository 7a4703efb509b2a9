(function () {
  "use strict";
  function all(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function value(cell) {
    var order = cell.getAttribute("data-order");
    if (order !== null) { return Number(order); }
    var text = cell.textContent.trim();
    if (text === "") { return null; }
    var number = Number(text.replace(/,/g, ""));
    return isNaN(number) ? text : number;
  }
  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") { return a - b; }
    return String(a).localeCompare(String(b), document.documentElement.lang);
  }
  function sort(table, at) {
    var heads = table.tHead.rows[0].cells;
    var rising = heads[at].getAttribute("aria-sort") !== "ascending";
    all("th", table.tHead).forEach(function (head) { head.removeAttribute("aria-sort"); });
    heads[at].setAttribute("aria-sort", rising ? "ascending" : "descending");
    var body = table.tBodies[0];
    var rows = Array.prototype.slice.call(body.rows).map(function (row, place) { return [value(row.cells[at]), place, row]; });
    rows.sort(function (a, b) {
      if (a[0] === null || b[0] === null) { return (a[0] === null) - (b[0] === null) || a[1] - b[1]; }
      var order = compare(a[0], b[0]);
      return (rising ? order : -order) || a[1] - b[1];
    });
    rows.forEach(function (entry) { body.appendChild(entry[2]); });
  }
  function narrow(tools) {
    var table = document.getElementById(tools.getAttribute("data-for"));
    var wanted = tools.querySelector("input").value.trim().toLowerCase();
    var choices = all("select", tools).filter(function (box) { return box.value !== ""; });
    var shown = 0;
    Array.prototype.forEach.call(table.tBodies[0].rows, function (row) {
      var fits = wanted === "" || row.textContent.toLowerCase().indexOf(wanted) >= 0;
      fits = fits && choices.every(function (box) {
        return row.cells[Number(box.getAttribute("data-column"))].textContent.replace(/^[✓▲✕]\s*/, "").trim() === box.value;
      });
      row.hidden = !fits;
      shown += fits ? 1 : 0;
    });
    tools.querySelector("output").textContent = String(shown);
  }
  all("button[data-sort]").forEach(function (button) {
    button.addEventListener("click", function () {
      var table = button;
      while (table.tagName !== "TABLE") { table = table.parentNode; }
      sort(table, Number(button.getAttribute("data-sort")));
    });
  });
  all(".tools").forEach(function (tools) {
    tools.hidden = false;
    tools.querySelector("input").addEventListener("input", function () { narrow(tools); });
    all("select", tools).forEach(function (box) { box.addEventListener("change", function () { narrow(tools); }); });
  });
  function open() {
    var target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target && target.tagName === "DETAILS") { target.open = true; }
  }
  window.addEventListener("hashchange", open);
  // What is folded away is on paper too, if it is not a whole book.
  var folded = all("details");
  var shut = [];
  if (folded.length <= 40) {
    window.addEventListener("beforeprint", function () {
      shut = folded.filter(function (part) { return !part.open; });
      shut.forEach(function (part) { part.open = true; });
    });
    window.addEventListener("afterprint", function () { shut.forEach(function (part) { part.open = false; }); });
  }
  open();
}());
