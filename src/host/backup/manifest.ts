/** What a backup says of itself, in `manifest.json`; and which names may be in it. */
import { z } from 'zod';
import { SurfwatchError } from '../../errors.ts';

/** Raised when a program of before could not read a backup. */
const FORMAT = 1;
export const MANIFEST = 'manifest.json';
/** What the names of the files of the state folder, and of the config, begin with. */
export const STATE_PREFIX = 'state/';
export const CONFIG_PREFIX = 'config/';
/** Of a name, and of each of its parts: what file systems take. */
const MAX_NAME_BYTES = 1024;
const MAX_PART_BYTES = 255;

const fileSchema = z.object({
  path: z.string(),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifestSchema = z.object({
  format: z.literal(FORMAT),
  /** Of the program that made it. */
  surfwatch: z.string(),
  createdAt: z.iso.datetime(),
  site: z.string(),
  /** Name of the computer. */
  host: z.string(),
  pictures: z.boolean(),
  /** Databases that were damaged, and so were left out. */
  damaged: z.array(z.string()),
  /** Where the config files were, in the order in which they are laid over each other. */
  config: z.array(z.string()),
  files: z.array(fileSchema),
});

export type Manifest = z.infer<typeof manifestSchema>;
export type ArchivedFile = z.infer<typeof fileSchema>;
/** What is known of a backup before its files are read. */
export type Origin = Omit<Manifest, 'format' | 'files'>;

export function manifestText(origin: Origin, files: readonly ArchivedFile[]): string {
  return `${JSON.stringify({ format: FORMAT, ...origin, files })}\n`;
}

/** @param place the archive, for the message @throws SurfwatchError `backup-unreadable` */
export function readManifest(text: string, place: string): Manifest {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw new SurfwatchError('backup-unreadable', `${place}: its manifest is no JSON`, { cause: error });
  }
  const { format } = z.looseObject({ format: z.unknown() }).catch({ format: null }).parse(content);
  if (typeof format === 'number' && format > FORMAT) {
    const what = `it has format ${format}, of a newer surfwatch; this one knows ${FORMAT} at most`;
    throw new SurfwatchError('backup-unreadable', `${place}: ${what}`);
  }
  const read = manifestSchema.safeParse(content);
  if (read.success) return read.data;
  throw new SurfwatchError('backup-unreadable', `${place}: its manifest: ${z.prettifyError(read.error)}`);
}

/** Name of the config file of that place among several. */
export function configName(index: number): string {
  return `${CONFIG_PREFIX}${index}.json`;
}

/**
 * Whether a file of that name may be put into a folder: relative, of plain parts, in one of the two folders of a backup.
 * What this program never puts there, a lock say, is no such name.
 */
export function isArchiveName(name: string): boolean {
  if (Buffer.byteLength(name) > MAX_NAME_BYTES || !/^(state|config)\/./.test(name)) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is looked for
  if (/[\\:\u0000-\u001f\u007f]/.test(name)) return false;
  const parts = name.split('/');
  if (parts.some(part => part === '' || part === '.' || part === '..')) return false;
  if (parts.some(part => Buffer.byteLength(part) > MAX_PART_BYTES)) return false;
  return !/^state\/(backups|restore|restore\.new|lock\.(db|db-journal|json))(\/|$)/.test(name);
}

/** The first name that others lie beneath, as if it were a folder too; undefined where there is none. */
export function nameThatIsFolder(names: readonly string[]): string | undefined {
  const all = new Set(names);
  return names
    .flatMap(name => name.split('/').map((_, at, parts) => parts.slice(0, at).join('/')))
    .find(folder => all.has(folder));
}
