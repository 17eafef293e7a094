/** What a user can set about the camera. Defaults stand in the config's schema; here they are named for the reader. */
import type { SimulatorOptions } from '../simulator/options.ts';
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
  readonly rpicam: RpicamOptions;
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

/** A camera on the ribbon connector of a Raspberry Pi, read by one long-lived rpicam-vid. */
export interface RpicamOptions {
  /** Which camera, 0 (default) to 9, as `rpicam-vid --list-cameras` counts. */
  readonly camera: number;
  /** Picture width in pixels, 64 to 9152. Default 1920. */
  readonly width: number;
  /** Picture height in pixels, 64 to 6944. Default 1080. */
  readonly height: number;
  /** Pictures a second, 0.1 to 30. Default 2. */
  readonly fps: number;
  /** JPEG quality, 1 to 100. Default 90. */
  readonly quality: number;
  /** Degrees the picture is turned: 0 (default) or 180. */
  readonly rotation: number;
  /** Mirror left and right. Default false. */
  readonly hflip: boolean;
  /** Mirror top and bottom. Default false. */
  readonly vflip: boolean;
  /** Part of the sensor's picture that is used, `x,y,width,height` in 0..1; null (default) for all. */
  readonly roi: string | null;
  /** Sensor mode, `width:height`, `width:height:bits` or `width:height:bits:P`; null (default) lets the program choose. */
  readonly mode: string | null;
  /** How the exposure is chosen. Default `normal`. */
  readonly exposure: 'normal' | 'sport' | 'long';
  /** Fixed exposure in microseconds, 0 to 10000000; 0 (default) for automatic. */
  readonly shutterUs: number;
  /** Fixed gain, 0 to 64; 0 (default) for automatic. */
  readonly gain: number;
  /** Exposure compensation in stops, -10 to 10. Default 0. */
  readonly ev: number;
  /** Part of the picture the exposure is measured on. Default `centre`. */
  readonly metering: 'centre' | 'spot' | 'average';
  /** White balance. Default `auto`. */
  readonly awb: 'auto' | 'incandescent' | 'tungsten' | 'fluorescent' | 'indoor' | 'daylight' | 'cloudy';
  /** High dynamic range. Default `off`. */
  readonly hdr: 'off' | 'auto' | 'sensor' | 'single-exp';
  /** Noise reduction. Default `auto`. */
  readonly denoise: 'auto' | 'off' | 'cdn_off' | 'cdn_fast' | 'cdn_hq';
  /** -1 to 1. Default 0. */
  readonly brightness: number;
  /** 0 to 15.99. Default 1. */
  readonly contrast: number;
  /** 0 to 15.99. Default 1. */
  readonly saturation: number;
  /** 0 to 15.99. Default 1. */
  readonly sharpness: number;
  /** Focus of a camera that has one; null (default) for the camera's own way. */
  readonly autofocus: 'manual' | 'auto' | 'continuous' | null;
  /** Focus distance of `manual` as its reciprocal in 1/m, 0 (infinity, default) to 32. */
  readonly lensPosition: number;
  /** Absolute path of a libcamera tuning file; null (default) for libcamera's own. */
  readonly tuningFile: string | null;
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
  readonly rtspTransport: 'tcp' | 'udp' | 'udp_multicast' | 'http';
  /** Pictures a second taken out of the stream, above 0 to 30. Default 2. */
  readonly fps: number;
  /** Play a file at its own speed rather than as fast as it can be read. Files only. Default true. */
  readonly realtime: boolean;
  /** Begin a file again at its end, for ever. Files only. Default true. */
  readonly loop: boolean;
  /** Wider pictures are scaled down to this width in pixels, 0 (default) leaves them. */
  readonly maxWidth: number;
  /** Hardware decoder; null (default) decodes on the processor, as is done where the hardware fails. */
  readonly hwaccel: HardwareDecoder | null;
  /** Decode keyframes only: saves most of the work where a picture every few seconds will do. Default false. */
  readonly keyframesOnly: boolean;
  /** Hold no frames back to order or analyse them. Default false. */
  readonly lowDelay: boolean;
  /** What is asked of a V4L2 device. */
  readonly v4l2: V4l2Options;
}

export interface V4l2Options {
  /** Pixel format; null (default) leaves the choice to ffmpeg. */
  readonly format: 'mjpeg' | 'h264' | 'yuyv422' | null;
  /** Picture width in pixels, 16 to 7680; 0 (default), with the height, for the device's own. */
  readonly width: number;
  /** Picture height in pixels, 16 to 4320; 0 (default), with the width, for the device's own. */
  readonly height: number;
  /** Pictures a second the device is asked for, 0 to 120; 0 (default) for its own. */
  readonly fps: number;
}
