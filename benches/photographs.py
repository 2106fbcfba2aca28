"""Makes photographs: different ones with the same seed always, which no camera took and nobody owns.

Scenes have what decides the speed and size of pictures: smooth skies, detail of all scales, sharp edges, and the noise of a sensor. Each
photograph is a part of one of 16 scenes, perhaps flipped, in its own light and with its own noise, as a camera would write it: JPEG of
quality 92 with a place, a serial number and a time.
"""
import concurrent.futures
import functools
import os
import struct
import zlib

import numpy
from PIL import Image, ImageDraw, ImageFilter

SIZE = (4000, 3000)
SCENES = 16
# A photograph is a part of its scene, which is drawn at half the size: no lens is as sharp as the pixels of its sensor.
MARGIN = 400
SCENE = ((SIZE[0] + MARGIN) // 2, (SIZE[1] + MARGIN) // 2)


def make(folder, count):
    """Writes photographs on all processors. Returns their paths."""
    os.makedirs(folder, exist_ok=True)
    paths = [os.path.join(folder, f"photo-{number:04}.jpg") for number in range(count)]
    by_scene = [[(number, path) for number, path in enumerate(paths) if number % SCENES == scene] for scene in range(SCENES)]
    with concurrent.futures.ProcessPoolExecutor() as pool:
        list(pool.map(_of_scene, range(SCENES), by_scene))
    return paths


def _of_scene(number, wanted):
    if not wanted:
        return
    whole = scene(number, SCENE).resize((SIZE[0] + MARGIN, SIZE[1] + MARGIN), Image.Resampling.BICUBIC)
    noise = numpy.random.default_rng(number).normal(0, 1, (SIZE[1] + 64, SIZE[0] + 64)).astype("float32")
    for photo, path in wanted:
        photograph(whole, noise, photo).save(path, quality=92, subsampling="4:2:0", exif=exif(photo))


def photograph(whole, noise, number):
    """A part of a scene in its own light, with noise that is stronger in the dark."""
    random = numpy.random.default_rng(1000 + number)
    x, y = random.integers(0, MARGIN, 2)
    part = whole.crop((x, y, x + SIZE[0], y + SIZE[1]))
    if random.random() < 0.5:
        part = part.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    gamma, warmth = random.uniform(0.75, 1.35), random.uniform(0.93, 1.07)
    steps = (numpy.arange(256) / 255) ** gamma * 255
    part = part.point([*(steps * warmth).clip(0, 255), *steps, *(steps / warmth).clip(0, 255)])
    across, down = random.integers(0, 64, 2)
    grain = noise[down : down + SIZE[1], across : across + SIZE[0]] * random.uniform(3, 6)
    pixels = numpy.asarray(part)
    bytes_of = lambda channel: (pixels[:, :, channel] + grain * (1.2 - pixels[:, :, channel] / 400)).clip(0, 255).astype("uint8")
    return Image.fromarray(numpy.stack([bytes_of(channel) for channel in range(3)], axis=2))


def scene(number, size):
    """Sky, ridges of hills, houses, and things in front: each with textures that fall off as in nature, with 1/f."""
    random = numpy.random.default_rng(number)
    width, height = size
    picture = lit(random, size, random.uniform((130, 150, 170), (190, 205, 235)), smooth=3, strength=20)
    horizon = int(height * random.uniform(0.3, 0.55))
    for layer in range(5):
        color = grayish(random, 70 + 12 * layer)
        texture = lit(random, size, color, smooth=0, strength=20 + 6 * layer)
        top = horizon + layer * (height - horizon) // 6
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).polygon([(0, height), *ridge(random, width, top, 60 / (layer + 1)), (width, height)], fill=255)
        picture.paste(texture, mask=mask)
    houses(random, picture, horizon)
    leaves(random, picture)
    return picture.filter(ImageFilter.GaussianBlur(0.4))


def grayish(random, brightness):
    """A color as things have it: far from the pure ones."""
    return (brightness + random.normal(0, 25) + random.normal(0, 14, 3)).clip(15, 240)


def whole_numbers(color):
    return tuple(int(part) for part in color)


def ridge(random, width, top, rough):
    heights = octaves(random, (width // 8 + 1, 1), 0)[0] * rough
    return [(x * 8, int(top + height)) for x, height in enumerate(heights)]


def octaves(random, size, smooth):
    """Noise with as much in each octave, about from -3 to 3. The `smooth` finest octaves are left out."""
    total = numpy.zeros(size[::-1], "float32")
    longest = max(size)
    scale = 3
    while scale * 2**smooth < longest:
        shape = (max(2, size[1] * scale // longest), max(2, scale))
        rough = Image.fromarray(random.normal(0, 1, shape).astype("float32"))
        total += numpy.asarray(rough.resize(size, Image.Resampling.BICUBIC)) * scale**-0.5
        scale *= 2
    return total


def lit(random, size, color, smooth, strength):
    """A surface of one color with light and dark, and a little of other colors."""
    light = octaves(random, size, smooth) * strength
    light += numpy.linspace(random.uniform(-30, 0), random.uniform(0, 30), size[1], dtype="float32")[:, None]
    tint = octaves(random, size, 4) * strength / 5
    channels = [color[0] + light + tint, color[1] + light, color[2] + light - tint]
    return Image.fromarray(numpy.stack([channel.clip(0, 255).astype("uint8") for channel in channels], axis=2))


def houses(random, picture, horizon):
    """Walls with rows of windows: sharp edges, straight lines and repetition."""
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    for _ in range(random.integers(4, 12)):
        wide, tall = random.integers(100, 350), random.integers(100, 550)
        left, bottom = random.integers(0, width), horizon + random.integers(50, height // 3)
        draw.rectangle((left, bottom - tall, left + wide, bottom), fill=whole_numbers(grayish(random, 150)))
        pane = int(random.integers(8, 30))
        for x in range(int(left) + pane, int(left + wide) - pane, pane * 2):
            for y in range(int(bottom - tall) + pane, int(bottom) - pane, int(pane * 2.4)):
                glass = whole_numbers(grayish(random, 80))
                draw.rectangle((x, y, x + pane, y + pane * 1.5), fill=glass, outline=(215, 215, 210))


def leaves(random, picture):
    """Many small things with edges in all directions, and a few large round ones."""
    draw = ImageDraw.Draw(picture)
    width, height = picture.size
    middle, spread = random.uniform(0.1, 0.9), random.uniform(0.05, 0.2)
    leaf = grayish(random, 90)
    for _ in range(random.integers(500, 5000)):
        x, y = random.normal(middle, spread) * width, random.normal(0.8, 0.12) * height
        dx, dy = random.normal(0, 12, 2)
        wide = random.uniform(2, 8)
        color = whole_numbers((leaf * random.uniform(0.6, 1.2)).clip(0, 255))
        draw.polygon([(x, y), (x + dx / 2 - wide, y + dy / 2), (x + dx, y + dy), (x + dx / 2 + wide, y + dy / 2)], fill=color)
    for _ in range(random.integers(1, 6)):
        x, y, radius = random.uniform(0, width), random.uniform(height / 2, height), random.uniform(30, 130)
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=whole_numbers(grayish(random, 120)))


def exif(number):
    """What a camera notes, the place and its serial number among it."""
    notes = Image.Exif()
    notes.update({0x010F: "Bench", 0x0110: "Camera 1", 0x0132: "2026:06:01 12:00:00", 0x8298: "The Bulletin"})
    notes.get_ifd(0x8769).update({0x9003: "2026:06:01 12:00:00", 0xA431: f"SN{number:08}"})
    notes.get_ifd(0x8825).update({1: "N", 2: (51.0, 30.0, number % 60), 3: "W", 4: (0.0, 7.0, 39.0)})
    return notes


# Very large pictures


def large_jpeg(path, size, progressive):
    """One scene again and again: what matters is the size."""
    tiled(size).save(path, quality=85, subsampling="4:2:0", progressive=progressive)


def large_png(path, size, number):
    """A PNG with opacity and 16 bits per channel, which Pillow does not write. `number` only tells files apart."""
    chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    squeeze = zlib.compressobj(1)
    with open(path, "wb") as file:
        file.write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 16, 6, 0, 0, 0)))
        pixels = tiled(size)
        for start in range(0, size[1], 100):
            rows = numpy.asarray(pixels.crop((0, start, size[0], min(start + 100, size[1]))).convert("RGBA")).astype(">u2") * 257
            rows[:, :, 3] = 50_000 + number
            lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in rows)
            file.write(chunk(b"IDAT", squeeze.compress(lines)))
        file.write(chunk(b"IDAT", squeeze.flush()) + chunk(b"IEND", b""))


@functools.cache
def tile():
    return scene(0, (2500, 2000))


def tiled(size):
    whole = Image.new("RGB", size)
    for x in range(0, size[0], tile().width):
        for y in range(0, size[1], tile().height):
            whole.paste(tile(), (x, y))
    return whole
