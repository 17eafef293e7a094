/** Takes labels, whichever way they come: of frames the daemon has seen, and of pictures from anywhere. */
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { Logger } from 'pino';
import type { Clock } from '../../base/clock.ts';
import type { Point, Rectangle } from '../../base/geometry.ts';
import { serially } from '../../base/serially.ts';
import { SurfwatchError } from '../../errors.ts';
import { isPointing, type Said } from '../../messaging/label-payload.ts';
import { detectionsOf } from '../archive/detections-of.ts';
import { notShown } from '../archive/points.ts';
import type { Archive, Label, LabelWay, NewFrame, Pointing } from '../archive/types.ts';
import { checkLabels } from './names.ts';
import { LABEL_PICTURE_DEFAULTS, type LabelPictureOptions, readLabelPicture } from './picture.ts';
import { chosenPoints, labelsOf, pointingOf } from './pointing.ts';

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
  /** Those of the head in use. */
  readonly activities: () => readonly string[];
  /** Names that may be given besides, as they are set. */
  readonly newActivities: readonly string[];
  /** @throws SurfwatchError `image-unreadable`, `image-too-large`; what the engine throws */
  readonly embedPicture: (jpeg: Buffer, points?: readonly Point[]) => Promise<EmbeddedPicture>;
  /**
   * Has the cells at these points of a frame in the archive read from its picture, and kept.
   *
   * @returns false where there is no picture of it
   * @throws SurfwatchError `image-unreadable`; what the engine throws
   */
  readonly pointAt: (frame: string, points: readonly Point[]) => Promise<boolean>;
  /** Probability, 0..1, from which a detection counts as a rider, by the head in use. */
  readonly rider: () => number;
  /** A new ULID. */
  readonly newId: () => string;
  readonly clock: Clock;
  readonly log: Logger;
  /** Told of each label that is on disk, and of each taken back. */
  readonly onLabelled?: (frames: readonly string[], way: LabelWay) => void;
  readonly picture?: Partial<LabelPictureOptions>;
}

/** Labels of frames as a whole, or of places in them. */
export interface LabelFrames extends Said {
  readonly frames: readonly string[];
  /** Names as they were given; empty: none. Of no meaning where places are pointed at. */
  readonly labels?: readonly string[] | undefined;
  readonly rectangle?: Rectangle | undefined;
  readonly by?: string | undefined;
  /** Accept an unknown name as a new activity. */
  readonly allowNew?: boolean | undefined;
}

export interface Labelled {
  readonly frame: string;
  /** Those that hold now, sorted; empty: none. */
  readonly labels: readonly string[];
  readonly pointing?: Pointing;
}

/** How a label came, and who gave it. */
export interface Author {
  readonly way: LabelWay;
  readonly by?: string | undefined;
}

export interface LabelService {
  /**
   * Labels all of the frames or none. A label that holds already, by the same person in the same way, is not logged again.
   *
   * @returns when they are on disk, and the cells that they point at too
   * @throws SurfwatchError `label-malformed`, `label-activity-unknown`, `label-frame-unknown`, `label-place-unknown`,
   *   `disk-full`
   */
  labelFrames(
    request: LabelFrames,
    way: LabelWay,
  ): Promise<{ readonly labelled: readonly Labelled[]; readonly counts: Readonly<Record<string, number>> }>;
  /**
   * Labels a picture. The same bytes again are the same frame.
   *
   * @param bytes JPEG, PNG or WebP
   * @param said of places in it; its riders do what `names` say
   * @returns when picture and label are on disk
   * @throws SurfwatchError as `labelFrames`; `label-not-an-image`, `label-image-too-large`
   */
  labelImage(bytes: Buffer, names: readonly string[], author: Author, said?: Said): Promise<Labelled>;
  /**
   * Takes back the newest label of a frame.
   *
   * @returns what holds now, null where nothing does
   * @throws SurfwatchError `label-frame-unknown`, `label-none`
   */
  undo(frame: string, author: Author): { readonly frame: string; readonly labels: readonly string[] | null };
  /** @throws SurfwatchError `label-malformed`, `label-activity-unknown` */
  checkNames(names: readonly string[]): string[];
}

export function labelService(parts: LabelServiceParts): LabelService {
  const { archive, recent, clock, log } = parts;
  const limits = { ...LABEL_PICTURE_DEFAULTS, ...parts.picture };
  // Unpacked pictures are large; and of two that are the same the second finds the first.
  const inTurn = serially();

  const known = () => {
    // What was once labelled as new need not be called new again.
    const labelled = Object.keys(archive.counts().labels).filter(name => name !== 'none');
    return [...new Set([...parts.activities(), ...parts.newActivities, ...labelled])];
  };
  const checkNames = (names: readonly string[], allowNew = false) =>
    checkLabels(names, known(), { allowNew });

  /** Writes those that are not said already; all or none. */
  function write(entries: readonly { readonly frame: string; readonly label: Label }[]): void {
    const fresh = entries.filter(({ frame, label }) => !restates(archive.labelOf(frame), label));
    const [first] = fresh;
    if (first === undefined) return;
    archive.label(fresh);
    const { labels, pointing, by, way } = first.label;
    const riders = pointing?.riders.length;
    log.info({ frames: fresh.length, frame: first.frame, labels, riders, by, way }, 'labelled');
    parts.onLabelled?.(
      fresh.map(({ frame }) => frame),
      way,
    );
  }

  /** What is said of a frame, be it of places or of all of it. */
  function meant(request: LabelFrames, id: string): Pick<Label, 'labels' | 'pointing'> {
    const { labels = [], allowNew = false } = request;
    if (!isPointing(request)) return { labels: checkNames(labels, allowNew) };
    const frame = archive.frame(id) ?? recent.get(id);
    const pointing = pointingOf(request, detectionsOf(frame?.cells ?? [], parts.rider()), known(), {
      allowNew,
    });
    return { labels: labelsOf(pointing), pointing };
  }

  /** From here on every point has a cell. */
  async function point(id: string, points: readonly Point[]): Promise<void> {
    if (points.length === 0 || (await inTurn(() => parts.pointAt(id, points)))) return;
    const [first] = notShown(archive.frame(id)?.cells ?? [], points);
    if (first === undefined) return;
    throw new SurfwatchError(
      'label-place-unknown',
      `frame ${id}: no picture of it is kept, and none of the places that are kept of it is ${first.x},${first.y}`,
    );
  }

  async function labelFrames(request: LabelFrames, way: LabelWay) {
    const frames = [...new Set(request.frames)];
    const unknown = frames.filter(id => archive.frame(id) === undefined && recent.get(id) === undefined);
    if (unknown.length > 0) throw unknownFrames(unknown);
    const { rectangle, by = '' } = request;
    const common = { by, way, at: clock.now(), ...(rectangle !== undefined && { rectangle }) };
    const entries = frames.map(frame => ({ frame, label: { ...meant(request, frame), ...common } }));
    for (const id of frames) {
      const frame = archive.frame(id) === undefined ? recent.get(id) : undefined;
      if (frame !== undefined) await keep({ ...frame, because: 'label' });
      await point(id, chosenPoints(request));
    }
    write(entries);
    return { labelled: entries.map(labelledOf), counts: archive.counts().labels };
  }

  async function labelImage(
    bytes: Buffer,
    names: readonly string[],
    { way, by = '' }: Author,
    said: Said = {},
  ) {
    const labels = checkNames(names);
    const pointing = isPointing(said) ? pointingOf(said, [], labels) : undefined;
    const points = chosenPoints(said);
    return inTurn(async () => {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const before = archive.frameOfPicture(sha256);
      const frame = before ?? (await keepPicture(bytes, sha256, points));
      if (before !== undefined && points.length > 0) await parts.pointAt(frame, points);
      const label = { by, way, at: clock.now() };
      const entry =
        pointing === undefined
          ? { frame, label: { ...label, labels } }
          : { frame, label: { ...label, labels: labelsOf(pointing), pointing } };
      write([entry]);
      return labelledOf(entry);
    });
  }

  async function keepPicture(bytes: Buffer, sha256: string, points: readonly Point[]): Promise<string> {
    const picture = await readLabelPicture(bytes, limits);
    const seen = await parts.embedPicture(picture, points.length === 0 ? undefined : points);
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
    checkNames: names => checkNames(names),
    undo: (frame, { way, by = '' }) => {
      archive.undo(frame, { by, way, at: clock.now() });
      log.info({ frame, by, way }, 'label taken back');
      parts.onLabelled?.([frame], way);
      return { frame, labels: archive.labelOf(frame)?.labels ?? null };
    },
  };
}

function labelledOf({ frame, label }: { readonly frame: string; readonly label: Label }): Labelled {
  const { labels, pointing } = label;
  return { frame, labels, ...(pointing !== undefined && { pointing }) };
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
