// Residents' pages work without this file. It adds: a draft on this phone, smaller photos, the receipt as a picture,
// reading aloud.
(function () {
  "use strict";
  var d = document, store = null, all = function (q, n) { return Array.prototype.slice.call((n || d).querySelectorAll(q)); };
  try { store = window.localStorage; store.getItem("x"); } catch (e) { store = null; }

  // A receipt that was closed on this phone does not come back with the back key.
  window.addEventListener("pageshow", function (ev) { if (ev.persisted && d.querySelector("[data-leave]")) location.reload(); });

  // Nor does a word whose receipt was shown, where the browser holds its pages in spite of Clear-Site-Data: the key of the
  // form that was sent is remembered in this tab, and a page with that key leads to an empty one.
  try {
    var tab = window.sessionStorage, last = d.querySelector('form[action="/say/send"]'), keyOf = function (f) { return f.elements.key.value; };
    if (last) last.addEventListener("submit", function () { tab.setItem("sending", keyOf(last)); });
    if (d.querySelector("[data-draft-done]") && tab.getItem("sending")) tab.setItem("sent:" + tab.getItem("sending"), "1");
    var first = d.querySelector('form[action^="/say/"]'), empty = function () {
      if (!tab.getItem("sent:" + keyOf(first))) return;
      d.body.textContent = "";
      location.replace("/say/what");
    };
    if (first) { empty(); window.addEventListener("pageshow", empty); }
  } catch (e) { store = null; }

  // A draft of form[data-draft] is kept while nothing in it asks for confidence ([data-quiet] ticked or
  // form[data-quiet]); choosing that removes it at once. A page with [data-draft-done] ends it.
  if (store) {
    var clear = function () { Object.keys(store).forEach(function (k) { if (k.indexOf("draft:") === 0) store.removeItem(k); }); };
    if (d.querySelector("[data-draft-done],form[data-quiet]")) clear();
    all("form[data-draft]").forEach(function (f) {
      var key = "draft:" + f.getAttribute("data-draft"), texts = all("textarea[name],input[type=text][name]", f);
      var quiet = function () { return all("[data-quiet]", f).some(function (e) { return e.checked; }); };
      if (quiet()) return clear();
      try {
        var old = JSON.parse(store.getItem(key) || "{}");
        texts.forEach(function (e) { if (!e.value && old[e.name]) e.value = old[e.name]; });
      } catch (e) { store.removeItem(key); }
      var save = function () {
        if (quiet()) return clear();
        var v = {};
        texts.forEach(function (e) { v[e.name] = e.value; });
        try { store.setItem(key, JSON.stringify(v)); all("[data-saved]").forEach(function (e) { e.hidden = false; }); } catch (e) { return; }
      };
      f.addEventListener("input", save);
      f.addEventListener("change", save);
    });
  }

  // Photos are drawn smaller before they are sent, which also leaves place and time of the picture behind. What cannot
  // be drawn is sent as it is; the server does the same once more.
  all("input[data-shrink]").forEach(function (input) {
    var box = d.createElement("div");
    box.className = "picked";
    input.parentNode.appendChild(box);
    input.addEventListener("change", function () {
      var most = +input.getAttribute("data-shrink"), files = Array.prototype.slice.call(input.files);
      box.textContent = "";
      Promise.all(files.map(function (file) {
        return new Promise(function (done) {
          var img = new Image(), src = URL.createObjectURL(file);
          img.onerror = function () { URL.revokeObjectURL(src); done(file); };
          img.onload = function () {
            var by = Math.min(1, most / Math.max(img.naturalWidth, img.naturalHeight)), c = d.createElement("canvas");
            c.width = Math.round(img.naturalWidth * by); c.height = Math.round(img.naturalHeight * by);
            c.getContext("2d").drawImage(img, 0, 0, c.width, c.height);
            img.alt = ""; box.appendChild(img);
            c.toBlob(function (b) {
              done(b && b.size < file.size ? new File([b], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" }) : file);
            }, "image/jpeg", 0.8);
          };
          img.src = src;
        });
      })).then(function (small) {
        try {
          var t = new DataTransfer();
          small.forEach(function (f) { t.items.add(f); });
          input.files = t.files;
        } catch (e) { return; }
      });
    });
  });

  // The receipt as a picture: the lines marked data-line and the QR code of the element that data-picture names. The
  // picture is shown too, because some phones only save by a long press.
  all("[data-picture]").forEach(function (b) {
    b.hidden = false;
    b.addEventListener("click", function () {
      var from = d.querySelector(b.getAttribute("data-picture")), qr = from.querySelector("svg.qr"), c = d.createElement("canvas");
      var rows = all("[data-line]", from), x = c.getContext("2d"), side = 420, y = 90;
      c.width = 720; c.height = 90 + rows.length * 62 + (qr ? side + 30 : 30);
      x.fillStyle = "#fff"; x.fillRect(0, 0, c.width, c.height);
      x.fillStyle = "#17232a"; x.textAlign = "center";
      rows.forEach(function (r) {
        x.font = (r.getAttribute("data-line") === "big" ? "bold 46px" : "32px") + " sans-serif";
        x.fillText(r.innerText.replace(/\s+/g, " "), 360, y, 680); y += 62;
      });
      if (qr) {
        x.setTransform(side / qr.viewBox.baseVal.width, 0, 0, side / qr.viewBox.baseVal.width, 150, y - 40);
        x.fillStyle = "#000"; x.fill(new Path2D(qr.lastElementChild.getAttribute("d")));
      }
      var url = c.toDataURL("image/png"), a = d.createElement("a"), shown = d.getElementById("picture") || d.createElement("img");
      shown.id = "picture"; shown.src = url; shown.alt = b.textContent; shown.className = "card"; shown.style.maxWidth = "100%";
      b.parentNode.parentNode.insertBefore(shown, b.parentNode.nextSibling);
      a.href = url; a.download = (b.getAttribute("data-name") || "receipt") + ".png"; a.click();
    });
  });

  // Reading aloud, where the phone can.
  if (window.speechSynthesis && window.SpeechSynthesisUtterance) all("[data-read]").forEach(function (b) {
    b.hidden = false;
    b.addEventListener("click", function () {
      var on = speechSynthesis.speaking;
      speechSynthesis.cancel();
      b.setAttribute("aria-pressed", String(!on));
      if (on) return;
      var u = new SpeechSynthesisUtterance(d.querySelector(b.getAttribute("data-read")).innerText);
      u.lang = d.documentElement.lang; u.rate = 0.9;
      u.onend = function () { b.setAttribute("aria-pressed", "false"); };
      speechSynthesis.speak(u);
    });
  });
})();
