// Staff pages work without this file. It adds: keys on lists, drafts kept in this browser, copying, asking twice.
(function () {
  "use strict";
  var d = document, store = null, all = function (q, n) { return Array.prototype.slice.call((n || d).querySelectorAll(q)); };
  try { store = window.localStorage; store.getItem("x"); } catch (e) { store = null; }

  // What is chosen stands in view in its own box, and a chart shows its end. The boxes scroll, the page does not.
  all(".menu,[data-list]").forEach(function (box) {
    var on = box.querySelector("[aria-current]");
    if (!on) return;
    var a = on.getBoundingClientRect(), b = box.getBoundingClientRect();
    box.scrollLeft += a.left - b.left - (b.width - a.width) / 2;
    box.scrollTop += a.top - b.top - (Math.min(b.height, window.innerHeight - b.top) - a.height) / 2;
  });
  all(".wide-bars").forEach(function (box) { box.scrollLeft = box.scrollWidth; });

  // Keys: J and K walk the list, and any element with data-key answers to its key.
  var off = function () { return store && store.getItem("keys") === "off"; };
  var typing = function (e) { return e && (e.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(e.tagName)); };
  d.addEventListener("keydown", function (ev) {
    if (off() || ev.ctrlKey || ev.metaKey || ev.altKey || ev.isComposing || typing(ev.target)) return;
    var key = ev.key.toLowerCase();
    if (key === "j" || key === "k") {
      var items = all("[data-list] a.item"), at = items.indexOf(d.activeElement);
      if (at < 0) at = items.findIndex(function (i) { return i.hasAttribute("aria-current"); });
      var to = items[at < 0 ? 0 : at + (key === "j" ? 1 : -1)];
      if (to) { to.focus(); ev.preventDefault(); }
      return;
    }
    var target = all("[data-key]").find(function (e) { return e.getAttribute("data-key") === key; });
    if (!target) return;
    ev.preventDefault();
    if (typing(target)) target.focus();
    else if (target.tagName === "DETAILS") target.open = !target.open;
    else target.click();
  });
  all("[data-keys]").forEach(function (b) {
    if (!store) return;
    var say = function () { b.textContent = b.getAttribute(off() ? "data-on" : "data-off"); };
    b.hidden = false; say();
    b.addEventListener("click", function () { store.setItem("keys", off() ? "on" : "off"); say(); });
  });

  // Drafts: form[data-draft="name"] is kept until the server has taken it. A form without data-draft, or with a ticked
  // [data-quiet], leaves nothing behind. A draft that was sent is dropped once a page comes that is neither the form
  // again nor the sign-in. Signing out clears them all.
  if (store) {
    var names = function () { return Object.keys(store).filter(function (k) { return k.indexOf("draft:") === 0; }); };
    var quiet = function (f) { return all("[data-quiet]", f).some(function (e) { return e.checked; }); };
    var fields = function (f) {
      return all("textarea[name],select[name],input[name]", f).filter(function (e) { return !/^(hidden|password|file|submit)$/.test(e.type); });
    };
    var forms = all("form[data-draft]"), key = function (f) { return "draft:" + f.getAttribute("data-draft"); };
    var signIn = location.pathname === "/login";
    names().forEach(function (k) {
      var v = JSON.parse(store.getItem(k));
      if (!v.sent) return;
      v.sent = signIn ? 0 : v.sent;
      if (signIn || forms.some(function (f) { return key(f) === k; }) && d.querySelector(".errsum")) store.setItem(k, JSON.stringify({ sent: 0, f: v.f }));
      else store.removeItem(k);
    });
    forms.forEach(function (f) {
      var timer, back = false, save = function () {
        if (quiet(f)) return store.removeItem(key(f));
        var v = {};
        fields(f).forEach(function (e, i) { v[e.name + "#" + i] = /^(radio|checkbox)$/.test(e.type) ? e.checked : e.value; });
        try { store.setItem(key(f), JSON.stringify({ sent: 0, f: v })); } catch (e) { return; }
      };
      var old = store.getItem(key(f));
      if (old && !d.querySelector(".errsum")) {
        old = JSON.parse(old).f;
        fields(f).forEach(function (e, i) {
          var v = old[e.name + "#" + i];
          if (v === undefined) return;
          var was = typeof v === "boolean" ? e.checked : e.value;
          if (typeof v === "boolean") e.checked = v; else if (!was || e.tagName === "SELECT") e.value = v;
          back = back || was !== (typeof v === "boolean" ? e.checked : e.value);
        });
      }
      var drop = function () { clearTimeout(timer); store.removeItem(key(f)); };
      all("[data-drop]", f).forEach(function (a) { a.addEventListener("click", drop); });
      if (back) { // what somebody else said must not go on under another's name
        var note = d.createElement("p"), anew = d.createElement("button");
        note.className = "note"; note.setAttribute("role", "status"); note.id = "draft";
        anew.type = "button"; anew.className = "btn sm ghost"; anew.textContent = d.body.getAttribute("data-anew");
        note.append(d.body.getAttribute("data-restored"), " ", anew); f.prepend(note);
        anew.addEventListener("click", function () { drop(); f.reset(); note.remove(); f.dispatchEvent(new Event("change")); });
      }
      f.addEventListener("input", function () { clearTimeout(timer); timer = setTimeout(save, 400); });
      f.addEventListener("submit", function () {
        clearTimeout(timer); save();
        var v = store.getItem(key(f));
        if (v) store.setItem(key(f), JSON.stringify({ sent: 1, f: JSON.parse(v).f }));
      });
    });
    all('form[action="/logout"]').forEach(function (f) {
      f.addEventListener("submit", function () { names().forEach(function (k) { store.removeItem(k); }); });
    });
  }

  // Fields of one answer: [data-when="kind=petition,help"] is hidden while another is chosen. Drafts are back by now.
  all("[data-when]").forEach(function (e) {
    var w = e.getAttribute("data-when").split("="), f = e.closest("form"), show = function () {
      e.hidden = !all('[name="' + w[0] + '"]', f).some(function (x) {
        return (x.checked || !/^(radio|checkbox)$/.test(x.type)) && w[1].split(",").indexOf(x.value) >= 0;
      });
    };
    f.addEventListener("change", show); show();
  });

  // [data-check="/path"] asks at once whether what stands in its fields is known, and says so in its [role=status].
  all("[data-check]").forEach(function (e) {
    var out = e.querySelector("[role=status]");
    e.addEventListener("change", function () {
      var q = new URLSearchParams();
      all("input[name],select[name]", e.closest("form")).forEach(function (x) {
        if (e.contains(x) || x.name === "channel" && x.checked) q.set(x.name, x.value);
      });
      fetch(e.getAttribute("data-check") + "?" + q).then(function (r) { return r.json(); }).then(function (v) {
        out.textContent = v.says || ""; out.className = v.says ? "note warn" : "";
        if (!v.href) return;
        var a = d.createElement("a"); a.href = v.href; a.textContent = v.linked;
        out.append(" ", a);
      });
    });
  });

  // [data-insert] is put where the cursor stands, or stood last, in the field that data-into names; at first that is its end.
  all("[data-insert]").forEach(function (b) {
    var f = d.querySelector(b.getAttribute("data-into"));
    b.hidden = false;
    if (d.activeElement !== f && !f.selectionEnd) f.setSelectionRange(f.value.length, f.value.length);
    b.addEventListener("click", function () {
      f.focus();
      f.setRangeText(b.getAttribute("data-insert"), f.selectionStart, f.selectionEnd, "end");
      f.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });

  // Copying, printing, asking twice.
  all("[data-copy]").forEach(function (b) {
    if (!navigator.clipboard) return;
    b.hidden = false;
    b.addEventListener("click", function () {
      var from = d.querySelector(b.getAttribute("data-copy"));
      navigator.clipboard.writeText("value" in from ? from.value : from.innerText).then(function () {
        if (b.hasAttribute("data-done")) b.textContent = b.getAttribute("data-done");
      });
    });
  });
  all("[data-print]").forEach(function (b) { b.hidden = false; b.addEventListener("click", function () { window.print(); }); });
  d.addEventListener("submit", function (ev) {
    var ask = (ev.submitter || ev.target).getAttribute("data-confirm") || ev.target.getAttribute("data-confirm");
    if (ask && !window.confirm(ask)) ev.preventDefault();
  }, true);
})();
