/** Settings that older versions had: why they are gone, and what to do. Of a whole group only its name is listed. */
import { envName } from './setting.ts';
import { NO_TILES } from './zones.ts';

const GONE: readonly (readonly [settings: string, reason: string])[] = [
  ['tiles', `${NO_TILES}. Zones group riders, and vision.detail says how small these may be`],
  [
    'camera.rpicam.{quality,rotation,hflip,vflip,roi,mode,exposure,shutterUs,gain,ev,metering,awb,hdr,denoise,brightness,contrast,saturation,sharpness,autofocus,lensPosition,tuningFile}',
    'is gone: rpicam-vid gets it by camera.rpicam.args, as in ["--rotation=180", "--autofocus-mode=manual"]',
  ],
  [
    'camera.webcam.{delay,jpegQuality,input}',
    'is gone: leave it out. camera.webcam.skipFrames lets the exposure settle, and v4l2-ctl chooses the input',
  ],
  [
    'camera.webcam.palette',
    'is gone: fswebcam prefers MJPEG; leave it out. camera.kind "ffmpeg" with camera.ffmpeg.v4l2.format takes another format',
  ],
  [
    'camera.ffmpeg.realtime',
    'is gone: leave it out. A file is read as fast as its pictures are judged where camera.ffmpeg.loop is false',
  ],
  [
    'gates.{frozenShare,overexposedShare,overexposedLuma,obscuredSpread,obscuredSharpness,obscuredStructure,foggedFineness,movedShare,dirtyAfter,movedAfter,acceptViewAfter}',
    'is gone: the measured value holds for every camera; leave it out. gates.view and gates.dirt switch off what is told wrongly',
  ],
  ['metrics.{enabled,host,port}', 'is gone: the metrics are served with the page, at web.host and web.port'],
  [
    'metrics.{username,password,passwordFile}',
    'is gone: a reader of the metrics logs in with metrics.token, as "Authorization: Bearer TOKEN"',
  ],
  ['log.priorities', 'is gone: lines have their priority where the journal reads them; leave it out'],
  [
    'broker.{host,username,password,passwordFile,usersFile,certFile,keyFile,caFile,allowPlaintext}',
    'is gone: the embedded broker serves this computer alone, without users and TLS. Leave it out; for a network run Mosquitto with what `surfwatch broker mosquitto` writes, and set mqtt.url (docs/brokers.md)',
  ],
  [
    'broker.{maxConnections,maxConnectionsPerAddress,maxSubscriptions,maxMessagesPerSecond,maxQueuedBytes,maxQueuedMessages,maxRetained,maxRetainedBytes,maxSessions,sessionExpiry,maxPacketBytes,connectTimeout}',
    'is gone: what the clients of the embedded broker can take up has fixed bounds (docs/security.md), and it keeps nothing for those that are away; leave it out',
  ],
  ['broker.portFallback', 'is gone: leave it out. broker.port 0 takes any free port'],
  ['history.enabled', 'is gone: the history is always kept, for as long as history.keep says; leave it out'],
  ['snapshot.onlyChanges', 'is gone: leave it out. snapshot.minInterval makes pictures rarer'],
  ['learning.minFree', 'is gone: kept frames leave two and a half times monitor.minFree; leave it out'],
  ['discovery.name', 'is gone: give the device another name in Home Assistant; leave it out'],
  ['discovery.area', 'is gone: give the device its area in Home Assistant; leave it out'],
  ['discovery.entityIds', 'is gone: ids are always proposed to Home Assistant; leave it out'],
  ...[
    'camera.{pendingInterval,retryMin,retryMax}',
    'camera.http.{maxRedirects,maxBytes}',
    'camera.ffmpeg.lowDelay',
    'vision.{maxPixels,maxBytes}',
    'activity.{unknownDwell,leaveRatio,sessionUpdate}',
    'history.writeEvery',
    'snapshot.quality',
    'learning.{keepHeads,newActivityFrames,maxImageBytes,epochs,macroF1Tolerance,recallTolerance}',
    'mqtt.{keepalive,connectTimeout,ackTimeout,reconnectMin,reconnectMax,maxQueuedEvents,maxCommandAge}',
    'monitor.interval',
    'metrics.textfileInterval',
  ].map(settings => [settings, 'is gone: it is fixed, as nobody had to change it; leave it out'] as const),
];

const REASONS = new Map(
  GONE.flatMap(([settings, reason]) => expanded(settings).map(path => [path, reason] as const)),
);

/** `a.{b,c}` as `a.b` and `a.c`. */
function expanded(settings: string): string[] {
  const [, group = '', names] = /^(.*)\{(.*)\}$/.exec(settings) ?? [];
  return names === undefined ? [settings] : names.split(',').map(name => `${group}${name}`);
}

/** What to say of a setting that once was; undefined where it never was one. An environment variable has its words apart. */
export function goneReason(path: string): string | undefined {
  return REASONS.get(path) ?? REASONS.get(path.split('.')[0] ?? '');
}

/** The same by the name of its environment variable, with the setting. */
export function goneVariable(name: string): { readonly path: string; readonly reason: string } | undefined {
  const found = [...REASONS].find(([path]) => {
    const known = envName(path);
    return name === known || (!path.includes('.') && name.startsWith(`${known}_`));
  });
  return found && { path: found[0], reason: found[1] };
}
