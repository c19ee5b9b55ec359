// Draws the burn-up with Chart.js from the figures that stand beside its canvas; the words are the server's, the colours
// those of the style sheet. The table behind it says the same without a script.
(function () {
  "use strict";
  var PAPER = { width: 690, height: 250, ratio: 4 };  // of a page in portrait; four dots for each of the screen's
  var GAP = 8, CLEAR = 4, LINE = 1.4;  // from a dot to its label, from a line to a label; height of text by its size

  if (!window.Chart) {
    document.querySelectorAll(".chart-figure").forEach(function (figure) {
      figure.classList.add("is-table");
      figure.querySelector(".chart-rows").classList.remove("visually-hidden");
      figure.querySelectorAll("details.chart-table").forEach(function (table) { table.open = true; });
    });
    return;
  }

  function look(canvas) {
    var style = getComputedStyle(canvas);
    var colour = function (name) { return style.getPropertyValue("--" + name).trim(); };
    return { size: parseFloat(style.fontSize), family: style.fontFamily, colour: colour };
  }
  function bold(size, family) { return "600 " + size + "px " + family; }
  function dots(chart, number) { return chart.getDatasetMeta(number).data; }

  // Whether a line passes through a box or too near to it: the height of each of its pieces is looked at where the box begins and ends.
  function meets(box, line) {
    return line.some(function (end, number) {
      var start = line[number - 1];
      if (!start || end.x < box.left - CLEAR || start.x > box.right + CLEAR) { return false; }
      var heightAt = function (x) { return start.y + (end.y - start.y) * (x - start.x) / (end.x - start.x || 1); };
      var ends = [heightAt(Math.max(start.x, box.left - CLEAR)), heightAt(Math.min(end.x, box.right + CLEAR))];
      return Math.max.apply(null, ends) >= box.top - CLEAR && Math.min.apply(null, ends) <= box.bottom + CLEAR;
    });
  }

  // Places the label of what is signed off beside its last dot, where neither of the lines passes.
  function placeInside(chart, dot, width, height) {
    var lines = [dots(chart, 0), dots(chart, 1)], area = chart.chartArea, sides = [];
    [GAP, -height - GAP].forEach(function (down) {
      [GAP, -width - GAP].forEach(function (along) {
        sides.push({ left: dot.x + along, right: dot.x + along + width, top: dot.y + down, bottom: dot.y + down + height });
      });
    });
    return sides.find(function (box) {
      var isOutside = box.left < area.left || box.right > area.right || box.top < area.top || box.bottom > area.bottom;
      return !isOutside && !lines.some(function (line) { return meets(box, line); });
    }) || sides[2];
  }

  // Line of today, and the words at the end of each line.
  function marks(drawing, is) {
    var height = is.size * LINE, words = drawing.words;
    var present = drawing.weeks.findIndex(function (week) { return week.is_present; });

    function upright(chart, x, colour) {
      chart.ctx.strokeStyle = colour;
      chart.ctx.lineWidth = 1;
      chart.ctx.beginPath();
      chart.ctx.moveTo(x, chart.chartArea.top);
      chart.ctx.lineTo(x, chart.chartArea.bottom);
      chart.ctx.stroke();
    }
    function write(chart, text, left, top, colour) {
      chart.ctx.font = bold(is.size, is.family);
      chart.ctx.textAlign = "left";
      chart.ctx.textBaseline = "middle";
      chart.ctx.lineJoin = "round";
      chart.ctx.lineWidth = 4;
      chart.ctx.strokeStyle = is.colour("surface");
      chart.ctx.strokeText(text, left, top + height / 2);
      chart.ctx.fillStyle = colour;
      chart.ctx.fillText(text, left, top + height / 2);
    }
    return {
      id: "marks",
      beforeDatasetsDraw: function (chart) {
        var active = chart.tooltip.getActiveElements()[0];
        if (active) { upright(chart, active.element.x, is.colour("line")); }
        if (present !== -1) { upright(chart, dots(chart, 0)[present].x, is.colour("grey")); }
      },
      afterDatasetsDraw: function (chart) {
        var area = chart.chartArea, planned = dots(chart, 0), done = dots(chart, 1);
        var plannedTop = planned[planned.length - 1].y - height / 2, dot = done[done.length - 1];
        write(chart, words.planned, area.right + GAP, plannedTop, is.colour("grey"));
        if (present !== -1) {
          var x = planned[present].x;
          chart.ctx.font = is.size + "px " + is.family;
          chart.ctx.textAlign = x > area.right - 3 * is.size ? "right" : "center";  // clear of the label at the end
          chart.ctx.textBaseline = "middle";
          chart.ctx.fillStyle = is.colour("ink-soft");
          chart.ctx.fillText(words.today, x, area.top - height / 2);
        }
        if (!dot) { return; }
        chart.ctx.font = bold(is.size, is.family);
        var width = chart.ctx.measureText(words.signed_off).width;
        var place = placeInside(chart, dot, width, height);
        if (done.length === planned.length) {
          var beside = dot.y - height / 2;
          var away = beside >= plannedTop ? Math.max(beside, plannedTop + height) : Math.min(beside, plannedTop - height);
          place = { left: area.right + GAP, top: away };
        }
        write(chart, words.signed_off, place.left, place.top, is.colour("blue"));
      },
    };
  }

  function options(drawing, is, room) {
    var weeks = drawing.weeks, first = weeks[0].at, font = { size: is.size, family: is.family };
    return {
      animation: false,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      layout: { padding: { top: is.size * LINE, right: room } },
      scales: {
        x: {
          type: "linear",
          min: first,
          max: Math.max(weeks[weeks.length - 1].at, first + 86400),
          grid: { display: false },
          afterBuildTicks: function (axis) {
            axis.ticks = weeks.filter(function (week) { return !week.is_present; }).map(function (week) {
              return { value: week.at, label: week.day };
            });
          },
          ticks: {
            font: font, color: is.colour("ink-soft"), maxRotation: 0, autoSkipPadding: is.size * 1.5, includeBounds: false,
            callback: function (value) {
              return weeks.find(function (week) { return week.at === value; }).day;
            },
          },
        },
        y: {
          beginAtZero: true,
          suggestedMax: drawing.counted || 1,
          border: { display: false },
          grid: { color: is.colour("line-soft"), drawTicks: false },
          ticks: {
            font: font, color: is.colour("ink-soft"), precision: 0, maxTicksLimit: 6, padding: is.size * 0.6,
            callback: String,  // a formatter of numbers costs an old machine 80 ms
          },
        },
      },
      plugins: {
        filler: { drawTime: "beforeDraw" },  // the line of today lies over the area
        tooltip: {
          displayColors: false,
          backgroundColor: is.colour("ink"),
          titleFont: font,
          bodyFont: font,
          padding: is.size * 0.7,
          filter: function (item) { return item.datasetIndex === 0; },
          callbacks: {
            title: function (items) { return items.length ? weeks[items[0].dataIndex].title : ""; },
            label: function (item) { return weeks[item.dataIndex].figures; },
          },
        },
      },
    };
  }

  function lines(drawing, is) {
    var places = function (name) {
      return drawing.weeks.filter(function (week) { return week[name] !== null; }).map(function (week) {
        return { x: week.at, y: week[name] };
      });
    };
    return [
      {
        data: places("planned"), borderColor: is.colour("grey"), borderWidth: is.size * 0.15, borderDash: [6, 4],
        pointRadius: 0, clip: 5,
      },
      {
        data: places("signed_off"), borderColor: is.colour("blue"), borderWidth: is.size * 0.2, pointRadius: is.size * 0.24,
        pointBackgroundColor: is.colour("blue"), fill: "origin", backgroundColor: is.colour("blue-wash"), clip: 5,
      },
    ];
  }

  function draw(canvas) {
    var drawing = JSON.parse(canvas.closest("figure").querySelector("script[type='application/json']").textContent);
    var is = look(canvas), pen = canvas.getContext("2d");
    pen.font = bold(is.size, is.family);
    var isDoneToTheEnd = drawing.weeks[drawing.weeks.length - 1].signed_off !== null;
    var beside = isDoneToTheEnd ? [drawing.words.planned, drawing.words.signed_off] : [drawing.words.planned];
    var widest = Math.max.apply(null, beside.map(function (word) { return pen.measureText(word).width; }));
    return new window.Chart(canvas, {
      type: "line",
      data: { datasets: lines(drawing, is) },
      options: options(drawing, is, Math.ceil(widest) + 2 * GAP),
      plugins: [marks(drawing, is)],
    });
  }

  // What a swap has taken away is let go, what it has brought is drawn before the browser paints.
  function drawAll() {
    Object.values(window.Chart.instances).forEach(function (chart) {
      if (!chart.canvas.isConnected) { chart.destroy(); }
    });
    document.querySelectorAll("canvas[data-burn-up]").forEach(function (canvas) {
      if (!window.Chart.getChart(canvas)) { draw(canvas); }
    });
  }
  drawAll();
  document.addEventListener("htmx:afterSwap", drawAll);

  // The arrow keys go from week to week, as the pointer does.
  function show(chart, index) {
    var active = chart.data.datasets.map(function (set, number) { return { datasetIndex: number, index: index }; });
    active = active.filter(function (each) { return index >= 0 && index < dots(chart, each.datasetIndex).length; });
    chart.setActiveElements(active);
    chart.tooltip.setActiveElements(active, { x: 0, y: 0 });
    chart.render();
  }
  document.addEventListener("keydown", function (event) {
    var chart = event.target.matches("canvas[data-burn-up]") && window.Chart.getChart(event.target);
    if (!chart || event.ctrlKey || event.metaKey || event.altKey) { return; }
    var last = dots(chart, 0).length - 1, active = chart.tooltip.getActiveElements()[0];
    var index = active ? active.index : Math.max(0, dots(chart, 1).length - 1);
    var next = { ArrowLeft: active ? Math.max(0, index - 1) : index, ArrowRight: active ? Math.min(last, index + 1) : index,
                 Home: 0, End: last, Escape: -1 }[event.key];
    if (next === undefined) { return; }
    event.preventDefault();
    show(chart, next);
  });
  document.addEventListener("focusout", function (event) {
    var chart = event.target.matches("canvas[data-burn-up]") && window.Chart.getChart(event.target);
    if (chart) { show(chart, -1); }
  });

  // Paper has its own width and finer dots.
  window.addEventListener("beforeprint", function () {
    Object.values(window.Chart.instances).forEach(function (chart) {
      chart.options.devicePixelRatio = PAPER.ratio;
      chart.resize(PAPER.width, PAPER.height);
    });
  });
  window.addEventListener("afterprint", function () {
    Object.values(window.Chart.instances).forEach(function (chart) {
      chart.options.devicePixelRatio = undefined;
      chart.resize();
    });
  });
})();
