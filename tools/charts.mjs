// What of Chart.js the pages use: lines over weeks, filled below, with tooltips. Built by tools/vendor.mjs.
import { CategoryScale, Chart, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";

Chart.register(CategoryScale, Filler, LinearScale, LineController, LineElement, PointElement, Tooltip);
globalThis.Chart = Chart;
