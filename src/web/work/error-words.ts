// The words for an error, which a page loads with its first one.

export { inCliWords } from "../../report/advice-words.ts";
export { errorReport } from "../../report/error-report.ts";
