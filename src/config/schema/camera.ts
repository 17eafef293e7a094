/** Settings of the camera. */
import type { SettingTree } from '../setting.ts';

const USERNAME = { format: 'text', default: null, none: 'null', noneMeans: 'none' } as const;
const PASSWORD = { format: 'text', default: null, none: 'null', noneMeans: 'none', sensitive: true } as const;

export const cameraSchema = {
  kind: {
    doc: 'Where pictures come from. The simulator is never chosen automatically: a missing camera is an error, not invented activity.',
    format: 'choice',
    default: 'webcam',
    choices: {
      webcam: 'a USB camera, read by fswebcam',
      rpicam: 'a ribbon camera of a Raspberry Pi, read by rpicam-vid',
      directory: 'a folder of JPEG, PNG or WebP files',
      http: 'a snapshot URL of a network camera',
      ffmpeg: 'an RTSP, HLS or MJPEG stream, a V4L2 device or a video file',
      simulator: 'drawn beach scenes, for demos and tests',
    },
  },
  interval: { doc: 'Time between two pictures.', format: 'duration', default: '2s', min: 100 },
  timeout: {
    doc: 'A picture that takes longer has stalled: the source is restarted.',
    format: 'duration',
    default: '10s',
    min: 100,
  },
  offlineAfter: {
    doc: 'After this long without a picture the camera is `offline` and the activity `unknown`.',
    format: 'duration',
    default: '30s',
    min: 100,
  },
  webcam: {
    device: {
      doc: "Device file, `test:` for fswebcam's generated picture, or `file:/path/picture.jpg`.",
      format: 'device',
      default: '/dev/video0',
      required: true,
    },
    width: { doc: 'Picture width in pixels.', format: 'whole', default: 1280, min: 16, max: 7680 },
    height: { doc: 'Picture height in pixels.', format: 'whole', default: 720, min: 16, max: 4320 },
    skipFrames: {
      doc: "Frames skipped first while the camera's exposure settles.",
      format: 'whole',
      default: 10,
      min: 0,
      max: 300,
    },
  },
  rpicam: {
    camera: {
      doc: 'Which camera, as `rpicam-vid --list-cameras` counts.',
      format: 'whole',
      default: 0,
      min: 0,
      max: 9,
    },
    width: { doc: 'Picture width in pixels.', format: 'whole', default: 1920, min: 64, max: 9152 },
    height: { doc: 'Picture height in pixels.', format: 'whole', default: 1080, min: 64, max: 6944 },
    fps: { doc: 'Pictures a second.', format: 'decimal', default: 2, min: 0.1, max: 30 },
    args: {
      doc: 'More options of rpicam-vid for the picture, each with its value: `["--rotation=180", "--awb=daylight", "--autofocus-mode=manual"]`; see [cameras.md](cameras.md#rpicam-a-ribbon-camera-of-a-raspberry-pi).',
      format: 'texts',
      default: [],
    },
  },
  directory: {
    path: { doc: 'The folder. Its subfolders are not read.', format: 'path', default: '' },
    loop: { doc: 'Start again after the last file.', format: 'switch', default: true },
    watch: {
      doc: 'Take only files that arrive from now on, the newest first; never ends.',
      format: 'switch',
      default: false,
    },
  },
  http: {
    url: {
      doc: 'URL of the snapshot, or of an MJPEG stream, whose first picture is taken. Better give a user name and a password in their own settings.',
      format: 'url',
      default: '',
      schemes: ['http', 'https'],
    },
    username: { doc: 'User name for basic or digest authentication.', ...USERNAME },
    password: { doc: 'Password of `camera.http.username`.', ...PASSWORD },
    allowSelfSigned: {
      doc: 'Accept a self-signed certificate, as cameras in a local network have.',
      format: 'switch',
      default: false,
    },
  },
  ffmpeg: {
    input: {
      doc: "URL of a stream (HLS is `http` or `https`), `/dev/videoN`, or a video file's path.",
      format: 'source',
      default: '',
      schemes: ['rtsp', 'rtsps', 'http', 'https'],
    },
    username: { doc: 'User name for the stream.', ...USERNAME },
    password: { doc: 'Password of `camera.ffmpeg.username`.', ...PASSWORD },
    rtspTransport: {
      doc: 'How RTSP carries its packets.',
      format: 'choice',
      default: 'tcp',
      choices: {
        tcp: 'loses none',
        udp: 'for cameras without TCP',
        udp_multicast: 'one stream for several viewers',
        http: 'RTSP inside HTTP, through a firewall',
      },
    },
    fps: {
      doc: 'Pictures a second taken from the stream.',
      format: 'decimal',
      default: 2,
      min: 0.01,
      max: 30,
    },
    loop: {
      doc: 'Play a file at its own speed, and again at its end. Off: read it once, as fast as its pictures are judged, and drop none.',
      format: 'switch',
      default: true,
    },
    maxWidth: {
      doc: 'Wider pictures are scaled down to this width in pixels; 0 leaves them.',
      format: 'whole',
      default: 0,
      min: 0,
      max: 7680,
    },
    hwaccel: {
      doc: "Hardware decoder, as in ffmpeg's `-hwaccel`. If it gives no picture, the processor decodes, and the log says so.",
      format: 'choice',
      default: null,
      none: 'null',
      noneMeans: 'decode on the processor',
      choices: {
        auto: 'the first that works',
        vaapi: '',
        v4l2m2m: '',
        drm: '',
        cuda: '',
        qsv: '',
        vdpau: '',
      },
    },
    keyframesOnly: {
      doc: 'Decode only keyframes, which come every 1 to 10 seconds: saves most of the work. Use it if that is often enough, and if the time between two is well below `camera.timeout`.',
      format: 'switch',
      default: false,
    },
    v4l2: {
      format: {
        doc: 'Pixel format to ask a `/dev/videoN` for.',
        format: 'choice',
        default: null,
        none: 'null',
        noneMeans: 'ffmpeg chooses',
        choices: {
          mjpeg: 'what USB cameras need for 720p and more at a fair rate',
          h264: '',
          yuyv422: 'uncompressed',
        },
      },
      width: {
        doc: "Picture width to ask a `/dev/videoN` for; 0, with `height`, for the device's own.",
        format: 'whole',
        default: 0,
        min: 0,
        max: 7680,
      },
      height: {
        doc: "Picture height to ask a `/dev/videoN` for; 0, with `width`, for the device's own.",
        format: 'whole',
        default: 0,
        min: 0,
        max: 4320,
      },
      fps: {
        doc: "Pictures a second to ask a `/dev/videoN` for; 0 for the device's own.",
        format: 'decimal',
        default: 0,
        min: 0,
        max: 120,
      },
    },
  },
  simulator: {
    seed: { doc: 'Seed of everything random.', format: 'whole', default: 1 },
    width: { doc: 'Picture width in pixels.', format: 'whole', default: 1280, min: 160, max: 7680 },
    height: { doc: 'Picture height in pixels.', format: 'whole', default: 720, min: 120, max: 4320 },
    speed: { doc: 'Simulated seconds per second.', format: 'decimal', default: 1, min: 0.001, max: 100_000 },
    script: {
      doc: 'What happens when.',
      format: 'choice',
      default: 'demo',
      choices: {
        demo: 'every activity within 3 minutes, light and weather mild',
        season: 'days with nights, fog and rain, sessions of 20 to 90 minutes',
        calm: 'nobody ever rides; swimmers, boats and gulls come and go',
        faults: "the demo's sessions, with night, fog, an obscured lens or a frozen camera between them",
      },
    },
    footage: {
      doc: 'Folder with the JPEG frames of a real camera, shown for a while before each round of the script.',
      format: 'path',
      default: null,
      none: 'omit',
      noneMeans: 'all is drawn',
    },
  },
} as const satisfies SettingTree;
