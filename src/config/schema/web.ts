/** Settings of the page that the daemon serves. */
import type { SettingTree } from '../setting.ts';

const PASSWORD = { format: 'text', default: null, none: 'omit', sensitive: true } as const;
const PEM_FILE = { format: 'path', default: null, none: 'omit', noneMeans: 'plain HTTP' } as const;

export const webSchema = {
  enabled: {
    doc: 'Serve the page, its HTTP interface, `/metrics`, `/healthz` and `/readyz`.',
    format: 'switch',
    default: true,
  },
  host: {
    doc: 'Address to listen on. Any address but loopback needs `web.operatePassword`.',
    format: 'host',
    default: '127.0.0.1',
    required: true,
  },
  port: {
    doc: 'TCP port; 0 takes any free one. If it is taken, the daemon continues without the page.',
    format: 'port',
    default: 8321,
  },
  lookPassword: {
    doc: 'Password for those who may look at everything and change nothing.',
    ...PASSWORD,
    noneMeans: 'no such login',
  },
  operatePassword: {
    doc: 'Password for those who may also change things.',
    ...PASSWORD,
    noneMeans: 'without `web.lookPassword` too, every program and user of this computer may',
  },
  cert: { doc: "PEM file of the page's certificate; needs `web.key`.", ...PEM_FILE },
  key: { doc: 'PEM file of its private key; needs `web.cert`.', ...PEM_FILE },
  trustProxy: {
    doc: 'Trust `X-Forwarded-For` and `X-Forwarded-Proto`. Use it only behind a proxy that sets both itself.',
    format: 'switch',
    default: false,
  },
  widget: {
    doc: 'Serve `/widget` and `/widget.json` to everybody, for other web pages to embed: the current activity and the number of riders, no picture.',
    format: 'switch',
    default: false,
  },
} as const satisfies SettingTree;
