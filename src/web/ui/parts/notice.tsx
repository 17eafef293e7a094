/** Something to be told: good, neutral, a warning or a fault; and a fault of the daemon with its remedy. */
import type { ComponentChildren } from 'preact';
import { Refused } from '../api.ts';
import { text } from '../texts.ts';

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
  const isRefused = error instanceof Refused;
  return (
    <Notice kind="fault" title={isRefused ? error.message : text('offline')} isLive>
      {isRefused ? error.remedy : text('offline.remedy')}
    </Notice>
  );
}
