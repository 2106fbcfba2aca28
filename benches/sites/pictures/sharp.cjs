// Makes renditions with sharp: node sharp.cjs '{"files": [...], "out": DIR, "widths": [...], "formats": {...}, "once": false, "workers": 2}'
// `once`: decodes each photograph once for all renditions, instead of once for each width and format.
const { basename } = require('node:path');
const sharp = require('sharp');

const wish = JSON.parse(process.argv[2]);
// As many photographs at once as there are processors, each in one thread.
sharp.concurrency(1);

async function renditions(file) {
  let open = () => sharp(file).rotate();
  if (wish.once) {
    const { data, info } = await sharp(file).rotate().raw().toBuffer({ resolveWithObject: true });
    open = () => sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  }
  for (const width of wish.widths) {
    for (const [format, options] of Object.entries(wish.formats)) {
      const name = `${basename(file, '.jpg')}-${width}.${format === 'jpeg' ? 'jpg' : format}`;
      await open().resize(width).toFormat(format, options).toFile(`${wish.out}/${name}`);
    }
  }
}

async function work() {
  for (let file = wish.files.pop(); file; file = wish.files.pop()) await renditions(file);
}

Promise.all(Array.from({ length: wish.workers }, work)).catch((error) => {
  console.error(error);
  process.exit(1);
});
