/** Something to be told: good, neutral, a warning or a fault; and a fault of the daemon with its remedy. */
import type { ComponentChildren } from 'preact';
import { Refused } from '../api.ts';
import { FAULT_TEXTS } from '../fault-texts.ts';
import { language, text } from '../texts.ts';

interface NoticeProps {
  readonly kind: 'good' | 'info' | 'warn' | 'fault';
  readonly title?: string;
  /** Read aloud when it appears. */
  readonly isLive?: boolean;
  readonly children?: ComponentChildren;
}

export function Notice({ kind, title, isLive = false, children }: NoticeProps) {
  const role = isLive ? (kind === 'fault' ? 'alert' : 'status') : undefined;
  return (
    <div class={`notice ${kind}`} role={role}>
      {title !== undefined && <strong>{title}</strong>}
      {children !== undefined && <div>{children}</div>}
    </div>
  );
}

/** Nothing where there is none. */
export function Fault({ error }: { readonly error: unknown }) {
  if (error === null || error === undefined) return null;
  if (!(error instanceof Refused)) {
    return (
      <Notice kind="fault" title={text('offline')} isLive>
        {text('offline.remedy')}
      </Notice>
    );
  }
  const { code, message, remedy } = error;
  const says = faultText(code);
  return (
    <Notice kind="fault" title={says ?? message} isLive>
      {says === null ? remedy : <InEnglish message={message} code={code} />}
    </Notice>
  );
}

/** What the daemon says itself: it names what exactly is wrong. */
export function InEnglish({ message, code }: { readonly message: string; readonly code: string }) {
  return (
    <p class="small muted" lang="en">
      {message} ({code})
    </p>
  );
}

/** An error in the language of the page; null in English, and where the page has no words for it. */
export function faultText(code: string): string | null {
  if (language.value === 'en') return null;
  const texts: Readonly<Record<string, string>> = FAULT_TEXTS[language.value];
  return Object.hasOwn(texts, code) ? (texts[code] ?? null) : null;
}
