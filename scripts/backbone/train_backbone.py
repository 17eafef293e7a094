"""Trains surfwatch's convolutional backbone together with a projection of its cells.

MobileNetV2 (1.0, BatchNorm folded) is run over a whole frame; each stride-16 cell is described by
`block13/expand` (576 numbers) and the `conv_last` cell it lies in (1,280), each number x/(1+|x|),
and projected to a short vector z. A small head on z (Dense 64 ReLU, five sigmoids: surfing,
windsurfing, kitesurfing, kite, person) is the yardstick. The backbone from FROZEN_BEFORE on, projection and head are trained together on
256x256 crops made on the fly. A second branch holds the pooled embedding of whole photos near the
first backbone's, so that it keeps working for photos.

Crops: windows of frames at a scale at which a rider is 9 to 46 pixels tall; windows of frames and
photos without riders; small photos side by side; cut-outs of riders, kites, people and of anything,
pasted with feathered edges; windows the network failed on, again. Then flips, colours, blur,
sharpening, noise, JPEG. A cell is a rider where its middle lies in a rider's box; cells around a
box, in `ignore` boxes and in photos of riders outside of the boxes do not count. Each of the
workers computes gradients of its own crops on one thread; the main process applies each as it
comes (AdamW, cosine, clip 5) and keeps a moving average of the weights, which is what it exports.

Inputs (needs PyTorch, NumPy and OpenCV):
  --data       folder with `watersports/<class>/*.jpg` and `manifest.csv` (photos), and of frames with
               boxes `surfcam`, `windsurf-tele`, `surfcam-cc0`, `beachcams` (`frames/`, `boxes.json`;
               beachcams also `manifest.csv` with the camera of each file)
  --start      bundle to start from: `manifest.json`, `weights.f32.bin`; a head beside it
               (`dense-head.*` on cells or `head.*` on projected cells) is taken up
  --teacher    bundle of the first backbone, which the pooled embedding of photos stays near to
  --detector   YOLOX-nano (ONNX, COCO), which finds people, boards and kites in photos, and people
               who are no riders in the frames of beachcams; --cache: file its findings are kept in
  --leave-out  cameras to leave out (also `surfcam-cc0`), --leave-out-photos: groups of photos
  --minutes    time to train, --out: folder of the bundle, replaced atomically every --every minutes

surfwatch-mobilenetv2-1.0-224-v3 was made from v2 by
  python3 train_backbone.py --data data --start v2 --teacher v1 --detector yolox_nano.onnx \\
    --minutes 53 --rate 3e-4 --out v3

Set MALLOC_MMAP_THRESHOLD_ and MALLOC_TRIM_THRESHOLD_ to large numbers (8589934592): without that
glibc returns every big tensor to the kernel and a step takes two to four times as long.
"""
import argparse
import csv
import hashlib
import json
import multiprocessing
import os
import shutil
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F

ACTIVITIES = ("surfing", "windsurfing", "kitesurfing")
OUTPUTS = (*ACTIVITIES, "kite", "person")
KITE, PERSON, IGNORE, MAYBE_PERSON = 3, 4, 5, 6  # kinds of boxes after the three riders 0..2
SIZE, STRIDE, WIDTH, HIDDEN = 256, 16, 128, 64
CELLS = SIZE // STRIDE
FROZEN_BEFORE = "block7/expand"
CELL_LAYERS = ("block13/expand", "conv_last")


# ---------------------------------------------------------------- data

class Picture:
    """A frame or photo: RGB pixels, boxes [x0, y0, x1, y1] in pixels, their kinds.

    `complete`: all riders are boxed, so that everything else is known to be no rider.
    """

    def __init__(self, path, image, boxes, kinds, camera, complete):
        self.path, self.image, self.camera, self.complete = path, image, camera, complete
        self.boxes = np.asarray(boxes, np.float32).reshape(-1, 4)
        self.kinds = np.asarray(kinds, np.int64)


def read_image(path):
    return cv2.cvtColor(cv2.imread(path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)


class Detector:
    """YOLOX-nano: boxes of people (0), boats (8), birds (14), kites (33) and surfboards (37)."""

    def __init__(self, path):
        self.net = cv2.dnn.readNetFromONNX(path)
        grid = []
        for stride in (8, 16, 32):
            ys, xs = np.mgrid[0:416 // stride, 0:416 // stride]
            grid.append(np.stack([xs.ravel(), ys.ravel(), np.full(xs.size, stride)], 1))
        self.grid = np.concatenate(grid).astype(np.float32)

    def slice(self, image):
        """Reads an RGB image of at most 416x416: rows [x0, y0, x1, y1, score, class]."""
        canvas = np.full((416, 416, 3), 114, np.uint8)
        canvas[:image.shape[0], :image.shape[1]] = image
        self.net.setInput(canvas[:, :, ::-1].transpose(2, 0, 1)[None].astype(np.float32))
        out = self.net.forward()[0]
        stride = self.grid[:, 2:]
        middle = (out[:, :2] + self.grid[:, :2]) * stride
        half = np.exp(out[:, 2:4]) * stride / 2
        found = []
        for cls in (0, 8, 14, 33, 37):
            score = out[:, 4] * out[:, 5 + cls]
            keep = np.flatnonzero(score > 0.1)
            if not len(keep):
                continue
            xywh = np.concatenate([middle - half, 2 * half], 1)[keep]
            for i in np.ravel(cv2.dnn.NMSBoxes(xywh.tolist(), score[keep].tolist(), 0.1, 0.5)).astype(int):
                x, y, w, h = xywh[i]
                found.append([x, y, x + w, y + h, float(score[keep][i]), cls])
        return found

    def read(self, image, slices):
        """Reads a whole image at once, or in overlapping slices at about 1,600 pixels' width."""
        height, width = image.shape[:2]
        scale = min(3, 1600 / width) if slices else 416 / max(height, width)
        scaled = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))))
        found = []
        for y in range(0, max(1, scaled.shape[0] - 48), 368):
            for x in range(0, max(1, scaled.shape[1] - 48), 368):
                for box in self.slice(scaled[y:y + 416, x:x + 416]):
                    found.append([*((np.array(box[:4]) + [x, y, x, y]) / scale).tolist(), *box[4:]])
        return found


def overlap(a, b):
    """Intersection of two boxes as a share of the smaller one."""
    w, h = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if w <= 0 or h <= 0:
        return 0.0
    return w * h / max(1e-6, min((a[2] - a[0]) * (a[3] - a[1]), (b[2] - b[0]) * (b[3] - b[1])))


def photo_boxes(found, cls):
    """Boxes and kinds of a photo of the class from what the detector found in it."""
    boxes, kinds = [], []
    if cls == "none":
        for *box, score, what in found:
            if what in (0, 8, 14):
                boxes.append(box)
                kinds.append(PERSON if score >= 0.4 else MAYBE_PERSON)
        return boxes, kinds
    gear = (37,) if cls != "windsurfing" else (8, 33, 37)
    for *box, score, what in found:
        if what == 0 and score >= 0.4:
            box = list(box)
            for *other, other_score, other_what in found:
                if other_what in gear and other_score >= 0.15 and overlap(box, other) > 0.1:
                    box = [min(box[0], other[0]), min(box[1], other[1]), max(box[2], other[2]), max(box[3], other[3])]
            boxes.append(box)
            kinds.append(ACTIVITIES.index(cls))
        elif what == 33 and score >= 0.4 and cls == "kitesurfing":
            boxes.append(box)
            kinds.append(KITE)
    return boxes, kinds


def load_pictures(args):
    """Reads all photos and frames into memory: (photos, frames)."""
    cache = json.load(open(args.cache)) if os.path.exists(args.cache) else {}
    detector, known = Detector(args.detector), len(cache)

    def detect(key, image, slices):
        if key not in cache:
            cache[key] = detector.read(image, slices)
        return cache[key]

    photos, frames = [], []
    for row in csv.DictReader(open(f"{args.data}/watersports/manifest.csv")):
        if row["group"] in args.leave_out_photos:
            continue
        image = read_image(f"{args.data}/watersports/{row['file']}")
        boxes, kinds = photo_boxes(detect(row["file"], image, False), row["class"])
        picture = Picture(row["file"], image, boxes, kinds, row["group"], row["class"] == "none")
        picture.label = (*ACTIVITIES, "none").index(row["class"])
        photos.append(picture)
    for folder in ("surfcam", "windsurf-tele", "surfcam-cc0", "beachcams"):
        cameras = {}
        if folder == "beachcams":
            cameras = {row["file"]: row["camera"] for row in csv.DictReader(open(f"{args.data}/{folder}/manifest.csv"))}
        for file, marks in json.load(open(f"{args.data}/{folder}/boxes.json")).items():
            camera = cameras.get(file, folder)
            if camera in args.leave_out:
                continue
            image = read_image(f"{args.data}/{folder}/frames/{file}")
            height, width = image.shape[:2]
            boxes, kinds = [], []
            for mark in marks:
                x, y, w, h = mark["box"]
                if w * h <= 0:
                    continue
                boxes.append([x * width, y * height, (x + w) * width, (y + h) * height])
                kinds.append(IGNORE if mark.get("ignore") else KITE if mark.get("part") == "kite" else
                             PERSON if mark["activity"] == "person" else ACTIVITIES.index(mark["activity"]))
            if folder == "beachcams":  # people who are no riders are not boxed there
                for *box, score, what in detect(f"{folder}/{file}", image, True):
                    if what in (0, 8, 14) and all(overlap(box, b) < 0.1 for b in boxes):
                        boxes.append(box)
                        kinds.append(PERSON if score >= 0.4 else MAYBE_PERSON)
            frames.append(Picture(file, image, boxes, kinds, camera, True))
    if len(cache) > known:
        json.dump(cache, open(args.cache, "w"))
    return photos, frames


# ---------------------------------------------------------------- crops

def extent(box):
    """How tall a rider counts as: a lying one is wider than tall."""
    return max(box[3] - box[1], (box[2] - box[0]) / 2)


class Canvas:
    """A 256x256 crop in the making: pixels, boxes [x0, y0, x1, y1, kind], unknown regions."""

    def __init__(self, image):
        self.image, self.boxes, self.unknown, self.window = image, [], [], None

    def targets(self):
        """(y, m): wanted outputs and whether they count, [5, 16, 16] each."""
        y = np.zeros((len(OUTPUTS), CELLS, CELLS), np.float32)
        m = np.ones_like(y)
        middle = np.arange(CELLS) * STRIDE + STRIDE / 2

        def cells(box, grow=0.0):
            xs = np.flatnonzero((middle >= box[0] - grow) & (middle <= box[2] + grow))
            ys = np.flatnonzero((middle >= box[1] - grow) & (middle <= box[3] + grow))
            return (slice(ys[0], ys[-1] + 1), slice(xs[0], xs[-1] + 1)) if len(xs) and len(ys) else (slice(0), slice(0))

        def core(box):
            cx, cy = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            rx, ry = max(10.0, 0.4 * (box[2] - box[0])), max(10.0, 0.4 * (box[3] - box[1]))
            return cells((cx - rx, cy - ry, cx + rx, cy + ry))

        for region in self.unknown:
            m[(slice(None), *cells(region))] = 0
        for *box, kind in self.boxes:
            ring = cells(box, 14 + 0.2 * extent(box))
            if kind == IGNORE:
                m[(slice(None), *cells(box, 8))] = 0
            elif kind <= KITE:
                m[(slice(0, 4), *ring)] = 0
            else:
                m[(PERSON, *ring)] = 0
        for wanted in (PERSON, KITE, 0, 1, 2):
            for *box, kind in self.boxes:
                if kind != wanted:
                    continue
                at = core(box)
                if not 7 <= extent(box) <= 64:
                    if kind != PERSON:
                        m[(slice(None), *at)] = 0
                    continue
                y[(slice(None), *at)] = 0
                m[(slice(None), *at)] = 1
                y[(kind, *at)] = 1
                if kind == KITE:
                    m[(slice(0, 3), *at)] = 0
        return y, m


class Cropper:
    """Makes training crops of pictures, with its own random numbers."""

    def __init__(self, photos, frames, seed):
        self.random = np.random.RandomState(seed)
        self.pictures = frames + photos
        self.none = [p for p in photos if p.complete]
        self.people = [p for p in self.none if (p.kinds == PERSON).any()]
        self.riders = [[p for p in photos if (p.kinds == a).any()] for a in range(3)]
        self.cameras = {}
        for p in frames:
            self.cameras.setdefault(p.camera, []).append(p)
        self.names = sorted(self.cameras)
        weight = np.array([min(len(self.cameras[n]), 40) ** 0.5 for n in self.names])
        self.weight = weight / weight.sum()
        rider_frames = [p for p in frames if (p.kinds < 3).any()]
        self.rider_cameras = {n: [p for p in rider_frames if p.camera == n] for n in self.names}
        self.index = {id(p): i for i, p in enumerate(self.pictures)}
        self.replay = []

    def pick(self, items):
        return items[self.random.randint(len(items))]

    def chance(self, p):
        return self.random.rand() < p

    def height(self):
        """A rider's height in the crop: 9 to 46 pixels, mostly about 20."""
        return float(np.exp(self.random.triangular(np.log(8.5), np.log(19), np.log(46))))

    def frame(self, with_rider):
        for _ in range(20):
            name = self.names[self.random.choice(len(self.names), p=self.weight)]
            some = self.rider_cameras[name] if with_rider else self.cameras[name]
            if some:
                return self.pick(some)
        return self.pick([p for n in self.names for p in self.cameras[n]])

    def overlay(self, canvas, picture, scale, cx, cy, at, limit=None, aspect=1.0):
        """Lays the picture onto the canvas, scaled, its point (cx, cy) at `at`, inside `limit`."""
        x0, y0, x1, y1 = limit or (0, 0, SIZE, SIZE)
        height, width = picture.image.shape[:2]
        sx, sy = scale * aspect, scale / aspect
        left, top = max(0.0, cx - (at[0] - x0) / sx), max(0.0, cy - (at[1] - y0) / sy)
        right, bottom = min(width, cx + (x1 - at[0]) / sx), min(height, cy + (y1 - at[1]) / sy)
        l, t, r, b = int(left), int(top), int(np.ceil(right)), int(np.ceil(bottom))
        dx, dy = int(round(at[0] + (l - cx) * sx)), int(round(at[1] + (t - cy) * sy))
        w, h = int(round((r - l) * sx)), int(round((b - t) * sy))
        if w < 8 or h < 8:
            return
        way = cv2.INTER_AREA if scale < 0.9 else self.pick((cv2.INTER_LINEAR, cv2.INTER_CUBIC, cv2.INTER_LANCZOS4))
        patch = cv2.resize(picture.image[t:b, l:r], (w, h), interpolation=way)
        px, py = max(x0, dx), max(y0, dy)
        qx, qy = min(x1, dx + w), min(y1, dy + h)
        if qx <= px or qy <= py:
            return
        canvas.image[py:qy, px:qx] = patch[py - dy:qy - dy, px - dx:qx - dx]
        region = (px, py, qx, qy)
        canvas.boxes = [o for o in canvas.boxes if not (px <= (o[0] + o[2]) / 2 <= qx and py <= (o[1] + o[3]) / 2 <= qy)]
        if not picture.complete:
            canvas.unknown.append(region)
        for box, kind in zip(picture.boxes, picture.kinds):
            bx0, bx1 = (box[[0, 2]] - l) * (w / (r - l)) + dx
            by0, by1 = (box[[1, 3]] - t) * (h / (b - t)) + dy
            cut = (max(bx0, px), max(by0, py), min(bx1, qx), min(by1, qy))
            if cut[2] <= cut[0] or cut[3] <= cut[1]:
                continue
            seen = (cut[2] - cut[0]) * (cut[3] - cut[1]) / max(1e-6, (bx1 - bx0) * (by1 - by0))
            canvas.boxes.append([*cut, int(kind) if seen > 0.6 or kind > KITE else IGNORE])

    def window(self, picture, cx, cy, scale):
        """A crop of the picture at a scale; where the picture ends, another one goes on."""
        at = (SIZE / 2, SIZE / 2)
        height, width = picture.image.shape[:2]
        half = SIZE / 2 / scale
        if width >= 2 * half:
            cx = min(max(cx, half + 1), width - half - 1)
        if height >= 2 * half:
            cy = min(max(cy, half + 1), height - half - 1)
        if width >= 2 * half + 2 and height >= 2 * half + 2:
            canvas = Canvas(np.zeros((SIZE, SIZE, 3), np.uint8))
            canvas.window = (self.index[id(picture)], cx, cy, scale)
        else:
            canvas = self.negative_window()
            canvas.window = None
            at = (self.random.uniform(60, 196), self.random.uniform(60, 196)) if min(width, height) < 2 * half else at
        self.overlay(canvas, picture, scale, cx, cy, at)
        return canvas

    def negative_window(self):
        """A window of a photo or frame without riders, at any scale that fits."""
        while True:
            picture = self.pick(self.none) if self.chance(0.5) else self.frame(False)
            if (picture.kinds < 3).any() or (picture.kinds == IGNORE).any():
                continue
            height, width = picture.image.shape[:2]
            least = SIZE / (min(height, width) - 4)
            scale = float(np.exp(self.random.uniform(np.log(min(max(least, 0.35), 3)), np.log(max(3.2, least)))))
            if least <= scale <= 4:
                return self.window(picture, self.random.uniform(0, width), self.random.uniform(0, height), scale)

    def at_object(self, picture, kinds):
        """A window of the picture around one of its objects, 9 to 46 pixels tall."""
        box = picture.boxes[self.pick(np.flatnonzero(np.isin(picture.kinds, kinds)))]
        scale = float(np.clip(self.height() / max(3.0, extent(box)), 0.04, 3.8))
        shift = self.random.uniform(-100, 100, 2) / scale
        return self.window(picture, (box[0] + box[2]) / 2 + shift[0], (box[1] + box[3]) / 2 + shift[1], scale)

    def collage(self):
        """Small photos side by side on a window without riders."""
        canvas = self.negative_window()
        canvas.window = None
        grid = self.pick((2, 2, 2, 3))
        side = SIZE // grid
        for i in range(grid * grid):
            if self.chance(0.15):
                continue
            x, y = i % grid * side, i // grid * side
            if self.chance(0.55):
                picture = self.pick(self.riders[self.random.randint(3)])
                box = picture.boxes[self.pick(np.flatnonzero(picture.kinds < 4))]
                scale = self.height() / extent(box)
                cx, cy = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
            else:
                picture = self.pick(self.people) if self.chance(0.6) else self.pick(self.none)
                height, width = picture.image.shape[:2]
                cx, cy, scale = width / 2, height / 2, self.random.uniform(0.9, 1.8) * side / max(height, width)
                who = np.flatnonzero(picture.kinds == PERSON)
                if len(who) and self.chance(0.6):
                    box = picture.boxes[self.pick(who)]
                    cx, cy, scale = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, self.height() / extent(box)
            shift = self.random.uniform(-0.3, 0.3, 2) * side
            self.overlay(canvas, picture, scale, cx, cy, (x + side / 2 + shift[0], y + side / 2 + shift[1]),
                         (x, y, x + side, y + side), float(np.exp(self.random.uniform(-0.15, 0.15))))
        return canvas

    def paste(self, canvas, what):
        """Pastes a cut-out with feathered edges: what is a rider's activity, KITE, PERSON or None (any patch)."""
        kind, box = what, None
        for _ in range(8):
            if what is None:
                picture = self.pick(self.none) if self.chance(0.5) else self.frame(False)
                height, width = picture.image.shape[:2]
                w, h = self.random.uniform(0.02, 0.15, 2) * width
                x, y = self.random.uniform(0, max(1, width - w)), self.random.uniform(0, max(1, height - h))
                box = np.array([x, y, x + w, min(height, y + h)])
                if any(overlap(box, b) > 0 for b, k in zip(picture.boxes, picture.kinds) if k != PERSON):
                    box = None
                    continue
                break
            if what == PERSON:
                picture = self.pick(self.people) if self.chance(0.7) else self.frame(False)
            elif what == KITE:
                picture = self.pick(self.riders[2])
            else:
                picture = self.pick(self.riders[what]) if self.chance(0.5) else self.frame(True)
            some = np.flatnonzero(picture.kinds == what if what >= KITE else picture.kinds < 3)
            if len(some):
                i = self.pick(some)
                box, kind = picture.boxes[i], int(picture.kinds[i])
                break
        if box is None:
            return
        goal = self.height() * (1.2 if kind == KITE else 1)
        scale = goal / max(2.0, extent(box))
        if scale > 4:
            return
        rim = 0.15 * extent(box) + 2 / scale
        height, width = picture.image.shape[:2]
        l, t = int(max(0, box[0] - rim)), int(max(0, box[1] - rim))
        r, b = int(min(width, box[2] + rim + 1)), int(min(height, box[3] + rim + 1))
        w, h = int(round((r - l) * scale)), int(round((b - t) * scale))
        if not (6 <= w <= 120 and 6 <= h <= 120):
            return
        patch = cv2.resize(picture.image[t:b, l:r], (w, h), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
        patch = patch.astype(np.float32)
        inner = (box - [l, t, l, t]) * scale
        mirrored = self.chance(0.5)
        if mirrored:
            patch, inner = patch[:, ::-1], np.array([w - inner[2], inner[1], w - inner[0], inner[3]])
        edge = np.concatenate([patch[0], patch[-1], patch[:, 0], patch[:, -1]]).mean(0)
        for _ in range(10):
            x, y = self.random.randint(0, SIZE - w), self.random.randint(0, SIZE - h)
            place = [x - 14, y - 14, x + w + 14, y + h + 14]
            if any(overlap(place, o[:4]) > 0 for o in canvas.boxes) or any(overlap(place, o) > 0 for o in canvas.unknown):
                continue
            ground = canvas.image[y:y + h, x:x + w].astype(np.float32)
            red, green, blue = ground.mean((0, 1))
            if kind is not None and kind < 3 and (red > blue + 12 or green > max(red, blue) + 8):
                continue  # sand or leaves: no place for a rider
            patch = patch + (ground.mean((0, 1)) - edge) * self.random.uniform(0.4, 1.0)
            rx, ry = max(2, (w - (inner[2] - inner[0])) / 2), max(2, (h - (inner[3] - inner[1])) / 2)
            ax = np.clip(np.minimum(np.arange(w) + 0.5, w - np.arange(w) - 0.5) / rx, 0, 1)
            ay = np.clip(np.minimum(np.arange(h) + 0.5, h - np.arange(h) - 0.5) / ry, 0, 1)
            alpha = (ay[:, None] * ax[None])[..., None]
            canvas.image[y:y + h, x:x + w] = np.clip(ground * (1 - alpha) + patch * alpha, 0, 255).astype(np.uint8)
            if kind is not None:
                canvas.boxes.append([x + inner[0], y + inner[1], x + inner[2], y + inner[3], kind])
            canvas.window = None
            return

    def colours(self, image):
        """Changes light, colour, sharpness and compression of an RGB image."""
        random = self.random
        x = image.astype(np.float32)
        if self.chance(0.8):
            grey = x.mean(2, keepdims=True)
            x = grey + (x - grey) * random.uniform(0.1 if self.chance(0.2) else 0.6, 1.4)
            mean = x.mean()
            x = (x - mean) * random.uniform(0.6, 1.35) + mean * random.uniform(0.65, 1.3)
            x = x * random.uniform(0.9, 1.1, 3).astype(np.float32)
        if self.chance(0.25):
            x = cv2.GaussianBlur(x, (0, 0), random.uniform(0.4, 1.3))
        elif self.chance(0.25):
            x = x + (x - cv2.GaussianBlur(x, (0, 0), random.uniform(0.7, 1.5))) * random.uniform(0.3, 1.5)
        if self.chance(0.3):
            x = x + random.normal(0, random.uniform(1, 9), (*x.shape[:2], 1 if self.chance(0.5) else 3)).astype(np.float32)
        x = np.clip(x, 0, 255).astype(np.uint8)
        if self.chance(0.4):
            ok, data = cv2.imencode(".jpg", x, [cv2.IMWRITE_JPEG_QUALITY, int(random.uniform(25, 90))])
            x = cv2.imdecode(data, cv2.IMREAD_COLOR)
        return x

    def crop(self, plain=False):
        """One training crop: (image, y, m, window or None)."""
        u = self.random.rand()
        if self.replay and u < 0.12:
            i, cx, cy, scale = self.pick(self.replay)
            shift = self.random.uniform(-40, 40, 2) / scale
            canvas = self.window(self.pictures[i], cx + shift[0], cy + shift[1], scale * float(np.exp(self.random.uniform(-0.2, 0.2))))
        elif u < 0.48 or plain and u < 0.6:
            canvas = self.at_object(self.frame(True), (0, 1, 2))
        elif u < 0.53:
            picture = self.frame(False)
            kinds = [k for k in (KITE, PERSON) if (picture.kinds == k).any()]
            canvas = self.at_object(picture, kinds) if kinds else self.negative_window()
        elif u < 0.66:
            picture = self.frame(False)
            height, width = picture.image.shape[:2]
            scale = float(np.exp(self.random.uniform(np.log(0.5), np.log(3))))
            canvas = self.window(picture, self.random.uniform(0, width), self.random.uniform(0, height), scale)
        elif u < 0.83 or plain:
            canvas = self.negative_window()
        else:
            canvas = self.collage()
        if not plain:
            if self.chance(0.3):
                for _ in range(self.random.randint(1, 4)):
                    self.paste(canvas, self.random.choice(3, p=(0.5, 0.25, 0.25)))
            if self.chance(0.08):
                self.paste(canvas, KITE)
            if self.chance(0.3):
                for _ in range(self.random.randint(1, 4)):
                    self.paste(canvas, PERSON if self.chance(0.6) else None)
        y, m = canvas.targets()
        image = canvas.image if plain else self.colours(canvas.image)
        if self.chance(0.5):
            image, y, m = image[:, ::-1], y[:, :, ::-1], m[:, :, ::-1]
        return np.ascontiguousarray(image), y, m, canvas.window

    def photo(self):
        """One random resized crop of a photo: (image, label)."""
        picture = self.pick(self.riders[self.random.randint(3)]) if self.chance(0.6) else self.pick(self.none)
        height, width = picture.image.shape[:2]
        area, aspect = self.random.uniform(0.35, 1) * height * width, np.exp(self.random.uniform(np.log(0.6), np.log(1.7)))
        w, h = int(min(width, (area * aspect) ** 0.5)), int(min(height, (area / aspect) ** 0.5))
        x, y = self.random.randint(width - w + 1), self.random.randint(height - h + 1)
        image = cv2.resize(picture.image[y:y + h, x:x + w], (SIZE, SIZE), interpolation=cv2.INTER_AREA)
        image = self.colours(image) if self.chance(0.5) else image
        return (image[:, ::-1] if self.chance(0.5) else image), picture.label


# ---------------------------------------------------------------- network

def convolve(x, weight, bias, stride=1, padding=0, groups=1):
    """oneDNN's convolution: on one thread F.conv2d takes one that is ten times slower for small batches."""
    return torch.mkldnn_convolution(x, weight, bias, (padding,) * 2, (stride,) * 2, (1, 1), groups)


class Backbone(torch.nn.Module):
    """MobileNetV2 as a bundle's manifest lists it."""

    def __init__(self, folder):
        super().__init__()
        self.manifest = json.load(open(f"{folder}/manifest.json"))
        self.layers = self.manifest["layers"]
        numbers = np.fromfile(f"{folder}/weights.f32.bin", "<f4")
        self.count = max(l["bias"]["offset"] // 4 + l["out"] for l in self.layers)
        self.extra = numbers[self.count:]
        self.parameters_ = torch.nn.ParameterList()
        for layer in self.layers:
            for part in ("weight", "bias"):
                shape, start = layer[part]["shape"], layer[part]["offset"] // 4
                self.parameters_.append(torch.nn.Parameter(torch.tensor(numbers[start:start + int(np.prod(shape))].reshape(shape))))
        self.first = [l["name"] for l in self.layers].index(FROZEN_BEFORE)

    def run(self, x, begin, end):
        """Runs layers begin..end: (last output, outputs of the layers that describe cells)."""
        kept, block = {}, x
        for i in range(begin, end):
            layer, w, b = self.layers[i], self.parameters_[2 * i], self.parameters_[2 * i + 1]
            if layer["name"].endswith("/expand"):
                block = x
            groups = layer["in"] if layer["op"] == "depthwise_conv" else 1
            if layer["stride"] == 2:
                x = convolve(F.pad(x, (0, 1, 0, 1)), w, b, 2, 0, groups)
            else:
                x = convolve(x, w, b, 1, layer["kernel"] // 2, groups)
            if layer["activation"] == "relu6":
                x = F.hardtanh(x, 0.0, 6.0)
            if layer.get("residual_from"):
                x = x + block
            if layer["name"] in CELL_LAYERS:
                kept[layer["name"]] = x
        return x, kept

    def stem(self, images):
        """The frozen layers, a few images at a time: they stay in the processor's cache."""
        with torch.no_grad():
            return torch.cat([self.run(part, 0, self.first)[0] for part in images.split(2)])

    def body(self, stem):
        """(block13/expand, conv_last) of what the stem gave."""
        last, kept = self.run(stem, self.first, len(self.layers))
        return kept[CELL_LAYERS[0]], last


def soft(x):
    return x / (1 + x.abs())


class Cells(torch.nn.Module):
    """Projection of cells and the head on it."""

    def __init__(self):
        super().__init__()
        self.kernel = torch.nn.Parameter(torch.zeros(WIDTH, 1856))
        self.bias = torch.nn.Parameter(torch.zeros(WIDTH))
        self.hidden = torch.nn.Parameter(torch.randn(HIDDEN, WIDTH) * (2 / WIDTH) ** 0.5)
        self.hidden_bias = torch.nn.Parameter(torch.zeros(HIDDEN))
        self.output = torch.nn.Parameter(torch.randn(len(OUTPUTS), HIDDEN) * 0.05)
        self.output_bias = torch.nn.Parameter(torch.full((len(OUTPUTS),), -3.0))

    def project(self, fine, coarse):
        a = convolve(soft(fine), self.kernel[:, :576, None, None].contiguous(), self.bias)
        b = convolve(soft(coarse), self.kernel[:, 576:, None, None].contiguous(), None)
        return a + F.interpolate(b, scale_factor=2, mode="nearest")

    def head(self, z):
        hidden = F.relu(convolve(z, self.hidden[:, :, None, None], self.hidden_bias))
        return convolve(hidden, self.output[:, :, None, None], self.output_bias)


def to_input(images):
    return torch.from_numpy(np.ascontiguousarray(images.transpose(0, 3, 1, 2))).float().div_(127.5).sub_(1)


def directions(values, count, without=None):
    """The first principal directions [count, n] of values [m, n], orthogonal to the rows of `without`."""
    values = values - values.mean(0)
    basis = None if without is None else np.linalg.qr(without.T.astype(np.float64))[0].astype(np.float32)
    if basis is not None:
        values = values - (values @ basis) @ basis.T
    found = np.random.RandomState(0).normal(size=(values.shape[1], count)).astype(np.float32)
    for _ in range(8):
        found = np.linalg.qr(values.T @ (values @ found))[0].astype(np.float32)
        if basis is not None:
            found -= basis @ (basis.T @ found)
    spread = (values @ found).std(0)
    return (found / spread).T


def initialise(cells, backbone, folder, bank):
    """Sets projection and head: from the bundle, from a head on plain cells beside it, or by PCA."""
    if "cells" in backbone.manifest:
        numbers = np.fromfile(f"{folder}/weights.f32.bin", "<f4")
        at = backbone.manifest["cells"]
        cells.kernel.data.copy_(torch.tensor(numbers[at["kernel"]:at["kernel"] + WIDTH * 1856].reshape(WIDTH, 1856)))
        cells.bias.data.copy_(torch.tensor(numbers[at["bias"]:at["bias"] + WIDTH]))
        head = np.fromfile(f"{folder}/head.f32.bin", "<f4")
        for p in (cells.hidden, cells.hidden_bias, cells.output, cells.output_bias):
            p.data.copy_(torch.tensor(head[:p.numel()].reshape(p.shape)))
            head = head[p.numel():]
        return
    values = []
    with torch.no_grad():
        for part in bank.split(16):
            fine, coarse = backbone.body(backbone.stem(part))
            both = torch.cat([soft(fine), F.interpolate(soft(coarse), scale_factor=2, mode="nearest")], 1)
            values.append(both.permute(0, 2, 3, 1).reshape(-1, 1856)[::11].numpy())
    values = np.concatenate(values)
    if os.path.exists(f"{folder}/dense-head.f32.bin"):
        head = np.fromfile(f"{folder}/dense-head.f32.bin", "<f4")
        hidden, rest = head[:HIDDEN * 1856].reshape(HIDDEN, 1856), head[HIDDEN * 1856:]
        spread = (values @ hidden.T).std(0) + 1e-6
        kernel = np.concatenate([hidden / spread[:, None], directions(values, WIDTH - HIDDEN, hidden)])
        cells.hidden.data.copy_(torch.cat([torch.diag(torch.tensor(spread)), torch.zeros(HIDDEN, WIDTH - HIDDEN)], 1))
        cells.hidden_bias.data.copy_(torch.tensor(rest[:HIDDEN]))
        cells.output.data[:3].copy_(torch.tensor(rest[HIDDEN:4 * HIDDEN].reshape(3, HIDDEN)))
        cells.output_bias.data[:3].copy_(torch.tensor(rest[5 * HIDDEN:5 * HIDDEN + 3]))
    else:
        kernel = directions(values, WIDTH)
        cells.bias.data.copy_(torch.tensor(-(kernel @ values.mean(0))))
    cells.kernel.data.copy_(torch.tensor(kernel.astype(np.float32)))


# ---------------------------------------------------------------- export

def export(out, backbone, cells, bank, name):
    """Writes the bundle: z is scaled to mean 0 and deviation 1 on the bank, the head follows."""
    with torch.no_grad():
        z = torch.cat([cells.project(*backbone.body(backbone.stem(part))).permute(0, 2, 3, 1).reshape(-1, WIDTH)
                       for part in bank.split(16)])
        mean, spread = z.mean(0), z.std(0) + 1e-6
        kernel, bias = cells.kernel / spread[:, None], (cells.bias - mean) / spread
        hidden, hidden_bias = cells.hidden * spread, cells.hidden_bias + cells.hidden @ mean
        h, w, c = np.meshgrid(np.arange(224), np.arange(224), np.arange(3), indexing="ij")
        pattern = np.sin(0.07 * h * (1 + c) + 0.05 * w + 0.9 * c).astype(np.float32)
        fine, coarse = backbone.body(backbone.stem(torch.tensor(pattern.transpose(2, 0, 1)[None].copy())))
        golden = ((cells.project(fine, coarse) - mean[:, None, None]) / spread[:, None, None])[0]
        pooled = coarse.mean((2, 3))[0]
    folder = out.rstrip("/") + ".new"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    numbers = np.zeros(backbone.count + WIDTH * 1856 + WIDTH, "<f4")
    for i, layer in enumerate(backbone.layers):
        for j, part in enumerate(("weight", "bias")):
            values = backbone.parameters_[2 * i + j].detach().numpy().ravel()
            numbers[layer[part]["offset"] // 4:][:values.size] = values
    at = backbone.count
    numbers[at:at + WIDTH * 1856], numbers[at + WIDTH * 1856:] = kernel.numpy().ravel(), bias.numpy()
    numbers.tofile(f"{folder}/weights.f32.bin")
    manifest = {**backbone.manifest, "id": name, "sha256": hashlib.sha256(numbers.tobytes()).hexdigest()}
    manifest["golden"] = {"input": backbone.manifest["golden"]["input"], "first8": [round(float(v), 6) for v in pooled[:8]],
                          "mean": float(pooled.mean()), "l2": float(pooled.norm())}
    manifest["cells"] = {"of": list(CELL_LAYERS), "width": WIDTH, "kernel": at, "bias": at + WIDTH * 1856,
                         "input": "each number x/(1+|x|); conv_last of the stride-32 cell (row>>1, column>>1)"}
    json.dump(manifest, open(f"{folder}/manifest.json", "w"), indent=1)
    tensors = (("hidden/kernel", hidden), ("hidden/bias", hidden_bias), ("output/kernel", cells.output), ("output/bias", cells.output_bias))
    head = np.concatenate([t.detach().numpy().ravel() for _, t in tensors]).astype("<f4")
    head.tofile(f"{folder}/head.f32.bin")
    offsets = np.cumsum([0] + [t.numel() for _, t in tensors])
    json.dump({"for": name, "input": "the projected cell [128]", "hidden": "64, relu: kernel [out,in]", "output": list(OUTPUTS),
               "outputActivation": "sigmoid", "dtype": "float32 little-endian", "sha256": hashlib.sha256(head.tobytes()).hexdigest(),
               "tensors": [{"name": n, "shape": list(t.shape), "offset": int(o) * 4} for (n, t), o in zip(tensors, offsets)]},
              open(f"{folder}/head.json", "w"), indent=1)
    json.dump({"input": backbone.manifest["golden"]["input"],
               "cells": [{"row": r, "column": k, "projected": [round(float(v), 6) for v in golden[:, r, k]]} for r, k in ((0, 0), (6, 7), (13, 13))],
               "pooled": [round(float(v), 6) for v in pooled[:16]]}, open(f"{folder}/golden.json", "w"), indent=1)
    old = out.rstrip("/") + ".old"
    shutil.rmtree(old, ignore_errors=True)
    if os.path.exists(out):
        os.rename(out, old)
    os.rename(folder, out)
    shutil.rmtree(old, ignore_errors=True)


# ---------------------------------------------------------------- training

def cell_loss(logits, y, m):
    """(loss, worst background cell of each crop). Positives, each crop's hardest negatives, all negatives."""
    p = torch.sigmoid(logits)
    rider, rider_y, rider_m = p[:, :3].sum(1), y[:, :3].sum(1), m[:, :3].amin(1)
    positive, negative = rider_y * rider_m, (1 - rider_y) * rider_m
    no = -torch.log((1 - rider).clamp(min=0.005))
    hard = (no * negative).flatten(1).topk(6).values.mean()
    loss = (-torch.log(rider.clamp(1e-4, 1)) * positive).sum() / positive.sum().clamp(min=1)
    loss = loss + hard + 2 * (no * negative).sum() / negative.sum().clamp(min=1)
    each = F.binary_cross_entropy_with_logits(logits, y, reduction="none") * m
    here = positive[:, None]
    loss = loss + 0.5 * (each[:, :3] * here).sum() / here.sum().clamp(min=1)
    loss = loss + 0.5 * (each[:, :3].sum(1) * negative).flatten(1).topk(6).values.mean()
    for k, weight in ((KITE, 0.4), (PERSON, 0.3)):
        there, away = y[:, k] * m[:, k], (1 - y[:, k]) * m[:, k]
        loss = loss + weight * ((each[:, k] * there).sum() / there.sum().clamp(min=8) + (each[:, k] * away).flatten(1).topk(4).values.mean()
                                + 2 * (each[:, k] * away).sum() / away.sum().clamp(min=1))
    return loss, (rider.detach() * negative).flatten(1).amax(1)


def parameters_of(backbone, cells, linear):
    """What is trained: (backbone from FROZEN_BEFORE on, projection, the head on cells and the one on photos)."""
    return ([p for p in backbone.parameters_ if p.requires_grad], [cells.kernel, cells.bias],
            [cells.hidden, cells.hidden_bias, cells.output, cells.output_bias, *linear.parameters()])


def work(rank, cropper, backbone, cells, linear, teacher, spread, gradient, ready, go, args):
    """A process that makes crops and computes gradients on one thread, with the shared weights as they are."""
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    trained = [p for group in parameters_of(backbone, cells, linear) for p in group]
    while True:
        made = [cropper.crop() for _ in range(args.crops)]
        some = [cropper.photo() for _ in range(args.photos)]
        images = to_input(np.stack([c[0] for c in made] + [p[0] for p in some]))
        if go.get() is None:
            return
        stem = backbone.stem(images)
        fine, coarse = backbone.body(stem)
        loss, worst = cell_loss(cells.head(cells.project(fine[:args.crops], coarse[:args.crops])),
                                torch.tensor(np.stack([c[1] for c in made])), torch.tensor(np.stack([c[2] for c in made])))
        pooled = coarse[args.crops:].mean((2, 3))
        with torch.no_grad():
            wanted = teacher.body(teacher.stem(images[args.crops:]))[1].mean((2, 3))
        near = (((pooled - wanted) / spread) ** 2).mean()
        labelled = F.cross_entropy(linear(pooled), torch.tensor([p[1] for p in some]))
        for p in trained:
            p.grad = None
        (loss + 2 * near + 0.2 * labelled).backward()
        torch.cat([p.grad.flatten() for p in trained], out=gradient)
        cropper.replay = (cropper.replay + [c[3] for c, p in zip(made, worst.tolist()) if c[3] and p > 0.4])[-300:]
        ready.put((rank, float(loss), float(near), float(labelled)))


def main():
    parser = argparse.ArgumentParser(description="Trains the backbone with its projection of cells.")
    for name in ("data", "start", "teacher", "detector", "out"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--cache", default="detections.json")
    parser.add_argument("--leave-out", nargs="*", default=[])
    parser.add_argument("--leave-out-photos", nargs="*", default=[])
    parser.add_argument("--minutes", type=float, default=45)
    parser.add_argument("--every", type=float, default=5, help="minutes between two exports")
    parser.add_argument("--rate", type=float, default=4e-4, help="of the backbone; the head's is five times that")
    parser.add_argument("--crops", type=int, default=16, help="of a worker's step")
    parser.add_argument("--photos", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--name", default="surfwatch-mobilenetv2-1.0-224-v3")
    args = parser.parse_args()
    torch.set_num_threads(1)  # no pool of threads before the workers are forked
    cv2.setNumThreads(1)
    torch.manual_seed(args.seed)
    photos, frames = load_pictures(args)
    print(f"{len(photos)} photos, {len(frames)} frames, {sum(int((p.kinds < 3).sum()) for p in frames)} riders in frames, "
          f"{sum(int((p.kinds < 3).sum()) for p in photos)} in photos, {sum(int((p.kinds == PERSON).sum()) for p in frames + photos)} others", flush=True)
    backbone, average, teacher = Backbone(args.start), Backbone(args.start), Backbone(args.teacher)
    cells, average_cells, linear = Cells(), Cells(), torch.nn.Linear(1280, 4)
    for i, p in enumerate(backbone.parameters_):
        p.requires_grad_(i >= 2 * backbone.first)
    trained, projection, heads = parameters_of(backbone, cells, linear)
    everything = [*trained, *projection, *heads]
    spread = torch.ones(1280).share_memory_()
    for p in everything:
        p.data.share_memory_()
    gradients = [torch.zeros(sum(p.numel() for p in everything)).share_memory_() for _ in range(args.workers)]
    context = multiprocessing.get_context("fork")
    ready, go = context.Queue(), [context.Queue() for _ in range(args.workers)]
    for rank in range(args.workers):
        cropper = Cropper(photos, frames, args.seed * 100 + rank)
        context.Process(target=work, daemon=True, args=(rank, cropper, backbone, cells, linear, teacher, spread, gradients[rank],
                                                        ready, go[rank], args)).start()
    torch.set_num_threads(2)
    cropper = Cropper(photos, frames, args.seed)
    bank = to_input(np.stack([cropper.crop(plain=True)[0] for _ in range(96)]))
    initialise(cells, backbone, args.start, bank)
    average_cells.load_state_dict(cells.state_dict())
    with torch.no_grad():
        pooled = teacher.body(teacher.stem(to_input(np.stack([cropper.photo()[0] for _ in range(48)]))))[1].mean((2, 3))
        spread.copy_(pooled.std(0) + 0.3 * pooled.std(0).mean())
    torch.set_num_threads(1)

    groups = [{"params": trained, "lr": args.rate}, {"params": projection, "lr": args.rate}, {"params": heads, "lr": 5 * args.rate}]
    optimizer = torch.optim.AdamW(groups, weight_decay=0.01)
    rates = [g["lr"] for g in groups]
    averaged = [*average.parameters(), *average_cells.parameters()]
    current = [*backbone.parameters(), *cells.parameters()]
    began = saved = said = time.time()
    step, shown = 0, []
    for queue in go:
        queue.put(True)
    while True:
        passed = (time.time() - began) / 60 / args.minutes
        if passed >= 1:
            break
        rank, *losses = ready.get()
        at = 0
        for p in everything:
            p.grad = gradients[rank][at:at + p.numel()].view_as(p)
            at += p.numel()
        factor = min(1, (step + 1) / 60) * (0.5 + 0.5 * np.cos(np.pi * passed)) + 0.01
        for group, rate in zip(optimizer.param_groups, rates):
            group["lr"] = rate * factor
        torch.nn.utils.clip_grad_norm_(everything, 5)
        optimizer.step()
        go[rank].put(True)
        step += 1
        shown.append(losses)
        keep = min(0.998, (1 + step) / (12 + step))
        with torch.no_grad():
            torch._foreach_mul_(averaged, keep)
            torch._foreach_add_(averaged, current, alpha=1 - keep)
        if time.time() - said > 30:
            said = time.time()
            print(f"{(said - began) / 60:.1f} min, step {step}: cells {np.mean([s[0] for s in shown]):.3f}, "
                  f"photos' distance {np.mean([s[1] for s in shown]):.4f}, labels {np.mean([s[2] for s in shown]):.3f}", flush=True)
            shown = []
        if time.time() - saved > 60 * args.every:
            saved = time.time()
            export(args.out, average, average_cells, bank, args.name)
    export(args.out, average, average_cells, bank, args.name)
    print(f"{step} steps in {args.minutes} minutes", flush=True)


if __name__ == "__main__":
    main()
