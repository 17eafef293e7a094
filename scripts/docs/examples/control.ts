/** Real messages of pausing, capturing and changing settings. */

import type { Response, State } from '../../../src/messaging/payloads.ts';
import type { Example } from './example.ts';

type Command = { readonly transaction?: string } & Readonly<Record<string, unknown>>;

export const CONTROL_EXAMPLES: {
  readonly state: Example<State>;
  readonly snapshot: Example<string>;
  readonly commands: readonly [Example<Command>, ...Example<Command>[]];
  readonly responses: readonly [Example<Response>, ...Example<Response>[]];
} = {
  state: {
    topic: 'state',
    payload: {
      v: 1,
      ts: '2026-06-01T11:00:00.204Z',
      state: 'paused',
      reason: 'repairs',
      since: '2026-06-01T11:00:00.116Z',
      until: '2026-06-01T13:00:00.116Z',
    },
  },
  snapshot: { topic: 'snapshot', payload: '(the bytes of a JPEG)' },
  commands: [
    { topic: 'command/pause', payload: { for: '2h', reason: 'repairs', transaction: 'dashboard-20' } },
    { topic: 'command/capture', payload: { jpeg: true, width: 320, transaction: 'dashboard-21' } },
    {
      topic: 'command/options',
      payload: {
        set: { 'camera.interval': '5s', 'activity.thresholds': { surfing: 0.6 } },
        transaction: 'dashboard-22',
      },
    },
    { topic: 'command/options', payload: { reset: ['activity'], transaction: 'dashboard-23' } },
    { topic: 'command/view', payload: { forget: true, transaction: 'dashboard-26' } },
  ],
  responses: [
    {
      topic: 'response/pause',
      payload: {
        v: 1,
        status: 'ok',
        data: {
          paused: true,
          since: '2026-06-01T11:00:00.116Z',
          until: '2026-06-01T13:00:00.116Z',
          reason: 'repairs',
          kept: true,
        },
        transaction: 'dashboard-20',
      },
    },
    {
      topic: 'response/capture',
      payload: {
        v: 1,
        status: 'error',
        error: 'the camera is paused until 2026-06-01T13:00:00.116Z',
        code: 'capture-paused',
        transaction: 'dashboard-21',
      },
    },
    {
      topic: 'response/options',
      payload: {
        v: 1,
        status: 'error',
        error: 'camera.intervall: there is no such setting; did you mean "camera.interval"?',
        code: 'option-unknown',
        transaction: 'dashboard-24',
      },
    },
    {
      topic: 'response/options',
      payload: {
        v: 1,
        status: 'ok',
        data: {
          options: {
            'camera.interval': {
              value: '5s',
              source: 'runtime',
              configured: '2s',
              default: '2s',
              type: 'duration ≥ 100ms',
              doc: 'Time between two pictures.',
            },
          },
          changed: ['camera.interval'],
        },
        transaction: 'dashboard-25',
      },
    },
    {
      topic: 'response/view',
      payload: {
        v: 1,
        status: 'ok',
        data: { pictures: 24_310, seconds: 121_550, forgotten: true },
        transaction: 'dashboard-26',
      },
    },
  ],
};
