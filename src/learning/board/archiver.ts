/** Decides which frames are remembered for a while, and which are kept in the archive because they are worth a label. */
import sharp from 'sharp';
import type { HeadManifest } from '../../activity/head-bundle.ts';
import { imageType } from '../../base/image-type.ts';
import { bareJpeg } from '../../vision/bare-jpeg.ts';
import type { Zone } from '../../vision/zone.ts';
import { sha256Of } from '../archive/frame-rows.ts';
import { KEEP_DEFAULTS, spend, startKeeping, whyKeep } from '../archive/keep.ts';
import { noveltyOf, type References, strongestCells } from '../archive/novelty.ts';
import { PRIVACY_DEFAULTS, withPrivacy } from '../archive/privacy.ts';
import type { RecentFrames } from '../archive/recent.ts';
import { zoneScoresOf } from '../archive/sight.ts';
import type { Archive, NewFrame } from '../archive/types.ts';
import type { LearningOptions } from '../options.ts';
import { type JudgedFrame, newFrameOf } from './judged-frame.ts';

export interface ArchiverDeps {
  readonly archive: Pick<Archive, 'add'>;
  readonly recent: RecentFrames;
  /** Frames that somebody saw on the page: apart from those above, which many of them would push out. */
  readonly shown: RecentFrames;
  readonly references: References;
  readonly options: LearningOptions;
  readonly zones: readonly Zone[];
  /** That of the head in use. */
  readonly head: () => Pick<HeadManifest, 'activities' | 'cells' | 'width'>;
  /** SHA-256 of the backbone's weights. */
  readonly backbone: string;
  readonly monotonicMs: number;
  /** Told whether the newest frame that was worth it found room. */
  readonly onRoom: (full: boolean) => void;
}

export interface Archiver {
  /** The frame's id goes out to the world: somebody may label it. It may come before the frame or after it. */
  published(id: string): void;
  /** Somebody sees the frame on the page, and may have it explained. So with its order. */
  shown(id: string): void;
  /** Somebody is told this frame's id, and may explain or label it. */
  remember(frame: JudgedFrame): void;
  /** Keeps the frame if it is worth a label. Never rejects for a full disk. */
  add(frame: JudgedFrame): Promise<void>;
  /** Somebody asks to keep this frame. `off`: `keep` is `nothing`. @throws SurfwatchError `state-unwritable`, `storage-failed` */
  keep(frame: JudgedFrame): Promise<'kept' | 'duplicate' | 'full' | 'off'>;
  /** A frame that was asked for, or is about to be labelled, as it may be kept; null where nothing may. */
  prepared(frame: NewFrame): Promise<NewFrame | null>;
}

export function createArchiver(deps: ArchiverDeps): Archiver {
  const { archive, recent, shown, references, options, zones, head, backbone } = deps;
  // Asked for at each frame: options may change while the daemon runs.
  const policy = () => ({
    ...KEEP_DEFAULTS,
    sampleEveryMs: options.sampleEveryMs === 0 ? Number.POSITIVE_INFINITY : options.sampleEveryMs,
  });
  const privacy = () => ({ ...PRIVACY_DEFAULTS, keep: options.keep, pixelate: options.pixelate });
  let keeping = startKeeping(deps.monotonicMs);
  let busy = false;
  let latest: NewFrame | undefined;
  let publishedId: string | undefined;
  let shownId: string | undefined;

  const rememberLatest = (): void => {
    if (latest === undefined) return;
    if (latest.id === publishedId) recent.add(latest);
    if (latest.id === shownId) shown.add(latest);
  };

  const prepared = async (frame: NewFrame): Promise<NewFrame | null> => {
    const kept = await withPrivacy(frame, zones, privacy());
    if (kept === null || kept.picture === null) return kept;
    return { ...kept, picture: await keptJpeg(kept.picture), sha256: kept.sha256 ?? sha256Of(kept.picture) };
  };

  /** Without metadata. A camera may send PNG or WebP; the archive holds JPEG. */
  const keptJpeg = async (picture: Uint8Array): Promise<Uint8Array> => {
    const bare = imageType(Buffer.from(picture)) === 'jpeg' ? bareJpeg(picture) : null;
    return (
      bare ?? sharp(picture, { failOn: 'none' }).autoOrient().jpeg({ quality: privacy().quality }).toBuffer()
    );
  };

  return {
    published(id) {
      publishedId = id;
      rememberLatest();
    },
    shown(id) {
      shownId = id;
      rememberLatest();
    },
    remember(frame) {
      const novelty = noveltyOf(strongestCells(frame.read.embeddings, head().width), references);
      recent.add(newFrameOf(frame, 'label', backbone, novelty));
    },
    prepared,
    async keep(frame) {
      const strongest = strongestCells(frame.read.embeddings, head().width);
      const novelty = noveltyOf(strongest, references);
      const kept = await prepared(newFrameOf(frame, 'capture', backbone, novelty));
      if (kept === null) return 'off';
      const outcome = await archive.add(kept);
      if (outcome === 'kept') references.add(strongest);
      return outcome;
    },
    async add(frame) {
      const strongest = strongestCells(frame.read.embeddings, head().width);
      const novelty = noveltyOf(strongest, references);
      latest = newFrameOf(frame, 'label', backbone, novelty);
      rememberLatest();
      const { monotonicMs, visibility, activity, thresholds } = frame;
      const zoneScores = [...zoneScoresOf(frame.read.cells, head()).values()];
      const { because, state } = whyKeep(
        keeping,
        { monotonicMs, visibility, activity, zones: zoneScores, thresholds, novelty },
        policy(),
      );
      keeping = state;
      // A slow card must not pile frames up: the next one worth keeping will come.
      if (because === null || busy || options.keep === 'nothing') return;
      busy = true;
      try {
        const kept = await prepared(newFrameOf(frame, because, backbone, novelty));
        if (kept === null) return;
        const outcome = await archive.add(kept);
        deps.onRoom(outcome === 'full');
        if (outcome !== 'kept') return;
        references.add(strongest);
        keeping = spend(keeping, kept.picture?.length ?? 0, monotonicMs);
      } finally {
        busy = false;
      }
    },
  };
}
