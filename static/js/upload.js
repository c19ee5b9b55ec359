// Uploads file by file with a bar each. Without it the form sends all files at once and says the same things.
(function () {
  "use strict";

  document.querySelectorAll("form[data-upload]").forEach(function (form) {
    var list = form.querySelector("[data-upload-list]");
    var zone = form.querySelector("[data-upload-drop]");
    var button = form.querySelector("button[type=submit]");
    var inputs = zone.querySelectorAll("input[type=file]");
    var isSingle = !zone.querySelector("input[multiple]");
    var waiting = []; // {file, line, bar, words, state}
    var isBusy = false;

    function element(name, className, words) {
      var node = document.createElement(name);
      node.className = className;
      if (words) { node.textContent = words; }
      return node;
    }

    function size(bytes) {
      var million = 1024 * 1024;
      return bytes < million ? Math.ceil(bytes / 1024) + " KB" : (bytes / million).toFixed(1) + " MB";
    }

    function add(file) {
      if (isSingle) { waiting.slice().forEach(take_off); }
      var entry = { file: file, line: element("li", ""), words: element("span", "muted small"), reason: element("div", "upload-reason") };
      var row = element("div", "file-line");
      entry.bar = document.createElement("progress");
      entry.bar.max = 100;
      entry.bar.value = 0;
      entry.bar.setAttribute("aria-label", file.name);
      entry.bar.hidden = true;
      entry.remove = element("button", "btn btn-link btn-sm", form.dataset.remove);
      entry.remove.type = "button";
      entry.remove.addEventListener("click", function () { take_off(entry); });
      row.append(element("span", "", file.name), element("span", "muted small", size(file.size)), entry.words, entry.remove);
      entry.line.append(row, entry.bar, entry.reason);
      list.append(entry.line);
      list.hidden = false;
      if (file.size > Number(form.dataset.limit)) { refuse(entry, form.dataset.tooLarge, true); }
      waiting.push(entry);
    }

    function take_off(entry) {
      if (isBusy) { return; }
      entry.line.remove();
      waiting = waiting.filter(function (other) { return other !== entry; });
      list.hidden = !list.children.length;
    }

    function refuse(entry, reason, isFinal) {
      entry.reason.textContent = reason;
      entry.bar.hidden = true;
      entry.words.textContent = "";
      entry.isRefused = isFinal;
    }

    inputs.forEach(function (input) {
      input.addEventListener("change", function () {
        Array.prototype.forEach.call(input.files, add);
        input.value = "";
      });
    });
    ["dragover", "dragleave", "drop"].forEach(function (name) {
      zone.addEventListener(name, function (event) {
        event.preventDefault();
        zone.classList.toggle("is-drag-over", name === "dragover");
        if (name === "drop") { Array.prototype.forEach.call(event.dataTransfer.files, add); }
      });
    });

    function reasons_of(request) {
      if (request.responseURL.indexOf("/login/") !== -1) { return form.dataset.ended; }
      if (request.status === 403 || request.status === 404) { return form.dataset.forbidden; }
      try { return JSON.parse(request.responseText).reasons.join(" "); } catch (error) { return form.dataset.broken; }
    }

    function send(entry, next) {
      var data = new FormData(form);
      data.delete("uploads");
      data.append("uploads", entry.file, entry.file.name);
      var request = new XMLHttpRequest();
      entry.bar.hidden = false;
      entry.reason.textContent = "";
      request.upload.addEventListener("progress", function (event) {
        if (!event.lengthComputable) { return; }
        entry.bar.value = Math.floor(event.loaded * 100 / event.total);
        entry.words.textContent = entry.bar.value + " %";
      });
      request.addEventListener("load", function () {
        if (request.status === 201) {
          entry.isDone = true;
          entry.bar.value = 100;
          entry.words.textContent = form.dataset.done;
          entry.remove.remove();
        } else { refuse(entry, reasons_of(request), false); }
        next();
      });
      request.addEventListener("error", function () { refuse(entry, form.dataset.broken, false); next(); });
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.send(data);
    }

    function send_next(queue) {
      var entry = queue.shift();
      if (entry) { send(entry, function () { send_next(queue); }); return; }
      isBusy = false;
      button.disabled = false;
      waiting = waiting.filter(function (each) { return !each.isDone; });
      if (!waiting.length) { window.location.assign(form.dataset.back); }
    }

    form.addEventListener("submit", function (event) {
      var queue = waiting.filter(function (entry) { return !entry.isRefused; });
      if (!waiting.length) { return; } // the server says that a file is missing
      event.preventDefault();
      if (isBusy || !queue.length) { return; }
      isBusy = true;
      button.disabled = true;
      send_next(queue);
    });

    window.addEventListener("beforeunload", function (event) { if (isBusy) { event.preventDefault(); } });
  });
})();
