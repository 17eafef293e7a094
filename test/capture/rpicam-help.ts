/**
 * The options of rpicam-vid and what each takes, as its published help text and sources tell (rpicam-apps,
 * core/options.cpp and core/video_options.hpp), and a parser that is as strict as boost::program_options.
 */
const OPTIONS: Readonly<Record<string, 'flag' | 'uint' | 'int' | 'float' | 'string'>> = {
  ...{
    help: 'flag',
    version: 'flag',
    'list-cameras': 'flag',
    camera: 'uint',
    verbose: 'uint',
    config: 'string',
  },
  ...{ 'info-text': 'string', width: 'uint', height: 'uint', timeout: 'string', output: 'string' },
  ...{ 'post-process-file': 'string', nopreview: 'flag', preview: 'string', fullscreen: 'flag' },
  ...{
    'qt-preview': 'flag',
    hflip: 'flag',
    vflip: 'flag',
    rotation: 'int',
    roi: 'string',
    shutter: 'string',
  },
  ...{
    analoggain: 'float',
    gain: 'float',
    metering: 'string',
    exposure: 'string',
    ev: 'float',
    awb: 'string',
  },
  ...{ awbgains: 'string', flush: 'flag', wrap: 'uint', brightness: 'float', contrast: 'float' },
  ...{ saturation: 'float', sharpness: 'float', framerate: 'float', denoise: 'string' },
  ...{ 'tuning-file': 'string', 'lores-width': 'uint', 'lores-height': 'uint', mode: 'string' },
  ...{ 'buffer-count': 'uint', 'no-raw': 'flag', 'autofocus-mode': 'string', 'autofocus-range': 'string' },
  ...{ 'autofocus-speed': 'string', 'autofocus-window': 'string', 'lens-position': 'string', hdr: 'string' },
  ...{ metadata: 'string', 'metadata-format': 'string', 'flicker-period': 'string', bitrate: 'string' },
  ...{ profile: 'string', level: 'string', intra: 'uint', inline: 'flag', codec: 'string', quality: 'int' },
  ...{ 'save-pts': 'string', listen: 'flag', keypress: 'flag', signal: 'flag', initial: 'string' },
  ...{ split: 'flag', segment: 'uint', circular: 'uint', frames: 'uint' },
};

const NUMBERS = { uint: /^\d+$/, int: /^-?\d+$/, float: /^-?\d+(?:\.\d+)?$/ } as const;

/** The options as the program would take them; throws where it would refuse. */
export function parseRpicam(args: readonly string[]): Record<string, string | number | boolean> {
  const found: Record<string, string | number | boolean> = {};
  for (let index = 0; index < args.length; index++) {
    const [, name = '', inline] = /^--([a-z-]+)(?:=(.*))?$/s.exec(args[index] ?? '') ?? [];
    const type = OPTIONS[name];
    if (type === undefined) throw new Error(`unrecognised option '${args[index]}'`);
    if (name in found) throw new Error(`option '--${name}' cannot be specified more than once`);
    if (type === 'flag') {
      found[name] = true;
      continue;
    }
    const value = inline ?? args[++index];
    // A lone minus is a value, but what begins with one is the next option.
    if (value === undefined || (inline === undefined && /^-./.test(value))) {
      throw new Error(`the required argument for option '--${name}' is missing`);
    }
    if (type !== 'string' && !NUMBERS[type].test(value)) throw new Error(`'--${name}': ${value} is invalid`);
    found[name] = type === 'string' ? value : Number(value);
  }
  return found;
}
