// Parses `_headers` as Netlify and Cloudflare Pages do → the headers of a path. `validate/headers.py` reports its errors.

/** The blocks of the file: a path pattern, the headers it sets and those it removes. */
export function read(text) {
  const blocks = [];
  for (const line of text.split('\n')) {
    const [, name, value] = /^\s+([\w-]+):\s*(.*)$/.exec(line) ?? [];
    if (/^\//.test(line)) {
      const pattern = line.trim().replace(/[.+?^${}()|[\]\\]/g, '\\$&').replace(/\*/g, '.*').replace(/:[a-z_]\w*/gi, '[^/]+');
      blocks.push({ matches: new RegExp(`^${pattern}$`), set: {}, taken: [] });
    } else if (name && blocks.length > 0) {
      blocks.at(-1).set[name.toLowerCase()] = value.trim();
    } else if (/^\s+! /.test(line) && blocks.length > 0) {
      blocks.at(-1).taken.push(line.trim().slice(2).toLowerCase());
    }
  }
  return blocks;
}

/** The headers of a path, with names in lower case. */
export function applied(blocks, path) {
  const headers = {};
  for (const { set, taken } of blocks.filter(({ matches }) => matches.test(path))) {
    for (const name of taken) delete headers[name];
    Object.assign(headers, set);
  }
  return headers;
}
