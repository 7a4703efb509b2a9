(function () {
  "use strict";
  var source = document.getElementById("live-data");
  if (!source) { return; }
  var data = JSON.parse(source.textContent);
  var body = document.getElementById("live-table").tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var sliders = Array.prototype.slice.call(document.querySelectorAll("#live-tools input[type=range]"));
  var words = document.getElementById("live-tools");
  var published = rows.map(function (row) { var text = row.cells[1].textContent; return text === "" ? null : Number(text); });
  var given = data.tree.weights;
  var values;

  // Lists of numbers come as 64-bit floats in base64: exact, and half as long as their digits.
  function numbers(text) {
    var bytes = window.atob(text);
    var view = new DataView(new ArrayBuffer(bytes.length));
    var found = [];
    var at;
    for (at = 0; at < bytes.length; at += 1) { view.setUint8(at, bytes.charCodeAt(at)); }
    for (at = 0; at < bytes.length; at += 8) {
      var number = view.getFloat64(at, true);
      found.push(isNaN(number) ? null : number);
    }
    return found;
  }
  function unpack(node) {
    if (node.shares) { node.shares = numbers(node.shares); }
    if (node.raw) { node.raw = numbers(node.raw); }
    (node.children || []).forEach(unpack);
  }
  unpack(data.tree);
  data.measures.forEach(unpack);
  rows.forEach(function (row) {
    ["n", "n", "s"].forEach(function (kind) { row.insertCell(-1).className = kind; });
  });

  // Decimals as the engine has them: noise is cleared six digits below the published precision, then the number is
  // rounded. Digits are kept as text, since no binary number is exact there.
  function parsed(x) {
    var found = /^(-?)(\d+)(?:\.(\d+))?(?:e([+-]?\d+))?$/.exec(String(x));
    var fraction = found[3] || "";
    var digits = found[2] + fraction;
    var scale = fraction.length - Number(found[4] || 0);
    while (scale < 0) { digits += "0"; scale += 1; }
    return { minus: found[1] === "-", digits: digits, scale: scale };
  }
  function raised(digits) {
    var at = digits.length - 1;
    var tail = "";
    while (at >= 0 && digits.charAt(at) === "9") { tail += "0"; at -= 1; }
    if (at < 0) { return "1" + tail; }
    return digits.slice(0, at) + String(Number(digits.charAt(at)) + 1) + tail;
  }
  function quantized(number, places, up) {
    var digits = number.digits;
    var cut = number.scale - places;
    while (cut < 0) { digits += "0"; cut += 1; }
    while (digits.length <= cut) { digits = "0" + digits; }
    var kept = digits.slice(0, digits.length - cut);
    var rest = digits.slice(digits.length - cut);
    var first = rest.charAt(0);
    var half = first === "5" && /^50*$/.test(rest);
    var odd = Number(kept.charAt(kept.length - 1)) % 2 === 1;
    if (half ? up || odd : first >= "5") { kept = raised(kept); }
    return { minus: number.minus, digits: kept, scale: places };
  }
  function written(number) {
    var digits = number.digits;
    while (digits.length <= number.scale) { digits = "0" + digits; }
    var at = digits.length - number.scale;
    var whole = digits.slice(0, at).replace(/^0+(?=\d)/, "");
    var text = number.scale ? whole + "." + digits.slice(at) : whole;
    return number.minus && /[1-9]/.test(digits) ? "-" + text : text;
  }
  function rounded(x) {
    var clear = quantized(parsed(x), data.decimals + 6, false);
    return written(quantized(clear, data.decimals, data.mode === "half_up"));
  }

  var means = {
    arithmetic: function (s, w) { var sum = 0; s.forEach(function (x, k) { sum += x * w[k]; }); return sum; },
    geometric: function (s, w) {
      var sum = 0;
      s.forEach(function (x, k) { if (w[k] > 0) { sum += w[k] * Math.log(x); } });
      return Math.exp(sum);
    },
    harmonic: function (s, w) {
      var sum = 0;
      s.forEach(function (x, k) { if (w[k] > 0) { sum += w[k] / x; } });
      return 1 / sum;
    },
    minimum: function (s, w) { return Math.min.apply(null, s.filter(function (x, k) { return w[k] > 0; })); },
    generalised: function (s, w, power) {
      var counted = s.filter(function (x, k) { return w[k] > 0; });
      var mark = (power > 0 ? Math.max : Math.min).apply(null, counted);
      if (mark === 0) { return 0; }
      var sum = 0;
      s.forEach(function (x, k) { if (w[k] > 0) { sum += w[k] * Math.pow(x / mark, power); } });
      return mark * Math.pow(sum, 1 / power);
    }
  };
  // The share that a subject has of a node, which is worth so much; null where it has too little data for one.
  function shareOf(node, worth, at) {
    if (node.shares) { return node.shares[at]; }
    if (node.raw) {
      if (node.raw[at] === null) { return null; }
      return worth > 0 ? Math.min(Math.max(node.each * node.raw[at] / worth, 0), 1) : 0;
    }
    var available = 1;
    var whole = true;
    var shares = node.children.map(function (child, k) {
      var share = shareOf(child, worth * node.weights[k], at);
      if (share === null) { available -= node.weights[k]; whole = false; }
      return share;
    });
    if (!(available > 1e-12 && available >= node.least - 1e-12)) { return null; }
    var filled = shares.map(function (share) { return share === null ? 0 : share; });
    var found;
    if (node.method === "arithmetic") {
      found = means.arithmetic(filled, node.weights);
      if (!whole) { found /= available; }
    } else {
      found = means[node.method](filled, node.weights.map(function (weight, k) {
        return shares[k] === null ? 0 : whole ? weight : weight / available;
      }), node.power);
    }
    if (node.bounded) { found = Math.min(Math.max(found, 0), 1); }
    return node.reversed ? (node.bounded ? 1 : 0) - found : found;
  }
  function measured() {
    return data.measures.map(function (measure) {
      var worth = data.full;
      var node = data.tree;
      measure.steps.forEach(function (step, k) {
        worth *= k === 0 ? data.tree.weights[step] : measure.weights[k - 1];
        node = node.children && node.children[step];
      });
      return function (at) {
        var share = measure.shares ? measure.shares[at] : shareOf(node, worth, at);
        return share === null ? null : Number(rounded(share * worth));
      };
    });
  }
  function total(at, tree, measures, found) {
    var sum = data.adjusted === null ? tree : Math.max(tree + data.adjusted[at], Math.min(tree, 0));
    data.vetoes.forEach(function (veto) {
      var points = veto.measure === undefined ? null : measures[veto.measure](at);
      var caught = veto.measure === undefined ? veto.caught[at] === 1 : points !== null &&
        ((veto.above !== null && points > veto.above) || (veto.below !== null && points < veto.below));
      if (!caught) { return; }
      if (veto.effect === "zero_score") { sum = 0; }
      if (veto.effect === "cap_score") { sum = Math.min(sum, veto.score); }
      if (veto.effect === "unranked") { found.ranked = false; }
    });
    return sum;
  }
  function scored() {
    var measures = measured();
    var all = [];
    var at;
    for (at = 0; at < data.size; at += 1) {
      var share = shareOf(data.tree, data.full, at);
      var found = { place: at, text: "", ranked: share !== null, parts: [] };
      if (share !== null) {
        found.text = rounded(total(at, share * data.full, measures, found));
        found.parts.push(Number(found.text));
        data.breakers.forEach(function (k) {
          var points = measures[k](found.place);
          found.parts.push(points === null ? -Infinity : points);
        });
      }
      all.push(found);
    }
    return all;
  }
  function higher(a, b) {
    var k;
    for (k = 0; k < a.parts.length; k += 1) {
      if (a.parts[k] !== b.parts[k]) { return a.parts[k] > b.parts[k] ? -1 : 1; }
    }
    return 0;
  }
  function standing() {
    var all = scored();
    var ranked = all.filter(function (one) { return one.ranked; });
    ranked.sort(function (a, b) { return higher(a, b) || a.place - b.place; });
    var start = 0;
    var group = 0;
    while (start < ranked.length) {
      var end = start + 1;
      while (end < ranked.length && higher(ranked[start], ranked[end]) === 0) { end += 1; }
      group += 1;
      var rank = data.ties === "dense" ? group : data.ties === "average" ? (start + 1 + end) / 2 : start + 1;
      ranked.slice(start, end).forEach(function (one) { one.rank = rank; });
      start = end;
    }
    return ranked.concat(all.filter(function (one) { return !one.ranked; }));
  }
  function put(cell, text) { if (cell.textContent !== text) { cell.textContent = text; } }
  function moved(before, now) {
    if (before === null || now === null || before === now) { return ""; }
    var by = String(Math.abs(before - now));
    return now < before ? "▲ " + words.getAttribute("data-up") + " " + by : "▼ " + words.getAttribute("data-down") + " " + by;
  }
  function show() {
    var sum = values.reduce(function (a, b) { return a + b; }, 0);
    document.getElementById("live-none").hidden = sum > 0;
    if (!(sum > 0)) { return; }
    var weights = values.map(function (value) { return value / sum; });
    sliders.forEach(function (slider, k) {
      var text = (weights[k] * 100).toFixed(1) + "%";
      put(slider.parentNode.parentNode.querySelector("output"), text);
      slider.setAttribute("aria-valuetext", text);
    });
    data.tree.weights = weights;
    var found = standing();
    var fragment = document.createDocumentFragment();
    found.forEach(function (one) {
      var row = rows[one.place];
      var rank = one.rank === undefined ? null : one.rank;
      put(row.cells[3], rank === null ? "" : String(rank));
      put(row.cells[4], one.text);
      put(row.cells[5], moved(published[one.place], rank));
      fragment.appendChild(row);
    });
    body.appendChild(fragment);
  }
  function start() {
    values = given.map(function (weight) { return weight * 100; });
    sliders.forEach(function (slider, k) { slider.value = String(values[k]); });
    show();
  }
  var waiting = false;
  sliders.forEach(function (slider, k) {
    slider.addEventListener("input", function () {
      values[k] = Number(slider.value);
      if (waiting) { return; }
      waiting = true;
      window.requestAnimationFrame(function () { waiting = false; show(); });
    });
  });
  document.getElementById("live-reset").addEventListener("click", start);
  document.getElementById("live-panel").hidden = false;
  start();
}());
