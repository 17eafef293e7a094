/** What a user can set about the camera. Ranges and defaults are in the schema of the config. */
import type { SimulatorOptions } from '../simulator/options.ts';
import type { CameraKind } from './source.ts';

export interface CameraOptions {
  /** Where pictures come from. */
  readonly kind: CameraKind;
  /** Milliseconds between two pictures. */
  readonly intervalMs: number;
  /** Milliseconds a picture may take before the source is taken for stalled and started afresh. */
  readonly timeoutMs: number;
  /** Milliseconds without a picture until the camera counts as offline. */
  readonly offlineAfterMs: number;
  readonly webcam: WebcamOptions;
  readonly rpicam: RpicamOptions;
  readonly directory: DirectoryOptions;
  readonly http: HttpOptions;
  readonly ffmpeg: FfmpegOptions;
  readonly simulator: SimulatorOptions;
}

/** The setting of each kind that says where its pictures come from; null where there is nothing to say. */
export const SOURCE_SETTING = {
  webcam: 'device',
  rpicam: null,
  directory: 'path',
  http: 'url',
  ffmpeg: 'input',
  simulator: null,
} as const satisfies Record<CameraKind, string | null>;

/** A USB camera, read by fswebcam through node-webcam: one run of the program a picture. */
export interface WebcamOptions {
  /**
   * `/dev/video0` or another device file, `test:` for fswebcam's generated picture, or `file:/path/picture.jpg`.
   * Only letters, digits and `. _ : / -`, since it passes through a shell.
   */
  readonly device: string;
  /** Picture width in pixels. */
  readonly width: number;
  /** Picture height in pixels. */
  readonly height: number;
  /** Frames skipped first while the camera's exposure settles. */
  readonly skipFrames: number;
}

/** A camera on the ribbon connector of a Raspberry Pi, read by one long-lived rpicam-vid. */
export interface RpicamOptions {
  /** Which camera, as `rpicam-vid --list-cameras` counts. */
  readonly camera: number;
  /** Picture width in pixels. */
  readonly width: number;
  /** Picture height in pixels. */
  readonly height: number;
  /** Pictures a second. */
  readonly fps: number;
  /** Further options of rpicam-vid for the picture, each as `--name=value`, or `--name` where it takes none. */
  readonly args: readonly string[];
}

/** A folder of JPEG, PNG or WebP files. */
export interface DirectoryOptions {
  /** The folder. Its subfolders are not read. */
  readonly path: string;
  /** Begin again after the last file, for ever. Ignored when `watch` is on. */
  readonly loop: boolean;
  /** Give only files that are complete and arrive from now on, the newest first; never ends. */
  readonly watch: boolean;
}

/** A camera that answers a GET request with its present picture. */
export interface HttpOptions {
  /** `http:` or `https:` URL of the snapshot, or of an MJPEG stream (its first picture is taken). */
  readonly url: string;
  /** User name for basic or digest authentication, whichever the camera asks for; null for none. */
  readonly username: string | null;
  /** Password that belongs to `username`; null for none. Never logged. */
  readonly password: string | null;
  /** Accept a self-signed certificate, as cameras in a local network have. */
  readonly allowSelfSigned: boolean;
}

/** Hardware decoders ffmpeg may be asked to use: its `-hwaccel`, but `v4l2m2m` is the decoder of H.264 on a Raspberry Pi. */
export const HARDWARE_DECODERS = ['auto', 'v4l2m2m', 'drm', 'vaapi', 'cuda', 'qsv', 'vdpau'] as const;

export type HardwareDecoder = (typeof HARDWARE_DECODERS)[number];

/** A stream, a V4L2 device or a video file, decoded by one long-lived ffmpeg. */
export interface FfmpegOptions {
  /** `rtsp:`, `rtsps:`, `http:` or `https:` URL (HLS too), `/dev/videoN`, or a video file's path. */
  readonly input: string;
  /** User name for the stream, put into the URL for ffmpeg; null for none. */
  readonly username: string | null;
  /** Password that belongs to `username`; null for none. Never logged. */
  readonly password: string | null;
  /** How RTSP carries its packets. */
  readonly rtspTransport: 'tcp' | 'udp' | 'udp_multicast' | 'http';
  /** Pictures a second taken from the stream. */
  readonly fps: number;
  /** Play a file at its own speed, for ever; else it is read once, as fast as its pictures are taken. Files only. */
  readonly loop: boolean;
  /** Wider pictures are scaled down to this width in pixels, 0 leaves them. */
  readonly maxWidth: number;
  /** Hardware decoder; null decodes on the processor, as is done where the hardware fails. */
  readonly hwaccel: HardwareDecoder | null;
  /** Decode keyframes only: saves most of the work where a picture every few seconds will do. */
  readonly keyframesOnly: boolean;
  /** What is asked of a V4L2 device. */
  readonly v4l2: V4l2Options;
}

export interface V4l2Options {
  /** Pixel format; null leaves the choice to ffmpeg. */
  readonly format: 'mjpeg' | 'h264' | 'yuyv422' | null;
  /** Picture width in pixels; 0, with the height, for the device's own. */
  readonly width: number;
  /** Picture height in pixels; 0, with the width, for the device's own. */
  readonly height: number;
  /** Pictures a second the device is asked for; 0 for its own. */
  readonly fps: number;
}
