/** The configuration as it is being changed: what is set, what that would come to, and how it is saved. */
import { batch, effect, signal } from '@preact/signals';
import { ask } from '../../api.ts';
import type { Session } from '../../session.ts';
import { t } from './texts.ts';

interface Config {
  /** Null: the daemon was started without one. */
  readonly file: string | null;
  readonly writable: boolean;
  readonly text: string;
  readonly etag: string;
  /** All settings in force, as a file has them, without secrets. */
  readonly settings: Settings;
}

interface Settings {
  readonly [name: string]: unknown;
}

interface Fault {
  /** `zones[0].name` */
  readonly path: string;
  readonly reason: string;
  readonly line?: number;
}

export interface Preview {
  readonly text: string;
  readonly diff: readonly { readonly kind: 'same' | 'added' | 'removed'; readonly line: string }[];
  readonly faults: readonly Fault[];
  /** Settings that hold only after a restart. */
  readonly restart: readonly string[];
}

export const config = signal<Config | null>(null);
/** New values by the path of their setting, as a file has them. */
export const changes = signal<Readonly<Record<string, unknown>>>({});
/** What the changes come to; null while there are none, or it is not known yet. */
export const preview = signal<Preview | null>(null);
/** Whether it is of the changes as they are: what was typed since must not be missing from what is saved. */
export const isUpToDate = signal(false);
/** Settings that were saved and wait for a restart. */
export const waiting = signal<readonly string[]>([]);

/** Stands in the place of a secret. */
export const SECRET = '[secret]';

/** Reads the configuration anew; changes that are not saved stay. */
export async function load(): Promise<void> {
  const read = await ask<Config>('GET', '/config');
  // It was of another text.
  if (read.etag !== config.value?.etag) preview.value = null;
  config.value = read;
}

/** The new value of a setting, else the one in force. */
export function settingValue<T>(path: string): T | undefined {
  const changed = changes.value;
  return (Object.hasOwn(changed, path) ? changed[path] : inForce(path)) as T | undefined;
}

function inForce(path: string): unknown {
  let value: unknown = config.value?.settings;
  for (const name of path.split('.')) value = (value as Settings | undefined)?.[name];
  return value;
}

/** Setting what holds already takes the change back. */
export function change(path: string, value: unknown): void {
  const { [path]: _, ...others } = changes.value;
  const isNew = JSON.stringify(value) !== JSON.stringify(inForce(path));
  changes.value = isNew ? { ...others, [path]: value } : others;
}

export function discard(): void {
  changes.value = {};
}

export function faultOf(path: string): string | undefined {
  return preview.value?.faults.find(fault => fault.path === path || fault.path.startsWith(`${path}[`))
    ?.reason;
}

/** A group of settings as it would be: `camera`, with all that is in it but secrets that nobody has typed. */
export function groupOf(name: string): Settings {
  const group = JSON.parse(
    JSON.stringify(inForce(name) ?? {}, (_, value: unknown) => (value === SECRET ? undefined : value)),
  );
  for (const [path, value] of Object.entries(changes.value)) {
    if (!path.startsWith(`${name}.`)) continue;
    const names = path.split('.').slice(1);
    const last = names.pop() ?? '';
    let inner = group;
    for (const step of names) {
      inner[step] ??= {};
      inner = inner[step] as Record<string, unknown>;
    }
    inner[last] = value;
  }
  return group;
}

/** @throws Refused: `web-conflict` where the file changed meanwhile */
export async function save(): Promise<void> {
  const [now, next] = [config.value, preview.value];
  if (now === null || next === null) return;
  const { restart } = await ask<{ restart: readonly string[] }>('PUT', '/config', {
    text: next.text,
    etag: now.etag,
  });
  waiting.value = [...new Set([...waiting.value, ...restart])];
  discard();
  await load();
}

const TRY_MS = 500;
/** A board with a slow card takes so long at most. */
const MOST_MS = 120_000;

/** Resolves when the daemon runs with the saved configuration. @throws Refused; where it does not come back here */
export async function restart(): Promise<void> {
  const startedOf = () => ask<Session>('GET', '/session').then(({ started }) => started);
  const before = await startedOf();
  const endMs = Date.now() + MOST_MS;
  await ask('POST', '/restart');
  while ((await startedOf().catch(() => before)) === before) {
    if (Date.now() > endMs) throw new Error(t('restart.gone'));
    await new Promise(resolve => setTimeout(resolve, TRY_MS));
  }
  waiting.value = [];
  await load();
}

/** So that not every key that is pressed asks. */
const PAUSE_MS = 250;

effect(() => {
  // Of another text it is another difference.
  void config.value?.etag;
  isUpToDate.value = false;
  const changed = Object.entries(changes.value).map(([path, value]) => ({ path, value }));
  if (changed.length === 0) {
    preview.value = null;
    return;
  }
  const asked = new AbortController();
  const timer = setTimeout(async () => {
    const next = await ask<Preview>('POST', '/config/preview', { changes: changed }).catch(() => null);
    if (asked.signal.aborted) return;
    batch(() => {
      preview.value = next;
      isUpToDate.value = true;
    });
  }, PAUSE_MS);
  return () => {
    clearTimeout(timer);
    asked.abort();
  };
});
