import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomScene } from '../../../scripts/scenes/random-scene.ts';
import { type BeachReader, createBeachReader } from '../../../src/activity/beach-reader.ts';
import { SHIPPED_MODELS } from '../../../src/base/paths.ts';
import { shows } from '../../../src/learning/archive/points.ts';
import { createRecentFrames } from '../../../src/learning/archive/recent.ts';
import type { NewFrame } from '../../../src/learning/archive/types.ts';
import { embedSentPicture, gather } from '../../../src/learning/board/gather.ts';
import { readManifest } from '../../../src/learning/models/resolve.ts';
import { createRenderer } from '../../../src/simulator/render.ts';
import { fixedDetail } from '../../../src/vision/cells/detail.ts';
import { cornersOf, type Zone } from '../../../src/vision/zone.ts';
import { embeddingsOf, labelAs, newFrame } from '../archive/frames.ts';
import { openTestArchive } from '../archive/support.ts';

const LIMITS = { maxBytes: 1e8, maxPixels: 1e8 };
const SEA: Zone = { name: 'sea', points: cornersOf({ x: 0, y: 0.4, w: 1, h: 0.6 }) };
/** Kept at most of a frame. */
const MOST_CELLS = 40;

let reader: BeachReader;
let picture: Buffer;

beforeAll(async () => {
  const riders = join(SHIPPED_MODELS, 'riders');
  const id = (await readFile(join(riders, 'current'), 'utf8')).trim();
  const backbone = (await readManifest(join(riders, id)))?.backbone.id ?? '';
  const models = { dir: SHIPPED_MODELS, backbone, head: 'current' };
  reader = await createBeachReader(
    models,
    { engine: 'auto', threads: 1, ...LIMITS },
    fixedDetail({ detail: 1 }),
  );
  picture = await createRenderer().jpeg(
    randomScene(2, { activities: ['kitesurfing'], width: 640, height: 360 }),
  );
});
afterAll(() => reader.close());

describe('a picture that is sent to be labelled', () => {
  it('is read as a frame, whatever its size, and is one zone', async () => {
    const { cells, embeddings, head, backbone } = await embedSentPicture(picture, reader);
    const { manifest } = reader.head;
    expect(cells.length).toBeGreaterThan(1);
    expect(cells.length).toBeLessThanOrEqual(MOST_CELLS);
    expect(embeddings).toHaveLength(cells.length * manifest.width);
    expect(new Set(cells.map(({ zone }) => zone))).toEqual(new Set(['beach']));
    expect(Object.keys(cells[0]?.scores ?? {})).toEqual(manifest.activities);
    expect({ head, backbone }).toEqual({ head: manifest.id, backbone: manifest.backbone.sha256 });
  });
});

describe('gather', () => {
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: line => void warnings.push(line) });
  const never = new AbortController().signal;

  /** As a board kept it that cut frames into tiles. */
  function tiled(change: Partial<NewFrame> = {}): NewFrame {
    return newFrame({ picture, embeddings: embeddingsOf(1, 2, 1280), backbone: 'old', ...change });
  }

  async function gathering(frames: readonly NewFrame[]) {
    const archive = await openTestArchive();
    for (const frame of frames) expect(await archive.add(frame)).toBe('kept');
    archive.label(frames.map(({ id }) => ({ frame: id, label: labelAs(['kitesurfing']) })));
    let read = 0;
    const counted: BeachReader = {
      ...reader,
      head: reader.head,
      read: (...given) => {
        read++;
        return reader.read(...given);
      },
    };
    const store = { shipped: async () => reader.head };
    const recent = createRecentFrames();
    const parts = { archive, recent, store, reader: counted, zones: [SEA], loadBase: async () => null, log };
    return { archive, gather: () => gather(parts, undefined, never), read: () => read };
  }

  it('reads a frame of another backbone anew, once, and keeps what comes of it', async () => {
    const frame = tiled({ because: 'uncertain' });
    const { archive, gather, read } = await gathering([frame]);
    const { board, incumbent } = await gather();
    const { width, backbone, id } = incumbent.manifest;
    expect(board).toMatchObject([{ id: frame.id, labels: ['kitesurfing'], elsewhere: false }]);
    expect(board[0]?.embeddings).toHaveLength((board[0]?.cells.length ?? 0) * width);
    const zones = new Set(board[0]?.cells.map(({ zone }) => zone));
    expect([...zones].filter(zone => zone !== 'sea' && zone !== '')).toEqual([]);
    expect(archive.frame(frame.id)).toMatchObject({ backbone: backbone.sha256, head: id });
    const again = await gather();
    expect(read()).toBe(1);
    expect(again.board[0]?.cells).toHaveLength(board[0]?.cells.length ?? -1);
    expect(again.board[0]?.embeddings).toHaveLength(board[0]?.embeddings.length ?? -1);
  });

  it('reads the cells that a point has none of, once, and keeps the others as they were', async () => {
    const frame = tiled({ because: 'uncertain' });
    const { archive, gather, read } = await gathering([frame]);
    await gather();
    const before = archive.frame(frame.id)?.cells ?? [];
    const rider = { x: 0.013, y: 0.979, activity: 'kitesurfing' };
    const pointing = { riders: [rider], complete: true, nobody: [] };
    archive.label([{ frame: frame.id, label: labelAs(['kitesurfing'], { pointing }) }]);
    const [found] = (await gather()).board;
    expect(found).toMatchObject({ id: frame.id, pointing });
    expect(found?.cells.slice(0, before.length)).toEqual(before);
    expect(found?.cells.filter(cell => shows(cell, rider)).length).toBeGreaterThan(1);
    expect(read()).toBe(2);
    await gather();
    expect(read()).toBe(2);
  });

  it('leaves out what it has no picture of, and tells pictures of elsewhere from the camera’s', async () => {
    const [gone, sent] = [tiled({ picture: null }), tiled({ because: 'image' })];
    const { gather } = await gathering([gone, sent]);
    const { board } = await gather();
    expect(board).toMatchObject([{ id: sent.id, elsewhere: true }]);
    expect(new Set(board[0]?.cells.map(({ zone }) => zone))).toEqual(new Set(['beach']));
    expect(warnings.join()).toContain(gone.id);
  });

  it('takes frames that nobody labelled along, of the archive and of those just seen, and leaves these as they are', async () => {
    const { width, backbone } = reader.head.manifest;
    const seen = (change: Partial<NewFrame> = {}) =>
      newFrame({ embeddings: embeddingsOf(1, 2, width), backbone: backbone.sha256, ...change });
    const [kept, labelled, dark, latest] = [seen(), seen(), seen({ visibility: 'dark' }), seen()];
    const archive = await openTestArchive();
    for (const frame of [kept, labelled, dark])
      expect(await archive.add({ ...frame, because: 'capture' })).toBe('kept');
    archive.label([{ frame: labelled.id, label: labelAs([]) }]);
    const recent = createRecentFrames();
    for (const frame of [kept, labelled, latest]) recent.add(frame);
    const store = { shipped: async () => reader.head };
    const parts = { archive, recent, store, reader, zones: [SEA], loadBase: async () => null, log };
    const { unlabelled = [], shipped } = await gather(parts, undefined, never);
    expect(unlabelled.map(({ id }) => id)).toEqual([kept.id, latest.id]);
    expect(shipped).toBe(reader.head);
    // The job takes what it is given away.
    structuredClone(unlabelled, {
      transfer: unlabelled.map(({ embeddings }) => embeddings.buffer as ArrayBuffer),
    });
    expect(recent.get(latest.id)?.embeddings).toHaveLength(2 * width);
  });
});
