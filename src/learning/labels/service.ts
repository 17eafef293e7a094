/** Takes labels, whichever way they come: of frames the daemon has seen, and of pictures from anywhere. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import { SurfwatchError } from '../../errors.ts';
import type { Clock } from '../../ops/clock.ts';
import { serially } from '../../ops/serially.ts';
import type { Rectangle } from '../../vision/zone.ts';
import type { Archive, Label, LabelWay, NewFrame } from '../archive/types.ts';
import { checkLabels } from './names.ts';
import { LABEL_PICTURE_DEFAULTS, type LabelPictureOptions, readLabelPicture } from './picture.ts';

/** What is known of a picture once it has been looked at. */
export type EmbeddedPicture = Pick<
  NewFrame,
  'cells' | 'embeddings' | 'visibility' | 'head' | 'backbone' | 'novelty'
>;

export interface LabelServiceParts {
  readonly archive: Pick<
    Archive,
    'add' | 'frame' | 'frameOfPicture' | 'label' | 'undo' | 'labelOf' | 'counts'
  >;
  /** Frames seen lately, kept or not. */
  readonly recent: { get(id: string): NewFrame | undefined };
  /** Those of the head in force. */
  readonly activities: () => readonly string[];
  /** Names that may be given besides, as they are set. */
  readonly newActivities: readonly string[];
  /** @throws SurfwatchError `image-unreadable`, `image-too-large`; what the engine throws */
  readonly embedPicture: (jpeg: Buffer) => Promise<EmbeddedPicture>;
  /** A new ULID. */
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of each label that is on disk, and of each taken back. */
  readonly onLabelled?: (frames: readonly string[], way: LabelWay) => void;
  readonly picture?: Partial<LabelPictureOptions>;
}

export interface LabelFrames {
  readonly frames: readonly string[];
  /** Names as they were given; empty: none. */
  readonly labels: readonly string[];
  readonly rectangle?: Rectangle | undefined;
  readonly by?: string | undefined;
  /** Take a name that is not known as that of a new activity. */
  readonly allowNew?: boolean | undefined;
}

export interface Labelled {
  readonly frame: string;
  /** Those that hold now, sorted; empty: none. */
  readonly labels: readonly string[];
}

/** How a label came, and who gave it. */
export interface Giver {
  readonly way: LabelWay;
  readonly by?: string | undefined;
}

export interface LabelService {
  /**
   * Labels all of the frames or none. A label that holds already, by the same person in the same way, is not logged again.
   *
   * @returns when they are on disk
   * @throws SurfwatchError `label-malformed`, `label-activity-unknown`, `label-frame-unknown`, `disk-full`
   */
  labelFrames(
    request: LabelFrames,
    way: LabelWay,
  ): Promise<{ readonly labelled: readonly Labelled[]; readonly counts: Readonly<Record<string, number>> }>;
  /**
   * Labels a picture. The same bytes again are the same frame.
   *
   * @param bytes JPEG, PNG or WebP
   * @returns when picture and label are on disk
   * @throws SurfwatchError as `labelFrames`; `label-not-an-image`, `label-image-too-large`
   */
  labelImage(bytes: Buffer, names: readonly string[], giver: Giver): Promise<Labelled>;
  /**
   * Takes back the newest label of a frame.
   *
   * @returns what holds now, null where nothing does
   * @throws SurfwatchError `label-frame-unknown`, `label-none`
   */
  undo(frame: string, giver: Giver): { readonly frame: string; readonly labels: readonly string[] | null };
  /** @throws SurfwatchError `label-malformed`, `label-activity-unknown` */
  checkNames(names: readonly string[]): string[];
}

export function labelService(parts: LabelServiceParts): LabelService {
  const { archive, recent, clock, log } = parts;
  const limits = { ...LABEL_PICTURE_DEFAULTS, ...parts.picture };
  // Unpacked pictures are large; and of two that are the same the second finds the first.
  const inTurn = serially();

  const checkNames = (names: readonly string[], allowNew = false) => {
    // What was once labelled as new need not be called new again.
    const labelled = Object.keys(archive.counts().labels).filter(name => name !== 'none');
    const known = new Set([...parts.activities(), ...parts.newActivities, ...labelled]);
    return checkLabels(names, [...known], { allowNew });
  };

  /** Writes those that are not said already; all or none. */
  function write(frames: readonly string[], label: Label): void {
    const fresh = frames.filter(frame => !restates(archive.labelOf(frame), label));
    if (fresh.length === 0) return;
    archive.label(fresh.map(frame => ({ frame, label })));
    const { labels, by, way } = label;
    log.info({ frames: fresh.length, frame: fresh[0], labels, by, way }, 'labelled');
    parts.onLabelled?.(fresh, way);
  }

  async function labelFrames(request: LabelFrames, way: LabelWay) {
    const labels = checkNames(request.labels, request.allowNew);
    const frames = [...new Set(request.frames)];
    const unknown = frames.filter(id => archive.frame(id) === undefined && recent.get(id) === undefined);
    if (unknown.length > 0) throw unknownFrames(unknown);
    for (const id of frames) {
      const frame = archive.frame(id) === undefined ? recent.get(id) : undefined;
      if (frame !== undefined) await keep({ ...frame, because: 'label' });
    }
    const { rectangle, by = '' } = request;
    write(frames, { labels, by, way, at: clock.now(), ...(rectangle !== undefined && { rectangle }) });
    return { labelled: frames.map(frame => ({ frame, labels })), counts: archive.counts().labels };
  }

  async function labelImage(bytes: Buffer, names: readonly string[], { way, by = '' }: Giver) {
    const labels = checkNames(names);
    return inTurn(async () => {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const frame = archive.frameOfPicture(sha256) ?? (await keepPicture(bytes, sha256));
      write([frame], { labels, by, way, at: clock.now() });
      return { frame, labels };
    });
  }

  async function keepPicture(bytes: Buffer, sha256: string): Promise<string> {
    const picture = await readLabelPicture(bytes, limits);
    const seen = await parts.embedPicture(picture);
    const id = parts.newId();
    await keep({ ...seen, id, takenAt: clock.now(), because: 'image', picture, sha256 });
    // The archive knows the picture where it came in another file.
    return archive.frame(id) === undefined ? (archive.frameOfPicture(sha256) ?? id) : id;
  }

  async function keep(frame: NewFrame): Promise<void> {
    const outcome = await archive.add(frame);
    if (outcome === 'full') {
      throw new SurfwatchError(
        'disk-full',
        `no room in the archive for frame ${frame.id}, which is to be labelled`,
      );
    }
  }

  return {
    labelFrames,
    labelImage,
    checkNames,
    undo: (frame, { way, by = '' }) => {
      archive.undo(frame, { by, way, at: clock.now() });
      log.info({ frame, by, way }, 'label taken back');
      parts.onLabelled?.([frame], way);
      return { frame, labels: archive.labelOf(frame)?.labels ?? null };
    },
  };
}

/** A message that the broker delivers twice, or a folder that is read again, says nothing new. */
function restates(held: Label | undefined, { at: _, ...said }: Label): boolean {
  if (held === undefined) return false;
  const { at: _at, ...holds } = held;
  return isDeepStrictEqual(holds, said);
}

function unknownFrames(ids: readonly string[]): SurfwatchError {
  const [first = '', ...others] = ids;
  const more = others.length === 0 ? '' : ` and ${others.length} others`;
  return new SurfwatchError(
    'label-frame-unknown',
    `frame ${first}${more}: neither in the archive nor among those seen lately; nothing was labelled`,
  );
}
