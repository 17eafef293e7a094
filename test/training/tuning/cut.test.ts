import { describe, expect, it } from 'vitest';
import { cutBefore } from '../../../src/training/tuning/cut.ts';
import { loadBackboneBundle } from '../../../src/vision/bundle.ts';
import { SHIPPED_BACKBONE } from '../../vision/support.ts';
import { smallBundle } from './support.ts';

describe('where the network is cut', () => {
  it.each([
    [1, 'block16/project', [7, 7, 320], ['conv_last']],
    [2, 'block15/project', [7, 7, 160], ['block16', 'conv_last']],
    [5, 'block12/project', [14, 14, 96], ['block13', 'block14', 'block15', 'block16', 'conv_last']],
  ])('tunes the last %i blocks of MobileNetV2', async (unfreeze, through, shape, blocks) => {
    const { manifest } = await loadBackboneBundle(SHIPPED_BACKBONE);
    const cut = cutBefore(manifest, unfreeze);
    expect(cut).toMatchObject({ through, shape, blocks });
    expect(cut.layers).toHaveLength(3 * (unfreeze - 1) + 1);
  });

  it('can leave the first convolution alone frozen', async () => {
    const { manifest } = await loadBackboneBundle(SHIPPED_BACKBONE);
    const cut = cutBefore(manifest, 18);
    expect(cut.through).toBe('conv1');
    expect(cut.shape).toEqual([112, 112, 32]);
  });

  it.each([0, 19, 1.5])('refuses to tune %d blocks of MobileNetV2', async unfreeze => {
    const { manifest } = await loadBackboneBundle(SHIPPED_BACKBONE);
    expect(() => cutBefore(manifest, unfreeze)).toThrow(
      expect.objectContaining({ code: 'unfreeze-impossible', message: expect.stringContaining('1 to 18') }),
    );
  });

  it('refuses a cut that a residual sum crosses', () => {
    const { manifest } = smallBundle();
    const layers = manifest.layers.map(layer =>
      layer.name === 'block2/project' ? { ...layer, residualFrom: 'block0/project' } : layer,
    );
    expect(() => cutBefore({ ...manifest, layers }, 2)).toThrow(/block2\/project .* adds block0\/project/);
  });
});
