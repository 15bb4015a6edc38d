/**
 * Words with which a tool or a system says that something went wrong, by the language of its messages. An entry is for
 * ASCII lines or for others: one that mixes both would miss its ASCII words in the former.
 */
const ERROR_WORDS: { readonly [language: string]: readonly string[] } = {
  english: [
    "err(?:or)?s?",
    "fail(?:ed|ures?|s|ing)?",
    "fatal",
    "panic(?:ked)?",
    "abort(?:ed|ing)?",
    "exception",
    "traceback",
    "time[ds]?[ -]?outs?",
    "timeout",
    "timed out",
    "can ?not",
    "can['\u2019]t",
    "could ?n(?:o|['\u2019])t",
    "couldn['\u2019]t",
    "could not",
    "unable",
    "denied",
    "refused",
    "rejected",
    "invalid",
    "illegal",
    "not (?:found|connected|responding|supported|recogni[sz]ed|halted|accessible|available|allowed|permitted|possible|match(?:ing)?|blank|examined|running|present|answer\\w*)",
    "no (?:such|device|probe|target|response|answer|ack|reply|power|dfu|match\\w*)",
    "mismatch(?:es)?",
    "missing",
    "unexpected",
    "unsupported",
    "unrecogni[sz]ed",
    "unknown",
    "violation",
    "faults?(?:ed)?",
    "hard ?fault",
    "locked",
    "protected",
    "secured?",
    "corrupt(?:ed)?",
    "disconnected",
    "lost",
    "wrong",
    "bad",
    "broken",
    "refus\\w+",
    "unreachable",
    "incompatible",
    "exceed(?:s|ed)",
    "overflow(?:ed|s)?",
    "does(?: no|n['\u2019])t",
    "did(?: no|n['\u2019])t",
    "nack",
    "no ack",
    "differ(?:s|ent)?",
  ],
  german: [
    "fehler\\w*",
    "fehlgeschlagen",
    "verweigert",
    "ung\u00fcltig\\w*",
    "nicht (?:gefunden|gestattet)",
    "nicht m\u00f6glich",
    "konnte nicht",
  ],
  french: ["erreurs?", "\u00e9chec", "\u00e9chou\u00e9e?", "refus\u00e9e?", "introuvable", "impossible", "aucun"],
  spanish: [
    "fallo",
    "fall\u00f3",
    "fallida",
    "denegado",
    "no se (?:puede|pudo|encuentra)",
    "no se encontr\u00f3",
    "inv\u00e1lid[oa]",
  ],
  italian: ["errore", "fallit[oa]", "negato", "impossibile", "non (?:trovato|riuscito)"],
  portuguese: ["erros?", "falhou", "falha", "negado", "n\u00e3o (?:foi|encontrad\\w+|pode)"],
  dutch: ["fout", "mislukt", "geweigerd", "kan niet"],
  polish: ["b\u0142\u0105d", "odmowa", "nie znaleziono", "nie (?:mo\u017cna|powiod\u0142o)"],
};

/** The same in scripts that have no word boundaries a pattern could use. */
const ERROR_SIGNS: readonly string[] = [
  "\u043e\u0448\u0438\u0431\u043a",
  "\u043d\u0435 \u0443\u0434\u0430",
  "\u043e\u0442\u043a\u0430\u0437\u0430\u043d\u043e",
  "\u9519\u8bef",
  "\u5931\u8d25",
  "\u932f\u8aa4",
  "\u5931\u6557",
  "\u62d2\u7edd",
  "\u65e0\u6cd5",
  "\u7121\u6cd5",
  "\u30a8\u30e9\u30fc",
  "\u62d2\u5426",
  "\u3067\u304d\u307e\u305b\u3093",
  "\uc624\ub958",
  "\uc2e4\ud328",
  "\uac70\ubd80",
  "\u2717",
  "\u2718",
  "\u274c",
];

const WORDS = new RegExp(
  `(?:^|[^\\p{L}])(?:${Object.values(ERROR_WORDS).flat().join("|")})(?![\\p{L}])|${ERROR_SIGNS.join("|")}`,
  "iu",
);

const ASCII = new RegExp(`\\b(?:${plainAscii().join("|")})\\b`, "i");
const ONLY_ASCII = /^[ -~]*$/;

function plainAscii(): readonly string[] {
  return Object.values(ERROR_WORDS)
    .flat()
    .map((word) => word.replace("\u2019", ""))
    .filter((word) => /^[ -~]*$/.test(word));
}

const hasWord = (text: string): boolean => (ONLY_ASCII.test(text) ? ASCII : WORDS).test(text);

/** Counts of nothing, and names of options that hold such a word, are no errors. */
const HARMLESS =
  /\b(?:0|no|zero|without(?: any)?) (?:err(?:or)?(?:\(s\)|s)?|fail(?:ures?|ed)|warnings?|mismatch(?:es)?)\b|\b(?:errors?|failures?|failed)\s*[:=]\s*0\b|--?[\w-]*(?:error|fail)[\w-]*|exit ?on ?error\w*|\bon[_-]error\b|\b(?:un)?locked by default\b/gi;

/** Whether a line looks like a report of a failure; a line too many is quoted rather than one too few. */
export function looksLikeError(text: string): boolean {
  if (!hasWord(text)) return false;
  const rest = text.replace(HARMLESS, " ");
  return rest === text || hasWord(rest);
}
