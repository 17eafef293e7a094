/** The reasons that the daemon gives, in the language of the page. */
import { FORMATS, REASONS, type Reason, type ReasonCode } from '../../../messaging/reasons.ts';
import { REASON_TEXTS } from '../reason-texts.ts';
import { activityName, number, percent, text as sharedText, textsOf } from '../texts.ts';

const t = textsOf({ en: REASONS, ...REASON_TEXTS });

export function Reasons({ reasons }: { readonly reasons: readonly Reason[] }) {
  return (
    <ul>
      {reasons.map((reason, index) => (
        <li key={index}>{reasonText(reason)}</li>
      ))}
    </ul>
  );
}

/** In English where the page does not know the code, or a value of it is missing. */
function reasonText({ code, text, values }: Reason): string {
  if (!Object.hasOwn(REASONS, code)) return text;
  const known = Object.entries(values).map(([name, value]) => [name, written(name, value)] as const);
  const said = t(code as ReasonCode, Object.fromEntries(known));
  return /\{\w+\}/.test(said) ? text : said;
}

function written(name: string, value: string | number | null): string {
  const format = FORMATS[name as keyof typeof FORMATS];
  if (value === null) return sharedText('unknown');
  if (typeof value === 'string')
    return format === 'activity' ? value.split('+').map(activityName).join(' + ') : value;
  if (format === 'share') return percent(value, 1);
  return number(value, format === 'score' ? 2 : 0);
}
