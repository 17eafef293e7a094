/** Writes a recognised backbone as a bundle, or finds the bundle that holds it already. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SurfwatchError } from '../../errors.ts';
import { type BackboneLayer, type BackboneManifest, loadBackboneBundle } from '../../vision/bundle.ts';
import { packWeights, saveBackbone } from '../../vision/save-backbone.ts';
import type { Scaling } from './network.ts';
import type { RecognisedBackbone } from './recognise.ts';

export interface BackboneDetails {
  /** Undefined: the known one's where the weights are its, else named after the architecture. */
  readonly id: string | undefined;
  /** The bundle that the weights are said to come from. */
  readonly known?: { readonly id: unknown; readonly sha256: unknown };
  /** Height and width of the picture. */
  readonly size: number;
  readonly scaling: Scaling;
  /** SPDX. */
  readonly licence: string;
  readonly provenance: string;
}

export interface SavedBackbone {
  readonly manifest: BackboneManifest;
  readonly folder: string;
  /** Whether it was there already, perhaps by another id. */
  readonly existed: boolean;
}

/**
 * Saves the bundle as `<models>/backbone/<id>/`. One with the same weights and input is used as it is.
 *
 * @throws SurfwatchError `backbone-exists` where another has that id
 */
export async function saveRecognised(
  models: string,
  found: RecognisedBackbone,
  details: BackboneDetails,
): Promise<SavedBackbone> {
  const { layers, weights } = pack(found);
  // An export of a bundle in half precision comes back as that bundle; others keep all they have.
  const { read, sha256: halfSha256 } = packWeights(weights, 'float16');
  const dtype = read.every((value, index) => value === weights[index]) ? 'float16' : 'float32';
  const sha256 = dtype === 'float16' ? halfSha256 : packWeights(weights, dtype).sha256;
  const same = await findBackbone(models, sha256, details);
  if (same !== undefined && (details.id === undefined || details.id === same.id)) {
    return { manifest: same, folder: join(models, 'backbone', same.id), existed: true };
  }
  const width = Number.isInteger(found.alpha) ? found.alpha.toFixed(1) : String(found.alpha);
  const { scale, offset } = details.scaling;
  const mark = createHash('sha256').update(`${sha256} ${scale} ${offset}`).digest('hex').slice(0, 8);
  const generated = `mobilenetv2-${width}-${details.size}-${mark}`;
  const id = details.id ?? knownId(models, sha256, details) ?? generated;
  const folder = join(models, 'backbone', id);
  if (existsSync(folder)) {
    throw new SurfwatchError('backbone-exists', `${folder} holds another backbone than the one to be added`);
  }
  const architecture = `MobileNetV2 width ${width}, BatchNorm folded into the convolutions`;
  const manifest = await saveBackbone(
    models,
    {
      format: 1,
      id,
      architecture,
      licence: details.licence,
      provenance: details.provenance,
      input: { size: details.size, channels: 'RGB', scale, offset },
      width: found.width,
      layers,
    },
    weights,
    { 'README.md': card(id, architecture, details, found.width) },
    dtype,
  );
  return { manifest, folder, existed: false };
}

/** The id the weights had elsewhere, unless another backbone has it here. */
function knownId(models: string, sha256: string, { known }: BackboneDetails): string | undefined {
  if (known?.sha256 !== sha256 || typeof known.id !== 'string') return undefined;
  if (!/^[a-z0-9][a-z0-9.-]*$/.test(known.id)) return undefined;
  return existsSync(join(models, 'backbone', known.id)) ? undefined : known.id;
}

/** All manifests under `models/backbone`, the unreadable left out. */
export async function listBackbones(models: string): Promise<BackboneManifest[]> {
  const folder = join(models, 'backbone');
  const names = existsSync(folder) ? (await readdir(folder)).sort() : [];
  const found = await Promise.all(
    names
      .filter(name => existsSync(join(folder, name, 'manifest.json')))
      .map(name => loadBackboneBundle(join(folder, name)).catch(() => undefined)),
  );
  return found.flatMap(bundle => (bundle === undefined ? [] : [bundle.manifest]));
}

async function findBackbone(models: string, sha256: string, { size, scaling }: BackboneDetails) {
  const manifests = await listBackbones(models);
  return manifests.find(
    ({ weights, input }) =>
      weights.sha256 === sha256 &&
      input.size === size &&
      Math.abs(input.scale - scaling.scale) < 1e-6 &&
      Math.abs(input.offset - scaling.offset) < 1e-6,
  );
}

/** Weight and bias of each layer one after the other. */
function pack({ layers, convolutions }: RecognisedBackbone) {
  const parts = convolutions.flatMap(({ weight, bias }) => [weight, bias]);
  const weights = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  const places: number[] = [];
  let at = 0;
  for (const part of parts) {
    weights.set(part, at);
    places.push(at);
    at += part.length;
  }
  const placed = layers.map(({ source: _, ...layer }, index): BackboneLayer => {
    return { ...layer, weight: places[index * 2] ?? 0, bias: places[index * 2 + 1] ?? 0 };
  });
  return { layers: placed, weights };
}

function card(id: string, architecture: string, details: BackboneDetails, width: number): string {
  const { size, scaling, licence, provenance } = details;
  return `# ${id}

${architecture}. ${provenance}

| | |
| --- | --- |
| input | [n, ${size}, ${size}, 3], RGB, each value × ${scaling.scale} ${scaling.offset < 0 ? '−' : '+'} ${Math.abs(scaling.offset)} |
| output | [n, ${width}], after global average pooling |
| weights | see \`manifest.json\` |
| licence | ${licence} |
`;
}
