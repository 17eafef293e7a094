/** A small page to be embedded in others: what is on the water now. It needs no script; it loads itself again. */
import { createHash } from 'node:crypto';
import { type Html, html, trusted } from '../base/html.ts';

/** What `/widget.json` answers. */
export interface WidgetState {
  readonly site: string;
  /** `none` where nobody is there, `unknown` where nobody can say. */
  readonly activity: string;
  /** Riders of each activity; null where they are not counted. */
  readonly count: Readonly<Record<string, number>> | null;
  /** Since when the activity holds, ISO 8601 (UTC); null where nothing is known yet. */
  readonly since: string | null;
  /** Whether it holds now: false where nobody looks, or the daemon has not heard from the camera. */
  readonly fresh: boolean;
}

export interface WidgetOptions {
  /** IANA name: whose time is written. */
  readonly timeZone: string;
  /** Header `Accept-Language`, or a language alone. */
  readonly language: string;
}

const REFRESH_S = 30;

const TEXTS = {
  en: {
    surfing: 'Surfing',
    windsurfing: 'Windsurfing',
    kitesurfing: 'Kitesurfing',
    none: 'Nobody',
    unknown: 'Unknown',
    since: 'since',
    stale: 'not up to date',
  },
  de: {
    surfing: 'Wellenreiten',
    windsurfing: 'Windsurfen',
    kitesurfing: 'Kitesurfen',
    none: 'Niemand',
    unknown: 'Unbekannt',
    since: 'seit',
    stale: 'nicht aktuell',
  },
  fr: {
    surfing: 'Surf',
    windsurfing: 'Planche à voile',
    kitesurfing: 'Kitesurf',
    none: 'Personne',
    unknown: 'Inconnu',
    since: 'depuis',
    stale: 'pas à jour',
  },
  es: {
    surfing: 'Surf',
    windsurfing: 'Windsurf',
    kitesurfing: 'Kitesurf',
    none: 'Nadie',
    unknown: 'Desconocido',
    since: 'desde',
    stale: 'no actualizado',
  },
  pt: {
    surfing: 'Surf',
    windsurfing: 'Windsurf',
    kitesurfing: 'Kitesurf',
    none: 'Ninguém',
    unknown: 'Desconhecido',
    since: 'desde',
    stale: 'desatualizado',
  },
} as const satisfies Record<string, Record<string, string>>;

type Language = keyof typeof TEXTS;

const STYLE = `
:root { color-scheme: light dark; font: 16px/1.4 system-ui, sans-serif; }
body { margin: 0; padding: 14px 16px; color: light-dark(#10252e, #e6eff2); background: light-dark(#fff, #132027); overflow-wrap: anywhere; }
p { margin: 0; }
h1 { margin: 0; font-size: 1.5rem; line-height: 1.2; }
ul { display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 4px 0; padding: 0; list-style: none; }
.muted { font-size: 0.875rem; color: light-dark(#51666f, #9bb1ba); }
.stale { font-weight: 600; color: light-dark(#8a5200, #f5bd5f); }
`;

/** The header `Content-Security-Policy`: other sites may embed it, and nothing is loaded. */
export const WIDGET_POLICY = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; base-uri 'none'; form-action 'none'; frame-ancestors *`;

export function widgetPage(state: WidgetState, options: WidgetOptions): Html {
  const { site, activity, count, since, fresh } = state;
  const language = languageOf(options.language);
  const nameOf = (name: string) =>
    Object.hasOwn(TEXTS[language], name) ? TEXTS[language][name as 'none'] : name;
  const counts = Object.entries(count ?? {}).filter(([, riders]) => riders > 0);
  return html`<!doctype html>
<html lang="${language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="${REFRESH_S}">
<title>${site}: ${nameOf(activity)}</title>
<style>${trusted(STYLE)}</style>
</head>
<body>
<h1>${nameOf(activity)}</h1>
${counts.length > 0 && html`<ul>${counts.map(([name, riders]) => html`<li><strong>${riders}</strong> ${nameOf(name)}</li>`)}</ul>`}
<p class="muted">${site}${since !== null && ` · ${TEXTS[language].since} ${timeOf(since, language, options.timeZone)}`}</p>
${!fresh && html`<p class="stale">${TEXTS[language].stale}</p>`}
</body>
</html>
`;
}

/** The first language of the header that there is; browsers name the best first. */
function languageOf(accepted: string): Language {
  const codes = accepted.split(',').map(one => one.trim().slice(0, 2).toLowerCase());
  return codes.find((code): code is Language => Object.hasOwn(TEXTS, code)) ?? 'en';
}

function timeOf(time: string, language: Language, timeZone: string): string {
  return new Intl.DateTimeFormat(language, { timeZone, dateStyle: 'medium', timeStyle: 'short' }).format(
    new Date(time),
  );
}
