/** Secrets from where they should be: files of their own and systemd credentials. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { messageOf } from '../errors.ts';
import type { Fault } from './fault.ts';

/** How a secret can be given. At most one of the three may be. */
export interface SecretSources {
  /** Dotted path of the secret setting: `mqtt.password`. */
  readonly path: string;
  /** Its value where a config file, the environment or `--set` gives it, and which of them. */
  readonly direct: { readonly value: string; readonly source: string } | undefined;
  /** Absolute path of the file that `…File` names. */
  readonly file: string | undefined;
  /** systemd's folder of credentials: one named like the setting is taken. */
  readonly credentialsDirectory: string | undefined;
}

export interface ResolvedSecret {
  readonly value: string | null;
  readonly origin: 'none' | 'direct' | 'file' | 'credential';
  readonly source: string | undefined;
  readonly faults: readonly Fault[];
  readonly warnings: readonly Fault[];
}

const NOTHING: ResolvedSecret = { value: null, origin: 'none', source: undefined, faults: [], warnings: [] };

/** Finds a secret's value. What cannot be read, or is given twice, is a fault; what everyone can read, a warning. */
export function resolveSecret({ path, direct, file, credentialsDirectory }: SecretSources): ResolvedSecret {
  const credential = credentialsDirectory === undefined ? undefined : join(credentialsDirectory, path);
  const hasCredential = credential !== undefined && existsSync(credential);
  const places = [
    ...(direct === undefined ? [] : [direct.source]),
    ...(file === undefined ? [] : [`the file of ${path}File`]),
    ...(hasCredential ? ['a systemd credential'] : []),
  ];
  if (places.length > 1) {
    const reason = `is given more than once: by ${places.join(' and by ')}; keep one of them`;
    return { ...NOTHING, faults: [{ kind: 'secret', path, source: '', reason }] };
  }
  if (direct !== undefined) {
    const warnings = openToAll(path, fileOf(direct.source), 'holds this secret');
    return { ...NOTHING, value: direct.value, origin: 'direct', source: direct.source, warnings };
  }
  if (file !== undefined) {
    const read = readSecret(`${path}File`, file);
    return {
      ...NOTHING,
      ...read,
      origin: 'file',
      source: file,
      warnings: openToAll(`${path}File`, file, 'is a secret'),
    };
  }
  if (!hasCredential) return NOTHING;
  return { ...NOTHING, ...readSecret(path, credential), origin: 'credential', source: credential };
}

function readSecret(path: string, file: string): Pick<ResolvedSecret, 'value' | 'faults'> {
  try {
    const value = readFileSync(file, 'utf8').replace(/\r?\n$/, '');
    if (value !== '') return { value, faults: [] };
    return { value: null, faults: [{ kind: 'secret', path, source: file, reason: 'the file is empty' }] };
  } catch (error) {
    const reason = `the file cannot be read: ${messageOf(error)}`;
    return { value: null, faults: [{ kind: 'secret', path, source: '', reason }] };
  }
}

/** The file of a source such as `/etc/surfwatch/config.json:4:15`. */
function fileOf(source: string): string | undefined {
  return /^(?<file>\/.*):\d+:\d+$/.exec(source)?.groups?.file;
}

const READABLE_BY_OTHERS = 0o004;

function openToAll(path: string, file: string | undefined, what: string): Fault[] {
  const mode = file === undefined ? undefined : statSync(file, { throwIfNoEntry: false })?.mode;
  if (file === undefined || mode === undefined || (mode & READABLE_BY_OTHERS) === 0) return [];
  const reason = `${file} ${what} and everyone on this computer can read it; chmod 600 closes it`;
  return [{ kind: 'secret', path, source: '', reason }];
}
