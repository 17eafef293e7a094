/** The models, and the engines that can compute them. */
import { join } from 'node:path';
import type { HeadManifest } from '../../activity/head-bundle.ts';
import type { Settings } from '../../config/settings.ts';
import { messageOf, SurfwatchError } from '../../errors.ts';
import { headFolders, resolveHead } from '../../learning/models/resolve.ts';
import { type Backbone, ENGINES, type EngineName, goldenPixels } from '../../vision/backbone.ts';
import { type BackboneBundle, loadBackboneBundle } from '../../vision/bundle.ts';
import { createBackbone } from '../../vision/engines/create.ts';
import { type Finding, fail, failed, ok, warn } from './finding.ts';

type Models = Settings['models'];

export async function checkBackbone(models: Models): Promise<{ finding: Finding; bundle?: BackboneBundle }> {
  try {
    const bundle = await loadBackboneBundle(join(models.dir, 'backbone', models.backbone));
    const { id, layers, width, cells, weights } = bundle.manifest;
    const numbers = cells === undefined ? `${width} numbers a picture` : `${cells.width} numbers a cell`;
    const detail = `${id}: ${layers.length} layers, ${numbers}, ${weights.dtype}, checksum right`;
    return { finding: ok('backbone', detail), bundle };
  } catch (error) {
    return { finding: failed('backbone', error) };
  }
}

/** The head that the daemon would load. */
export async function checkHead(
  settings: Pick<Settings, 'models' | 'stateDir'>,
  { manifest }: BackboneBundle,
): Promise<{ finding: Finding; head?: HeadManifest }> {
  try {
    const backbone = { id: manifest.id, sha256: manifest.weights.sha256 };
    const folders = { ...headFolders(settings), shipped: join(settings.models.dir, 'riders') };
    const found = await resolveHead(folders, settings.models.head, backbone);
    const { manifest: head } = found.head;
    const made = found.origin === 'board' ? ', made on this board' : '';
    const detail = `${head.id}: ${head.activities.join(', ')}${made}`;
    const [skipped] = found.skipped;
    if (skipped === undefined) return { finding: ok('head', detail), head };
    const remedy =
      'Nothing needs to be done: the head named here is used. `surfwatch models` lists the others.';
    return {
      finding: warn('head', `${detail}; ${skipped.id} cannot be used: ${skipped.error}`, remedy),
      head,
    };
  } catch (error) {
    return { finding: failed('head', error) };
  }
}

/** Each engine, and last the one that the daemon would take. */
export async function checkEngines(bundle: BackboneBundle, wanted: Settings['vision']): Promise<Finding[]> {
  const tried: Tried[] = [];
  for (const engine of ENGINES) tried.push(await tryEngine(bundle, engine, wanted.threads));
  const taken = tried.find(
    ({ engine, error }) => error === undefined && (wanted.engine === 'auto' || engine === wanted.engine),
  );
  const each = tried.map(one => engineFinding(one, taken));
  if (taken !== undefined) {
    return [
      ...each,
      ok(
        'engine',
        `${taken.engine}: ${wanted.engine === 'auto' ? 'the fastest that loads' : 'set in the config'}`,
      ),
    ];
  }
  const detail =
    wanted.engine === 'auto' ? 'no engine loads' : `${wanted.engine} is set in the config, but does not load`;
  const remedy = 'Set `vision.engine` to `auto`. Where no engine loads, install again with `npm ci`.';
  return [...each, fail('engine', detail, remedy)];
}

interface Tried {
  readonly engine: EngineName;
  readonly runtime?: string;
  readonly ms?: number;
  readonly error?: unknown;
}

async function tryEngine(bundle: BackboneBundle, engine: EngineName, threads: number): Promise<Tried> {
  try {
    const { backbone } = await createBackbone(bundle, { engine, threads });
    try {
      return { engine, runtime: backbone.runtime, ms: await millisecondsEach(backbone) };
    } finally {
      await backbone.close();
    }
  } catch (error) {
    return { engine, error };
  }
}

const INSTALL: Readonly<Record<EngineName, string>> = {
  onnx: 'Install again with `npm ci`. On a system without glibc (Alpine) it has no binary; the others do the work.',
  'tfjs-node':
    'Nothing needs it but fine-tuning; `npm ci` fetches it with its library where storage.googleapis.com can be reached.',
  wasm: 'Install again with `npm ci`.',
};

function engineFinding({ engine, runtime, ms, error }: Tried, taken: Tried | undefined): Finding {
  const name = `engine ${engine}`;
  if (error === undefined && ms !== undefined) {
    return ok(name, `${runtime}, golden vector right, ${ms.toFixed(1)} ms a square`);
  }
  // A wrong result is never harmless: it shows a broken build.
  if (error instanceof SurfwatchError && error.code === 'engine-wrong') return failed(name, error);
  const reason = messageOf(error).split('\n')[0] ?? '';
  if (engine === 'tfjs-node' && taken !== undefined)
    return ok(name, 'not installed; optional, nothing needs it here');
  return warn(name, reason, INSTALL[engine]);
}

const MEASURED = 12;

/** The time of one square of the backbone's input, the median of a few. */
async function millisecondsEach(backbone: Backbone): Promise<number> {
  const pixels = goldenPixels(backbone.manifest.input.size);
  const times: number[] = [];
  for (let run = 0; run < MEASURED; run++) {
    const start = performance.now();
    await backbone.embed(pixels, 1);
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[MEASURED / 2] ?? Number.NaN;
}
