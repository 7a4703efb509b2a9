var KepuReview = (function () {
  "use strict";

  function fill(words) {
    var values = Array.prototype.slice.call(arguments, 1);
    return words.replace(/\{(\d)\}/g, function (whole, n) { return values[Number(n)]; });
  }

  function clean(text) {
    return text.replace(/[\u0000-\u001f\u007f-\u009f\u200b\u2028\u2029\ufeff]+/g, "").trim();
  }

  // A number with 万 or the like behind it.
  function scaled(number, scale) {
    var worth = { "百": 100, "千": 1000, "万": 10000, "亿": 100000000 };
    return Number(scale.split("").reduce(function (value, sign) { return value * worth[sign]; }, Number(number)).toPrecision(15));
  }

  // What one entry means, by field. Each throws the sentence that says what is wrong.
  function takers(data) {
    var words = data.words;
    function member(name) {
      var known = data.members[name];
      return function (text) {
        if (!Object.prototype.hasOwnProperty.call(known, text)) {
          throw fill(words.member, text);
        }
        return known[text];
      };
    }
    return {
      roles: member("roles"),
      audiences: member("audiences"),
      programmes: function (text) {
        var at = text.lastIndexOf("|");
        var name = (at < 0 ? text : text.slice(0, at)).trim();
        var edition = at < 0 ? "" : text.slice(at + 1).trim();
        if (edition && !/^[1-9][0-9]{0,3}$/.test(edition)) { throw fill(words.edition, edition); }
        if (!name) { throw words.name; }
        return edition ? { name: name, edition: Number(edition) } : { name: name };
      },
      assignments: function (text) {
        var parts = /^([^:：]*)[:：]([\s\S]+)$/.exec(text);
        var role = parts && parts[1].trim();
        if (parts && Object.prototype.hasOwnProperty.call(data.units, role) && parts[2].trim()) {
          return { unit: parts[2].trim(), role: data.units[role] };
        }
        return { unit: text, role: data.unit };
      },
      targets: function (text) {
        // Only what is certain: words such as 每年 or 余 are told, where the workbook understands some of them.
        var plain = text.normalize("NFKC").replace(/≥/g, ">=").replace(/≤/g, "<=").trim();
        var parts = /^(>=|<=|>|<|~)?(\d{1,15}(?:\.\d{1,9})?)([万亿千百]{0,2})(?:-(\d{1,15}(?:\.\d{1,9})?)([万亿千百]{0,2}))?((?!.*[零〇一二两三四五六七八九十百千万亿])(?![余多几来约每至到年月日号届季周])(?!.*(?:[以之][上下内外]|左右|上下|[余多约起内])$)(?:[一-龥]{1,2}|平方公里|平方米|个班次)|%|[A-Za-z][A-Za-z0-9\/²³]{0,7})$/.exec(plain);
        if (!parts || (parts[1] && parts[4] !== undefined)) { throw fill(words.quantity, text); }
        var low = scaled(parts[2], parts[3] || (parts[5] || ""));
        var made = { value: low, unit: parts[6], comparison: data.signs[parts[1] || ""] };
        if (parts[4] !== undefined) {
          var high = scaled(parts[4], parts[5]);
          made.value = Math.min(low, high);
          made.upto = Math.max(low, high);
          made.comparison = "between";
        }
        return made;
      },
      due: function (text) {
        var parts = /^(\d{4})[-./年](\d{1,2})[-./月](\d{1,2})日?$/.exec(text);
        var day = parts && new Date(Date.UTC(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])));
        if (!parts || day.getUTCMonth() !== Number(parts[2]) - 1 || day.getUTCDate() !== Number(parts[3]) || day.getUTCFullYear() !== Number(parts[1])) {
          throw fill(words.day, text);
        }
        return day.toISOString().slice(0, 10);
      },
      section: function (text) {
        var known = data.plan.sections.map(function (s) { return s.id; });
        if (known.indexOf(text) < 0) { throw fill(words.section, text, known.join("、")); }
        return text;
      }
    };
  }

  // The value of a field. An entry that was not touched stays what it was, with all that the page does not show.
  function taken(data, field, text, item) {
    var take = takers(data)[field.name] || function (entry) { return entry; };
    if (!field.many) {
      var only = clean(text);
      if (!only && field.required) { throw data.words.empty; }
      return only ? take(only) : null;
    }
    var shown = (item && item.shown[field.name]) || [];
    var used = {};
    var values = [];
    var seen = {};
    var told = [];
    var sign = field.signs ? new RegExp("[\\n" + field.signs + "]") : /\n/;
    text.replace(/\r\n/g, "\n").split(sign).forEach(function (line) {
      var entry = clean(line);
      if (!entry) { return; }
      var at = shown.indexOf(entry, used[entry] === undefined ? 0 : used[entry] + 1);
      if (at >= 0) {
        used[entry] = at;
        values.push(item.base[field.name][at]);
        return;
      }
      var value;
      try { value = take(entry); } catch (fault) {
        if (typeof fault !== "string") { throw fault; }
        told.push(fault);
        return;
      }
      var key = JSON.stringify(value);
      if (!seen[key]) { values.push(value); }
      seen[key] = true;
    });
    if (told.length) {
      var known = data.members[field.name];
      if (known) { told.push(fill(data.words.known, Object.keys(known).filter(function (k) { return /[^\x00-\x7f]/.test(k); }).join("、"))); }
      throw told.join("；");
    }
    return values;
  }

  // A task from the texts of its fields; what cannot be read is told in `faults`.
  function record(data, item, texts, faults) {
    var made = {};
    Object.keys(item ? item.base : {}).forEach(function (key) { made[key] = item.base[key]; });
    data.fields.forEach(function (field) {
      try {
        var value = taken(data, field, texts[field.name], item);
        if (value === null || (Array.isArray(value) && !value.length)) { delete made[field.name]; } else { made[field.name] = value; }
      } catch (told) {
        if (typeof told !== "string") { throw told; }
        faults.push({ field: field.name, told: told });
      }
    });
    return made;
  }

  // The document that is imported again.
  function written(data, plan, organisations, items) {
    function block(type, records) { return { type: type, version: data.versions[type], records: records }; }
    var blocks = [block("plan", [plan]), block("plan_item", items)];
    if (organisations.length) { blocks.unshift(block("organisation", organisations)); }
    return JSON.stringify({ format: "kepu", version: 1, blocks: blocks }, null, 1);
  }

  function start(page) {
    var data = JSON.parse(page.getElementById("data").textContent);
    var cards = page.getElementById("cards");
    var said = page.getElementById("said");
    var touched = false;
    function each(list, run) { Array.prototype.forEach.call(list, run); }
    function all() { return Array.prototype.slice.call(cards.querySelectorAll(".card")); }
    function does(card, what) { return card.querySelector("[data-do='" + what + "']").checked; }

    function arrange() {
      var shown = page.getElementById("shown").value;
      var wanted = page.getElementById("search").value.trim();
      var confirmed = 0;
      all().forEach(function (card) {
        var words = Array.prototype.map.call(card.querySelectorAll("[data-field]"), function (f) { return f.value; }).join("\n");
        var doubtful = Number(card.dataset.doubts) > 0;
        var fits = shown === "all" || (shown === "unsure" && card.classList.contains("unsure")) || (shown === "doubtful" && doubtful) || (shown === "unconfirmed" && !does(card, "confirm"));
        card.hidden = !fits || (wanted !== "" && words.indexOf(wanted) < 0);
        card.classList.toggle("done", does(card, "confirm"));
        card.classList.toggle("dropped", does(card, "drop"));
        confirmed += does(card, "confirm") ? 1 : 0;
      });
      page.getElementById("count").textContent = fill(data.words.count, all().length, confirmed);
    }

    function order() {
      var sure = page.getElementById("ordered").value === "confidence";
      all().map(function (card) { return [sure ? Number(card.dataset.confidence) : 0, Number(card.dataset.item), card]; })
        .sort(function (a, b) { return a[0] - b[0] || a[1] - b[1]; })
        .forEach(function (entry) { cards.appendChild(entry[2]); });
    }

    function point(at) {
      each(page.querySelectorAll(".now"), function (one) { one.classList.remove("now"); });
      each(page.querySelectorAll("[data-item='" + at + "']"), function (one) { one.classList.add("now"); });
    }

    function add(button) {
      var card = page.importNode(page.getElementById("blank").content, true).querySelector(".card");
      card.dataset.item = String(data.items.length + Number(button.dataset.add));
      card.dataset.added = button.dataset.add;
      card.querySelector("[data-field='text']").value = button.parentNode.querySelector("span").textContent;
      card.querySelector("[data-field='section']").value = button.dataset.section;
      cards.appendChild(card);
      button.disabled = true;
      touched = true;
      arrange();
      card.scrollIntoView({ block: "center" });
    }

    function planned() {
      var plan = JSON.parse(JSON.stringify(data.plan));
      each(page.querySelectorAll("[data-plan]"), function (input) {
        var value = clean(input.value);
        if (value) { plan[input.dataset.plan] = value; } else { delete plan[input.dataset.plan]; }
      });
      return plan;
    }

    function issuers() {
      var input = page.querySelector("[data-issuer]");
      return data.organisations.map(function (body) {
        var copy = JSON.parse(JSON.stringify(body));
        if (input && body.id === data.plan.issuer && clean(input.value)) { copy.name = clean(input.value); }
        return copy;
      });
    }

    function save() {
      var only = page.getElementById("confirmed-only").checked;
      var faults = [];
      var items = [];
      all().forEach(function (card) {
        if (does(card, "drop") || (only && !does(card, "confirm"))) { return; }
        var item = card.dataset.added === undefined ? data.items[Number(card.dataset.item)] : null;
        var texts = {};
        each(card.querySelectorAll("[data-field]"), function (input) {
          input.removeAttribute("aria-invalid");
          texts[input.dataset.field] = input.value;
        });
        var mine = [];
        var made = record(data, item, texts, mine);
        if (!item) {
          made.id = data.plan.id + "-at-" + card.dataset.added;
          made.plan = data.plan.id;
          made.order = data.items.length + items.length + 1;
        }
        mine.forEach(function (fault) {
          var input = card.querySelector("[data-field='" + fault.field + "']");
          input.setAttribute("aria-invalid", "true");
          faults.push(card.querySelector(".head b").textContent + " " + input.parentNode.querySelector("span").textContent + "：" + fault.told);
          card.hidden = false;
        });
        items.push(made);
      });
      if (faults.length || !items.length) {
        said.textContent = faults.length ? said.dataset.faults + "\n" + faults.join("\n") : data.words.none;
        return;
      }
      var link = page.createElement("a");
      link.href = URL.createObjectURL(new Blob([written(data, planned(), issuers(), items)], { type: "application/json" }));
      link.download = data.file;
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 10000);
      touched = false;
      said.textContent = fill(data.words.saved, items.length);
    }

    cards.addEventListener("input", function () { touched = true; });
    page.getElementById("plan-fields").addEventListener("input", function () { touched = true; });
    cards.addEventListener("change", arrange);
    cards.addEventListener("focusin", function (event) {
      var card = event.target.closest(".card");
      if (card && card.dataset.added === undefined) { point(card.dataset.item); }
    });
    page.getElementById("text").addEventListener("click", function (event) {
      var piece = event.target.closest("[data-item]");
      if (!piece) { return; }
      point(piece.dataset.item);
      var card = page.getElementById("i" + piece.dataset.item);
      card.hidden = false;
      card.scrollIntoView({ block: "center" });
    });
    each(page.querySelectorAll("[data-add]"), function (button) { button.addEventListener("click", function () { add(button); }); });
    page.getElementById("shown").addEventListener("change", arrange);
    page.getElementById("ordered").addEventListener("change", order);
    page.getElementById("search").addEventListener("input", arrange);
    page.getElementById("save").addEventListener("click", save);
    page.defaultView.addEventListener("beforeunload", function (event) { if (touched) { event.preventDefault(); } });
    order();
    arrange();
  }

  return { start: start, taken: taken, record: record, written: written };
}());
if (typeof document !== "undefined") { KepuReview.start(document); }
