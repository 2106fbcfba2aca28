"""How much renditions look like their photograph: the mean SSIMULACRA2 score.

The reference is the photograph scaled by Pillow, in linear light with the Lanczos filter, which none of the programs uses.
"""
import concurrent.futures

import numpy
from PIL import Image
from ssimulacra2 import compute_ssimulacra2


def reference(photo, width, path):
    """Writes a photograph scaled without further loss."""
    image = Image.open(photo).convert("RGB")
    size = (width, round(image.height * width / image.width))
    srgb = numpy.arange(256) / 255
    linear = numpy.where(srgb <= 0.04045, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4).astype("float32")
    channels = []
    for channel in image.split():
        light = Image.fromarray(linear[numpy.asarray(channel)]).resize(size, Image.Resampling.LANCZOS)
        light = numpy.asarray(light).clip(0, 1)
        value = numpy.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
        channels.append((value * 255 + 0.5).astype("uint8"))
    Image.fromarray(numpy.stack(channels, axis=2)).save(path, compress_level=1)


def references(wanted):
    """Writes references on all processors: `wanted` are (photo, width, path)."""
    with concurrent.futures.ProcessPoolExecutor() as pool:
        list(pool.map(reference, *zip(*wanted)))


def mean(pairs):
    """The mean score of pairs of reference and rendition, on all processors."""
    with concurrent.futures.ProcessPoolExecutor() as pool:
        scores = list(pool.map(compute_ssimulacra2, *zip(*pairs)))
    return float(sum(scores) / len(scores))
