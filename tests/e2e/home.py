"""A film for Chromium's camera: somebody sits before a striped wall, and nods."""

from __future__ import annotations

from pathlib import Path

import numpy as np

WIDTH, HEIGHT, FRAMES = 320, 180, 8
STRIPE = 8  # pixels
# Ellipses from the front to the back: middle and half axes, as parts of the picture, and a colour as Y, Cb, Cr.
PERSON = (
    ((0.455, 0.38, 0.016, 0.02), (33, 126, 131)),
    ((0.545, 0.38, 0.016, 0.02), (33, 126, 131)),
    ((0.5, 0.54, 0.04, 0.015), (107, 113, 173)),
    ((0.5, 0.42, 0.105, 0.24), (184, 103, 156)),
    ((0.5, 0.36, 0.125, 0.27), (45, 120, 139)),
    ((0.5, 1.05, 0.34, 0.5), (61, 161, 113)),
)
# JavaScript of a function that tells how much neighbouring pixels differ at most at the left of a picture, where the
# wall is, and at the eyes: sharp edges have more than 40, one colour has none.
CONTRAST = """
window.contrast = (video) => {
  const canvas = window.looking ??= new OffscreenCanvas(160, 90);
  const on = canvas.getContext("2d", { willReadFrequently: true });
  on.drawImage(video, 0, 0, 160, 90);
  const at = (x, y, width, height) => {
    const { data } = on.getImageData(x, y, width, height);
    let most = 0;
    for (let n = 0; n < width * height; n++) {
      if (n % width < width - 1) most = Math.max(most, Math.abs(data[n * 4 + 1] - data[n * 4 + 5]));
    }
    return most;
  };
  return { wall: at(4, 8, 32, 60), face: at(68, 30, 24, 10) };
};
"""
# For `prepare`: notes every picture of somebody as it is shown, on whichever video it comes.
WATCHING = (
    CONTRAST
    + """
window.seen = [];
window.watch = (person) => {
  const known = new WeakSet();
  setInterval(() => {
    const video = document.querySelector(`video[data-person=${person}]`);
    if (!video || known.has(video)) return;
    known.add(video);
    const look = () => {
      if (video.videoWidth) window.seen.push(window.contrast(video));
      video.requestVideoFrameCallback(look);
    };
    video.requestVideoFrameCallback(look);
  }, 20);
};
"""
)


def film(path: Path, width: int = WIDTH, height: int = HEIGHT) -> Path:
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{width} H{height} F20:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(FRAMES):
            file.write(b"FRAME\n" + _frame(0.01 * abs(number - FRAMES // 2), width, height))
    return path


def _frame(nod: float, width: int, height: int) -> bytes:
    down, across = np.mgrid[0:height, 0:width]
    planes = [np.where(across // STRIPE % 2, 235, 20), np.full_like(across, 128), np.full_like(across, 128)]
    for (x, y, wide, high), colour in reversed(PERSON):
        inside = ((across / width - x) / wide) ** 2 + ((down / height - y - nod) / high) ** 2 < 1
        for plane, value in zip(planes, colour, strict=True):
            plane[inside] = value
    luma, *chroma = (plane.astype(np.uint8) for plane in planes)
    return b"".join((luma.tobytes(), *(plane[::2, ::2].tobytes() for plane in chroma)))
