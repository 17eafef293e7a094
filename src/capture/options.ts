/** What a user can set about the camera. Defaults stand in the config's schema; here they are named for the reader. */
import type { SimulatorOptions } from './simulator/options.ts';
import type { CameraKind } from './source.ts';

export interface CameraOptions {
  /** Where pictures come from. No default: a camera is never invented. */
  readonly kind: CameraKind;
  /** Milliseconds between two pictures; 100 and up. Default 5000. */
  readonly intervalMs: number;
  /** Milliseconds between two pictures while a change of activity is pending; 100 to `intervalMs`. Default 1000. */
  readonly pendingIntervalMs: number;
  /** Milliseconds a picture may take before the source is taken for stalled and started afresh; 100 and up. Default 20000. */
  readonly timeoutMs: number;
  /** Milliseconds to wait after a first failure; each further one doubles it. 10 and up. Default 1000. */
  readonly retryMinMs: number;
  /** Longest wait between two tries, in milliseconds; at least `retryMinMs`. Default 60000. */
  readonly retryMaxMs: number;
  /** Milliseconds without a picture until the camera counts as offline. Default 60000. */
  readonly offlineAfterMs: number;
  readonly webcam: WebcamOptions;
  readonly directory: DirectoryOptions;
  readonly http: HttpOptions;
  readonly ffmpeg: FfmpegOptions;
  readonly simulator: SimulatorOptions;
}

/** Pixel formats fswebcam can ask a camera for (its `--palette`). */
export const WEBCAM_PALETTES = [
  'PNG',
  'JPEG',
  'MJPEG',
  'S561',
  'RGB32',
  'RGB24',
  'BGR32',
  'BGR24',
  'YUYV',
  'UYVY',
  'YUV420P',
  'NV12MB',
  'BAYER',
  'SGBRG8',
  'SGRBG8',
  'RGB565',
  'RGB555',
  'Y16',
  'GREY',
] as const;

export type WebcamPalette = (typeof WEBCAM_PALETTES)[number];

/** A USB camera, read by fswebcam through node-webcam: one run of the program a picture. */
export interface WebcamOptions {
  /**
   * `/dev/video0` (default) or another device file, `test:` for fswebcam's generated picture, or `file:/path/picture.jpg`.
   * Only letters, digits and `. _ : / -`, since it passes through a shell.
   */
  readonly device: string;
  /** Picture width in pixels, 16 to 7680. Default 1280. */
  readonly width: number;
  /** Picture height in pixels, 16 to 4320. Default 720. */
  readonly height: number;
  /** Frames thrown away first while the camera's exposure settles, 0 to 300. Default 10. */
  readonly skipFrames: number;
  /** Wait before the picture in milliseconds, 0 to 60000, rounded up to whole seconds (fswebcam counts in these). Default 0. */
  readonly delayMs: number;
  /** JPEG quality, 1 to 95. Default 90. */
  readonly jpegQuality: number;
  /** Pixel format to ask the camera for; null (default) lets fswebcam choose. */
  readonly palette: WebcamPalette | null;
  /** Name or number of the input on a device with several: letters, digits, `_` and `-`; null (default) for the first. */
  readonly input: string | null;
}

/** A folder of JPEG, PNG or WebP files. */
export interface DirectoryOptions {
  /** The folder. Its subfolders are not read. No default. */
  readonly path: string;
  /** Begin again after the last file, for ever. Ignored when `watch` is on. Default true. */
  readonly loop: boolean;
  /** Give only files that are complete and arrive from now on, the newest first; never ends. Default false. */
  readonly watch: boolean;
}

/** A camera that answers a GET request with its present picture. */
export interface HttpOptions {
  /** `http:` or `https:` URL of the snapshot, or of an MJPEG stream (its first picture is taken). No default. */
  readonly url: string;
  /** User name for basic or digest authentication, whichever the camera asks for; null (default) for none. */
  readonly username: string | null;
  /** Password that belongs to `username`; null (default) for none. Never logged. */
  readonly password: string | null;
  /** Redirects followed for one picture, 0 to 10. Default 3. */
  readonly maxRedirects: number;
  /** Largest answer accepted in bytes, 1024 and up. Default 20971520 (20 MB). */
  readonly maxBytes: number;
  /** Accept a certificate nobody vouches for, as cameras in a local network have. Default false. */
  readonly allowSelfSigned: boolean;
}

/** Hardware decoders ffmpeg may be asked to use: its `-hwaccel`, but `v4l2m2m` is the decoder of H.264 on a Raspberry Pi. */
export const HARDWARE_DECODERS = ['auto', 'v4l2m2m', 'drm', 'vaapi', 'cuda', 'qsv', 'vdpau'] as const;

export type HardwareDecoder = (typeof HARDWARE_DECODERS)[number];

/** A stream, a V4L2 device or a video file, decoded by one long-lived ffmpeg. */
export interface FfmpegOptions {
  /** `rtsp:`, `rtsps:`, `http:` or `https:` URL (HLS too), `/dev/videoN`, or a video file's path. No default. */
  readonly input: string;
  /** User name for the stream, put into the URL for ffmpeg; null (default) for none. */
  readonly username: string | null;
  /** Password that belongs to `username`; null (default) for none. Never logged. */
  readonly password: string | null;
  /** How RTSP carries its packets. Default `tcp`, which loses none. */
  readonly rtspTransport: 'tcp' | 'udp';
  /** Pictures a second taken out of the stream, above 0 to 30. Default 2. */
  readonly fps: number;
  /** Play a file at its own speed rather than as fast as it can be read. Files only. Default true. */
  readonly realtime: boolean;
  /** Begin a file again at its end, for ever. Files only. Default true. */
  readonly loop: boolean;
  /** Wider pictures are scaled down to this width in pixels, 0 (default) leaves them. */
  readonly maxWidth: number;
  /** Hardware decoder; null (default) decodes on the processor. */
  readonly hwaccel: HardwareDecoder | null;
}
