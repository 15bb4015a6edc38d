import { lazily } from "./lazily.tsx";

/** Where the time of a job went. */
export const TimeChart = lazily(async () => (await import("./time/time-chart.tsx")).TimeChart);
