/** What in a text belongs to one person or machine, and what stands there instead. */
const PRIVATE: readonly (readonly [RegExp, string])[] = [
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g, "<mail>"],
  [/\b(?:https?|ftp|ssh|file):\/\/[^\s"'<>)\]]+/gi, "<address>"],
  [/(?:\\\\[\w.$-]+\\|\b[A-Za-z]:[\\/])(?:[^\\/:*?"<>|\r\n,;]*[\\/])*[^\s\\/:*?"<>|,;()[\]]*/g, "<path>"],
  [/(?<![\w/.])~?\/(?:[^\s/"'<>()[\],;:]+\/)+[^\s/"'<>()[\],;:]*/g, "<path>"],
  [/(?<![\w/.])\.{1,2}\/[^\s"'<>()[\],;:]+/g, "<path>"],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, "<address>"],
  [/\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi, "<address>"],
  [
    /\b(S\/N|SN|serial(?: ?(?:number|no\.?|#))?|unique id|UID)(\s*(?:is|:|=|#)?\s*)['"]?[0-9a-z]{4,}['"]?/gi,
    "$1$2<serial>",
  ],
  [/\b(user(?:name)?|login|host(?:name)?|computer)(\s*[:=]\s*)\S+/gi, "$1$2<name>"],
  [/\b[\w.-]+@[\w.-]+(?=[:$#~ ]|$)/g, "<name>"],
  // Serial numbers by themselves: J-Link's nine digits, the 24 hex digits of an ST-Link, CMSIS-DAP's long ones.
  [/(?<![\w.])(?!0x)(?:\d{9,}|(?=[0-9a-f]*\d)[0-9a-f]{16,})(?![\w.])/gi, "<serial>"],
];

/** A text without paths, user names, hosts, addresses of the net and serial numbers. */
export const withoutPrivate = (text: string): string =>
  PRIVATE.reduce((rest, [pattern, instead]) => rest.replace(pattern, instead), text);
