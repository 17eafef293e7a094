import { describe, expect, it } from 'vitest';
import { conditionOf, sameCondition } from '../../src/pipeline/condition.ts';

describe('the condition of the daemon', () => {
  it('follows the camera', () => {
    expect(conditionOf({ closed: null, camera: 'starting' })).toEqual({ state: 'starting' });
    expect(conditionOf({ closed: null, camera: 'online' })).toEqual({ state: 'running' });
    const lost = conditionOf({ closed: null, camera: 'offline', cameraFault: 'camera-missing: no file' });
    expect(lost).toEqual({ state: 'degraded', reason: 'camera-missing: no file' });
    expect(conditionOf({ closed: null, camera: 'ended' }).state).toBe('degraded');
  });

  it('is degraded where a camera gives pictures and none of them is judged', () => {
    const unjudged = 'image-too-large: no picture was judged for 30 s';
    expect(conditionOf({ closed: null, camera: 'online', unjudged })).toEqual({
      state: 'degraded',
      reason: unjudged,
    });
    expect(conditionOf({ closed: null, camera: 'offline', cameraFault: 'gone', unjudged }).reason).toBe(
      'gone',
    );
  });

  it('says why nobody looks before it speaks of the camera', () => {
    const closed = { state: 'paused', reason: 'asked for', until: null } as const;
    expect(conditionOf({ closed, camera: 'offline', cameraFault: 'gone' })).toEqual(closed);
  });

  it('is another where only the reason is', () => {
    const before = { state: 'degraded', reason: 'a' } as const;
    expect(sameCondition(before, { state: 'degraded', reason: 'a' })).toBe(true);
    expect(sameCondition(before, { state: 'degraded', reason: 'b' })).toBe(false);
  });
});
