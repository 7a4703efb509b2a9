(function () {
  "use strict";
  var table = document.getElementById("ranking-table");
  if (!table) { return; }
  var body = table.tBodies[0];
  var heads = Array.prototype.slice.call(table.tHead.rows[0].cells);
  function key(row, at) {
    var text = row.cells[at].textContent.trim();
    var number = Number(text);
    return text === "" ? null : isNaN(number) ? text : number;
  }
  function sortBy(at) {
    var rising = heads[at].getAttribute("aria-sort") !== "ascending";
    heads.forEach(function (head) { head.removeAttribute("aria-sort"); });
    heads[at].setAttribute("aria-sort", rising ? "ascending" : "descending");
    var rows = Array.prototype.slice.call(body.rows).map(function (row, place) { return [key(row, at), place, row]; });
    rows.sort(function (a, b) {
      if (a[0] === null || b[0] === null) { return (a[0] === null) - (b[0] === null) || a[1] - b[1]; }
      var order = typeof a[0] === "number" && typeof b[0] === "number" ? a[0] - b[0] : String(a[0]).localeCompare(String(b[0]));
      return (rising ? order : -order) || a[1] - b[1];
    });
    rows.forEach(function (entry) { body.appendChild(entry[2]); });
  }
  heads.forEach(function (head, at) {
    var button = head.querySelector("button");
    if (button) { button.addEventListener("click", function () { sortBy(at); }); }
  });
  var filter = document.getElementById("filter");
  filter.addEventListener("input", function () {
    var wanted = filter.value.trim().toLowerCase();
    Array.prototype.forEach.call(body.rows, function (row) {
      row.hidden = wanted !== "" && row.textContent.toLowerCase().indexOf(wanted) < 0;
    });
  });
}());
